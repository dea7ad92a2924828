"""How fast the features are beside Polars, DuckDB, pandas and Snap ML: ``make bench``.

A case makes its data, runs every contestant on it by turns, compares what they found where their
definitions coincide, and holds the ratio (or a rate, a time, a size) against a bar named before.
"""
