"""The settings of an ensemble: every number that training chooses from, with its default."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any, Self

from features.errors import ConfigError, Fault


@dataclass(frozen=True)
class EnsembleConfig:
    """How detectors, booster and calibration are fitted; plain values, fit for TOML.

    Detectors are fitted on at most ``detector_rows`` rows, distributions are frozen on at most
    ``reference_rows``, the booster sees every positive and at most ``booster_rows`` rows (always
    evenly spaced in canonical order); while features and settings are chosen, at most
    ``choice_rows``. ``tree_depths`` and ``positive_weights``
    make the booster's grid, whose best point is tried with the detectors' columns too;
    ``anomaly_weights`` are the weights that the detectors' own margin may get beside the booster's.
    With fewer than ``few_positives`` positives to learn from nothing is chosen: the trees are few
    and flat, and that weight is ``few_anomaly_weight``. ``folds`` is used where no blocks are
    given; a scout is fitted without each of ``scout_folds`` in turn. ``refit`` grows the chosen
    trees anew on training and tuning rows together, and once calibrated on all labelled rows,
    ``trees_a_round`` of them in each round, whose mean counts; at least ``rounds_untuned`` rounds.
    ``components`` and ``clusters`` are those of PCA and CBLOF; red flags are compared within
    ``activity_classes`` classes of accounts. Accounts are alike where they share a class of
    activity (``peer_classes`` of them, with equal numbers of payments), kind and country; a group
    counts with ``peer_least_payments`` and ``peer_least_accounts`` or more, and keeps its
    distributions at ``peer_points`` ranks.
    """

    detectors: tuple[str, ...] = ("hbos", "pca", "redflags")
    detector_rows: int = 50_000
    reference_rows: int = 100_000
    reference_points: int = 1001
    peer_classes: int = 10
    peer_least_payments: int = 200
    peer_least_accounts: int = 20
    peer_points: int = 33
    histogram_bins: int = 10
    forest_trees: int = 100
    forest_sample: int = 256
    components: int = 8
    clusters: int = 8
    activity_classes: int = 8
    folds: int = 3
    scout_folds: int = 5
    booster_rows: int = 500_000
    choice_rows: int = 50_000
    tree_depths: tuple[int, ...] = (6,)
    positive_weights: tuple[float, ...] = (1.0, 4.0)
    learning_rate: float = 0.06
    rounds: int = 600
    patience: int = 50
    rounds_untuned: int = 150
    min_child_weight: float = 1.0
    l2: float = 2.0
    gamma: float = 0.0
    column_share: float = 0.3
    row_share: float = 0.8
    anomaly_weights: tuple[float, ...] = (0.0, 0.1, 0.3)
    few_positives: int = 75
    few_anomaly_weight: float = 0.4
    refit: bool = True
    trees_a_round: int = 1
    threads: int = 0

    def to_mapping(self) -> dict[str, object]:
        """Return the settings as plain values, tuples as lists."""
        plain = asdict(self)
        return {k: list(v) if isinstance(v, tuple) else v for k, v in plain.items()}

    @classmethod
    def from_mapping(cls, settings: Mapping[str, object]) -> Self:
        """Take settings by name, lists as tuples; what is not named keeps its default.

        Raises
        ------
        ConfigError
            If a setting is unknown or of another type; all faults are named.

        >>> EnsembleConfig.from_mapping({"tree_depths": [3]}).tree_depths
        (3,)
        """
        defaults = {field.name: field.default for field in fields(cls)}
        frozen: dict[str, Any] = {
            k: tuple(v) if isinstance(v, list) else v for k, v in settings.items()
        }
        faults = [
            Fault("model", name, repr(settings[name]), _wanted(defaults, name))
            for name, value in frozen.items()
            if name not in defaults or not _fits(value, defaults[name])
        ]
        if faults:
            raise ConfigError("settings of the model that cannot be used", tuple(faults))
        return cls(**frozen)


def _wanted(defaults: Mapping[str, object], name: str) -> str:
    if name not in defaults:
        return f"one of {', '.join(defaults)}"
    return f"something like {defaults[name]!r}"


def _fits(value: object, default: object) -> bool:
    if isinstance(default, tuple):
        return isinstance(value, tuple) and bool(value) and all(_fits(v, default[0]) for v in value)
    if isinstance(default, bool):
        return isinstance(value, bool)
    if isinstance(default, float):
        return isinstance(value, int | float) and not isinstance(value, bool)
    return isinstance(value, type(default)) and not isinstance(value, bool)
