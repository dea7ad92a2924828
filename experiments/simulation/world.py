"""What every behaviour is given: the config, the clock and the population."""

from dataclasses import dataclass

from experiments.simulation.clock import Clock
from experiments.simulation.config import WorldConfig
from experiments.simulation.population import Population, populate
from experiments.simulation.rows import Ints


@dataclass(frozen=True)
class World:
    """A place for payments to happen in; nothing in it changes once made."""

    config: WorldConfig
    clock: Clock
    people: Population

    @classmethod
    def make(cls, config: WorldConfig) -> "World":
        """Make the world of a config, still without a payment."""
        clock = Clock(config)
        return cls(config, clock, populate(config, clock))

    def spells(self, per_90_days: float, accounts: int) -> int:
        """Return how many events a rate per account and 90 days comes to."""
        return round(per_90_days * accounts * self.config.days / 90)


def batch_second(seed: int, payer: Ints) -> Ints:
    """Return the second of the night at which a payer's batch runs: the same every time."""
    return 2 * 3600 + (payer * 2_654_435_761 + seed * 40_503) % (4 * 3600)
