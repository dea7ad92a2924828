"""Settings of the trees, sought by Optuna: the only package that imports it."""

from experiments.tuning.search import STUDIES, Search, search_for

__all__ = ["STUDIES", "Search", "search_for"]
