"""Transactions to numbers: the dataset, its sources, and the behavioural features."""
