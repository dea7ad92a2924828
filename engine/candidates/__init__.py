"""From scored rows to candidates: which accounts, why, and the transactions that show it."""
