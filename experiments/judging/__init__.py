"""A trained model judged on a dataset: which rows, their scores, what they come to."""
