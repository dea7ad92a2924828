"""The slow, obvious twins of kernels and statistics, and the small worlds to compare them in."""
