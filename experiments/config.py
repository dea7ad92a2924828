"""What an experiment is: one TOML file, checked as a whole before any work is done."""

import hashlib
import json
import tomllib
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from engine.detectors.bank import DETECTORS
from engine.settings import EnsembleConfig
from features.configs import find_config
from features.dataset import CHANNELS
from features.errors import ConfigError, Fault

Population = Literal["all", "internal"]


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class Features(_Section):
    """Which features a model sees; no families means all there are.

    With labels, the fewest are kept that rank about as well as the best choice: ``sizes`` are the
    numbers that are tried beside all of them; none keeps all. ``company`` lets a first model look
    at all payments, and the second see what it said of those around a payment, where that helps.
    """

    families: tuple[str, ...] = Field(default=(), strict=False)
    leading: bool = True
    company: bool = True
    sizes: tuple[Annotated[int, Field(ge=1)], ...] = Field(default=(60, 120, 200), strict=False)


class Tuning(_Section):
    """How settings of the trees are sought: so many trials by Optuna; 0 is a small grid."""

    trials: int = Field(default=0, ge=0)


class Populations(_Section):
    """Which rows the trees learn from, detectors and reference are frozen on, a model is judged on.

    ``internal`` rows have both sides known. The fitted rows must be among the reference's.
    """

    fit: Population = "all"
    reference: Population = "all"
    evaluate: Population = "all"

    @model_validator(mode="after")
    def _fitted_rows_in_the_reference(self) -> Self:
        if self.fit == "all" and self.reference == "internal":
            raise ValueError('fit = "internal" where reference = "internal"')
        return self


class Evaluation(_Section):
    """How a model is judged: which channels are left out, and how much can be read.

    ``budget`` is how many candidates (account-weeks) investigators can read a week.
    """

    budget: int = Field(default=200, ge=1)
    exclude_channels: tuple[str, ...] = Field(default=(), strict=False)

    @field_validator("exclude_channels")
    @classmethod
    def _known_channels(cls, channels: tuple[str, ...]) -> tuple[str, ...]:
        if not set(channels) <= set(CHANNELS):
            raise ValueError(f"some of {', '.join(CHANNELS)}")
        return channels


class SplitShares(_Section):
    """How the evaluated rows are divided in time; the test part is what is left.

    ``conformal`` is the share of the validation time set aside, in whole weeks, to know what
    honest accounts score (0: none); ``tuning`` the share of the other validation rows that tunes.
    The rest calibrates.
    """

    train: float = Field(default=0.6, gt=0, lt=1)
    validate_: float = Field(default=0.2, gt=0, lt=1, alias="validate")
    tuning: float = Field(default=0.5, gt=0, lt=1)
    conformal: float = Field(default=0.3, ge=0, le=0.5)

    @model_validator(mode="after")
    def _room_for_test(self) -> Self:
        if self.train + self.validate_ >= 1:
            raise ValueError("train and validate leave nothing for the test part")
        return self


class ExperimentConfig(_Section):
    """One experiment, as a TOML file says it.

    ``labels = "ignore"`` trains the detectors alone even where labels exist; they then serve
    evaluation only. ``model`` holds the settings of `engine.settings.EnsembleConfig`.
    """

    name: str = Field(default="moneytrail", pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]*$")
    seed: int = Field(default=7, ge=0, lt=2**32)
    labels: Literal["use", "ignore"] = "use"
    features: Features = Features()
    population: Populations = Populations()
    evaluate: Evaluation = Evaluation()
    split: SplitShares = SplitShares()
    tuning: Tuning = Tuning()
    model: dict[str, Any] = Field(default={})

    @property
    def ensemble(self) -> EnsembleConfig:
        """The settings of the model, defaults filled in."""
        return EnsembleConfig.from_mapping(self.model)

    def tried(self, trials: int | None) -> Self:
        """Return the same with another number of trials; None leaves it."""
        if trials is None:
            return self
        return self.model_copy(update={"tuning": Tuning(trials=trials)})

    def plain(self) -> dict[str, Any]:
        """Return the whole config, defaults filled in, as plain JSON values."""
        said = self.model_dump(mode="json", by_alias=True)
        return {**said, "model": self.ensemble.to_mapping()}

    def digest(self) -> str:
        """Return the sha256 of the whole config as canonical JSON."""
        text = json.dumps(self.plain(), sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()


def load_config(name: str) -> ExperimentConfig:
    """Read an experiment config: a file, or a shipped one by its bare name.

    Raises
    ------
    ConfigError
        If it cannot be read or says something it must not; lists every mistake.
    """
    path = find_config(name)
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ConfigError(f"{path}: not a readable TOML file: {error}") from error
    return parse_config(content, path)


def parse_config(content: dict[str, Any], path: Path) -> ExperimentConfig:
    """Check a config's content; ``path`` names it in what is said about mistakes."""
    faults: list[Fault] = []
    config = None
    try:
        config = ExperimentConfig.model_validate(content)
    except ValidationError as error:
        faults += [_fault(path, item) for item in error.errors(include_url=False)]
    faults += _model_faults(content.get("model"))
    if config is None or faults:
        raise ConfigError(f"{path}: not an experiment config", tuple(faults))
    return config


def _model_faults(settings: Any) -> tuple[Fault, ...]:
    if not isinstance(settings, dict):
        return ()
    try:
        detectors = EnsembleConfig.from_mapping(settings).detectors
    except ConfigError as error:
        return error.faults
    strange = [repr(name) for name in detectors if name not in DETECTORS]
    if not strange:
        return ()
    wanted = f"some of {', '.join(DETECTORS)}"
    return (Fault("model", "detectors", ", ".join(strange), wanted),)


def _fault(path: Path, item: Any) -> Fault:
    place = ".".join(map(str, item["loc"])) or None
    if item["type"] == "extra_forbidden":
        return Fault(path.name, place, "unknown key", "only the keys in docs/training.md")
    wanted = item["msg"].removeprefix("Value error, ").removeprefix("Input should be ")
    return Fault(path.name, place, repr(item["input"])[:80], wanted)
