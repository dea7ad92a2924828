"""Which rows count: those that can make a candidate, and no others can be suspicious."""

from dataclasses import dataclass
from typing import Self

import numpy as np

from engine.arrays import Flags
from engine.bundle import Bundle
from features.dataset import CHANNELS
from features.slices import FeatureFrame


@dataclass(frozen=True)
class Counted:
    """The rows a model was judged on: ``population`` "all" or "internal", but for some channels."""

    population: str
    left_out_channels: tuple[str, ...]

    @classmethod
    def of(cls, bundle: Bundle) -> Self:
        """Take what the model's config says."""
        config = bundle.manifest["facts"]["config"]
        channels = tuple(config["evaluate"]["exclude_channels"])
        return cls(str(config["population"]["evaluate"]), channels)

    def rows(self, frame: FeatureFrame) -> Flags:
        """Return which rows of a frame count."""
        left_out = [CHANNELS.index(channel) for channel in self.left_out_channels]
        kept: Flags = ~np.isin(frame.channel, left_out)
        return kept & frame.internal if self.population == "internal" else kept
