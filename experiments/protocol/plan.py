"""What a protocol is asked to do."""

from dataclasses import dataclass
from typing import Any, Literal

from experiments.config import ExperimentConfig
from experiments.protocol.cuts import Cut
from experiments.protocol.gfp import Gfp

Mode = Literal["trailing", "as-of"]
MODES: tuple[Mode, ...] = ("trailing", "as-of")
AS_CONFIGURED = -1
"""Of trials: the model is trained as its config says."""


@dataclass(frozen=True)
class Plan:
    """How a config is judged.

    ``embargo`` is in microseconds: 0 leaves it out, None is as long as the features' windows.
    ``trials`` tune the model and each rival. With ``rehearse`` the test part stays unseen: the
    protocol is run on what lies before it.
    """

    config: ExperimentConfig
    seeds: int = 5
    modes: tuple[Mode, ...] = MODES
    cuts: tuple[Cut, ...] = ("time",)
    embargo: int | None = None
    gfp: Gfp | None = None
    trials: int = 20
    variants: bool = True
    rehearse: bool = False

    @property
    def numbers(self) -> tuple[int, ...]:
        """The seeds: the config's, and those after it."""
        return tuple(self.config.seed + k for k in range(self.seeds))

    def of(self, mode: Mode) -> ExperimentConfig:
        """Return the config of a mode."""
        features = self.config.features.model_copy(update={"leading": mode == "as-of"})
        return self.config.model_copy(update={"features": features})

    def plain(self) -> dict[str, Any]:
        """Return what was asked as plain values."""
        return {
            "seeds": list(self.numbers),
            "modes": list(self.modes),
            "cuts": list(self.cuts),
            "embargo_days": None if self.embargo is None else self.embargo / 86_400_000_000,
            "beside": self.gfp.about if self.gfp else None,
            "trials": self.trials,
            "variants": self.variants,
            "rehearsal": self.rehearse,
        }
