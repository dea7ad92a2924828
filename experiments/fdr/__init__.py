"""Whether lists keep the share of false candidates they promise, on simulated worlds."""
