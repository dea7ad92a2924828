"""A seeded, labelled world of payments: honest life, honest look-alikes, planted laundering."""

from experiments.simulation.building import build_world, simulate
from experiments.simulation.config import WorldConfig

__all__ = ["WorldConfig", "build_world", "simulate"]
