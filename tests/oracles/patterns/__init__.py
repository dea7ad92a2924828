"""Every pattern again, found by trying all combinations."""
