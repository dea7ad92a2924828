"""Numbers, money, time and features as words an analyst reads."""
