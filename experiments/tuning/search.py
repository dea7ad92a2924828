"""A search that goes on where it stopped: its trials lie in a file, each under the search's key.

The sampler is TPE (Bergstra et al. 2011, "Algorithms for hyper-parameter optimization"). It is
seeded anew for every trial, by the seed and by how many trials are finished: a search that was
stopped and begun again suggests what it would have suggested anyway. A trial that was under way
when the search was stopped counts as failed and is done again.
"""

import hashlib
import logging
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import optuna

from engine.growth import Matrices, Part, Setting, grown
from engine.settings import EnsembleConfig
from engine.trials import Trial, weighed
from experiments.config import ExperimentConfig
from experiments.tracking.store import SQLITE, database
from experiments.tuning.space import first, suggested
from features.dataset.manifest import canonical_digest

STUDIES = "moneytrail-tuning.db"
_FACTS = "moneytrail.facts"
_RANDOM_TRIALS = 8

Progress = Callable[[str], None]


@dataclass(frozen=True)
class Search:
    """So many trials of settings, kept in a file under a key; chooses the best of them."""

    file: Path
    key: str
    trials: int
    progress: Progress = lambda _: None

    def __call__(self, train: Part, tune: Part, config: EnsembleConfig, seed: int) -> Trial:
        """Return the trial that ranks the tuning rows best; of equals, the first.

        What is seen is part of the key: the same search on other rows is another one.
        """
        study = self._study(train, tune)
        _forget_unfinished(study)
        matrices = {each: Matrices.of(train, tune, each, config.threads) for each in (False, True)}
        while (done := len(_finished(study))) < self.trials:
            asked, setting = _next(study, done, config, seed)
            best = _tried(setting, matrices, tune, config, seed)
            asked.set_user_attr(_FACTS, best.facts())
            study.tell(asked, best.average_precision)
            self.progress(f"trial {done + 1} of {self.trials}: {best.average_precision:.4f}")
        return _chosen(_finished(study)[: self.trials], matrices, config, seed)

    def _study(self, train: Part, tune: Part) -> optuna.Study:
        digest = hashlib.sha256(self.key.encode())
        for part in (train, tune):
            for values in (part.columns, part.anomaly, part.y):
                digest.update(values.tobytes())
        optuna.logging.set_verbosity(optuna.logging.WARNING)
        logging.getLogger("alembic").setLevel(logging.ERROR)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return optuna.create_study(
                storage=f"sqlite:///{self.file.absolute()}",
                study_name=digest.hexdigest(),
                direction="maximize",
                load_if_exists=True,
            )


def search_for(
    config: ExperimentConfig, data: str, catalogue: str, uri: str, progress: Progress
) -> Search:
    """Return the search that a config asks for, on data of a snapshot with features of a digest.

    Its file lies beside the tracking store, or in the working folder where that is a server. How
    many trials there are to be is not part of the key: more can be asked for later.
    """
    plain = {name: value for name, value in config.plain().items() if name != "tuning"}
    key = canonical_digest({"config": plain, "data": data, "catalogue": catalogue})
    place = database(uri).parent if uri.startswith(SQLITE) else Path.cwd()
    return Search(place / STUDIES, key, config.tuning.trials, progress)


def _next(
    study: optuna.Study, done: int, config: EnsembleConfig, seed: int
) -> tuple[optuna.Trial, Setting]:
    """Ask for the next setting; the first is that of the config, in the bounds or not."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        study.sampler = optuna.samplers.TPESampler(
            n_startup_trials=_RANDOM_TRIALS, multivariate=True, seed=(seed + done) % 2**32
        )
        asked = study.ask() if done else _begun(study, config)
        return asked, suggested(asked)


def _begun(study: optuna.Study, config: EnsembleConfig) -> optuna.Trial:
    waiting = study.get_trials(deepcopy=False, states=(optuna.trial.TrialState.WAITING,))
    if not waiting:
        study.enqueue_trial(first(config))
    return study.ask()


def _forget_unfinished(study: optuna.Study) -> None:
    for trial in study.get_trials(deepcopy=False, states=(optuna.trial.TrialState.RUNNING,)):
        study.tell(trial.number, state=optuna.trial.TrialState.FAIL)


def _finished(study: optuna.Study) -> list[optuna.trial.FrozenTrial]:
    return study.get_trials(deepcopy=False, states=(optuna.trial.TrialState.COMPLETE,))


def _tried(
    setting: Setting, matrices: dict[bool, Matrices], tune: Part, config: EnsembleConfig, seed: int
) -> Trial:
    """Grow the trees of a setting, and take the best weight for the detectors beside them."""
    trees = grown(matrices[setting.sees_detectors], setting, config, seed)
    return max(weighed(setting, trees, tune, config), key=lambda each: each.average_precision or 0)


def _chosen(
    trials: list[optuna.trial.FrozenTrial],
    matrices: dict[bool, Matrices],
    config: EnsembleConfig,
    seed: int,
) -> Trial:
    """Grow the best trial's trees once more: they may have been grown by an earlier run."""
    told: list[dict[str, Any]] = [trial.user_attrs[_FACTS] for trial in trials]
    best = max(told, key=lambda facts: facts["average_precision"])
    setting = Setting(**{name: best[name] for name in Setting.__dataclass_fields__})
    trees = grown(matrices[setting.sees_detectors], setting, config, seed, best["rounds"])
    return Trial(
        setting, trees, best["anomaly_weight"], best["average_precision"], tuple(map(dict, told))
    )
