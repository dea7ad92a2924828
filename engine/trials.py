"""Which trees: settings are judged by average precision on tuning rows, the best is refitted."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from itertools import product

from sklearn.metrics import average_precision_score

from engine.arrays import Floats
from engine.booster import Trees
from engine.growth import Matrices, Part, Setting, grown
from engine.settings import EnsembleConfig


@dataclass(frozen=True)
class Trial:
    """One setting, its trees, the detectors' weight beside them, and how well these rank.

    ``stopped`` is after how many rounds growing had stopped, where the trees were grown anew since.
    """

    setting: Setting
    trees: Trees
    anomaly_weight: float
    average_precision: float | None = None
    tried: tuple[dict[str, object], ...] = ()
    stopped: int | None = None

    def margins(self, part: Part) -> Floats:
        """Return the margins before calibration."""
        trees = self.trees.margins(part.seen(self.setting.sees_detectors))
        return trees + self.anomaly_weight * part.anomaly

    @property
    def rounds(self) -> int:
        """How often trees were grown."""
        return int(self.trees.booster.num_boosted_rounds())

    def facts(self) -> dict[str, object]:
        """Return the setting and its result as plain values."""
        return {
            **asdict(self.setting),
            "anomaly_weight": self.anomaly_weight,
            "rounds": self.rounds if self.stopped is None else self.stopped,
            "average_precision": self.average_precision,
        }


Choose = Callable[[Part, Part, EnsembleConfig, int], Trial]
"""From training rows, tuning rows, settings and a seed to the trial that ranks best."""


def best_trial(train: Part, tune: Part, config: EnsembleConfig, seed: int) -> Trial:
    """Return the trial of a small grid that ranks the tuning rows best; of equals, the first.

    The grid is grown without the detectors' columns; its best point is tried with them too.
    """
    points = product(config.tree_depths, config.positive_weights)
    grid = [Setting.of(config, False, *point) for point in points]
    found = list(_trials(train, tune, grid, config, seed))
    seeing = [replace(_best(found).setting, sees_detectors=True)]
    found += _trials(train, tune, seeing, config, seed)
    return replace(_best(found), tried=tuple(trial.facts() for trial in found))


def untuned_trial(train: Part, config: EnsembleConfig, seed: int) -> Trial:
    """Grow a set number of trees by the grid's first setting, seeing the detectors."""
    setting = Setting.of(config, True, config.tree_depths[0], config.positive_weights[0])
    trees = grown(Matrices.of(train, None, True, config.threads), setting, config, seed)
    return Trial(setting, trees, config.anomaly_weights[0])


def weighed(setting: Setting, trees: Trees, tune: Part, config: EnsembleConfig) -> Iterator[Trial]:
    """Judge trees with every weight the detectors may get beside them."""
    without = Trial(setting, trees, 0.0)
    margins = without.margins(tune)
    for weight in config.anomaly_weights:
        precision = average_precision_score(tune.y, margins + weight * tune.anomaly)
        yield Trial(setting, trees, weight, float(precision))


def refitted(trial: Trial, few: Part, whole: Part, config: EnsembleConfig, seed: int) -> Trial:
    """Grow the trees that were chosen on ``few`` rows anew on ``whole``.

    Their number grows with that of the positive rows. Where growing stopped is mostly chance: too
    few trees cost much, too many little, so that there are ``rounds_untuned`` rounds or more.
    """
    usual = config.rounds_untuned * config.learning_rate / trial.setting.learning_rate
    least = min(round(usual), config.rounds)
    rounds = round(max(trial.rounds, least) * whole.positives / few.positives)
    return replace(
        trial, trees=_grown_anew(trial, whole, rounds, config, seed), stopped=trial.rounds
    )


def newest(trial: Trial, before: Part, later: Part, config: EnsembleConfig, seed: int) -> Trees:
    """Grow the trees that were grown on the rows ``before`` anew, on ``later`` ones too.

    Their number grows with that of the positive rows. Where negative rows were left out before,
    there are as many again for each positive one: so the same margin is as probable.
    """
    whole = before.joined(later)
    more = whole.positives / before.positives
    if len(before.y) > config.booster_rows:
        whole = whole.at_most(round(config.booster_rows * more))
    return _grown_anew(trial, whole, round(trial.rounds * more), config, seed)


def _grown_anew(trial: Trial, rows: Part, rounds: int, config: EnsembleConfig, seed: int) -> Trees:
    matrices = Matrices.of(rows, None, trial.setting.sees_detectors, config.threads)
    return grown(matrices, trial.setting, config, seed, rounds, config.trees_a_round)


def _best(trials: Sequence[Trial]) -> Trial:
    return max(trials, key=lambda trial: trial.average_precision or 0.0)


def _trials(
    train: Part, tune: Part, settings: Sequence[Setting], config: EnsembleConfig, seed: int
) -> Iterator[Trial]:
    """Yield every setting with every weight of the detectors beside its trees."""
    seen = {setting.sees_detectors for setting in settings}
    matrices = {each: Matrices.of(train, tune, each, config.threads) for each in seen}
    for setting in settings:
        trees = grown(matrices[setting.sees_detectors], setting, config, seed)
        yield from weighed(setting, trees, tune, config)
