"""Patterns of several payments: found exactly, bounded by what a window holds, with their rows."""

from features.patterns.graph import Graph
from features.patterns.instance import Instance

__all__ = ["Graph", "Instance"]
