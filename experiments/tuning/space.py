"""What is tuned, and between which bounds."""

import optuna

from engine.growth import Setting
from engine.settings import EnsembleConfig


def suggested(trial: optuna.Trial) -> Setting:
    """Ask a trial for a setting; ``positive_weight`` is the weight of the illicit class."""
    return Setting(
        sees_detectors=trial.suggest_categorical("sees_detectors", (False, True)),
        depth=trial.suggest_int("depth", 3, 9),
        positive_weight=trial.suggest_float("positive_weight", 0.5, 32.0, log=True),
        learning_rate=trial.suggest_float("learning_rate", 0.02, 0.2, log=True),
        min_child_weight=trial.suggest_float("min_child_weight", 0.5, 20.0, log=True),
        l2=trial.suggest_float("l2", 0.5, 50.0, log=True),
        gamma=trial.suggest_float("gamma", 0.0, 3.0),
        column_share=trial.suggest_float("column_share", 0.1, 1.0),
        row_share=trial.suggest_float("row_share", 0.5, 1.0),
    )


def first(config: EnsembleConfig) -> dict[str, object]:
    """Return where the search begins: the settings of the config, whatever the bounds."""
    setting = Setting.untuned(config)
    return {name: getattr(setting, name) for name in setting.__dataclass_fields__}
