"""Patterns of several payments, each with its direction in time and its windows."""

from features.catalogue.feature import Feature
from features.catalogue.patterns import blocks, chain, cycle, fans, gather_scatter, scatter_gather

FEATURES: tuple[Feature, ...] = (
    *fans.FEATURES,
    *scatter_gather.FEATURES,
    *gather_scatter.FEATURES,
    *blocks.FEATURES,
    *cycle.FEATURES,
    *chain.FEATURES,
)

__all__ = ["FEATURES"]
