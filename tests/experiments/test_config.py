"""What an experiment config may say, and how mistakes in it are told."""

from pathlib import Path

import pytest

from experiments.config import ExperimentConfig, load_config, parse_config
from features.errors import ConfigError

SHIPPED = [
    Path(__file__).parents[2] / "configs" / f"{name}.toml"
    for name in ("default", "internal", "trailing", "unsupervised")
]


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_every_shipped_config_loads_by_its_bare_name(path: Path) -> None:
    assert load_config(path.stem) == load_config(str(path))


def test_the_default_config_says_the_defaults() -> None:
    assert load_config("default").plain() == ExperimentConfig().plain()


def test_all_mistakes_are_told_at_once() -> None:
    content = {
        "sede": 1,
        "split": {"train": 0.9, "validate": 0.2},
        "evaluate": {"budget": 0, "exclude_channels": ["bitcoin"]},
        "population": {"fit": "some"},
        "model": {"tree_depths": "deep", "colour": 1},
    }
    with pytest.raises(ConfigError) as caught:
        parse_config(content, Path("mine.toml"))
    told = str(caught.value)
    for part in ("sede", "split", "budget", "bitcoin", "population.fit", "tree_depths", "colour"):
        assert part in told


def test_an_unknown_detector_is_refused_with_the_known_ones() -> None:
    with pytest.raises(ConfigError, match=r"'lof'.*hbos"):
        parse_config({"model": {"detectors": ["hbos", "lof"]}}, Path("mine.toml"))


def test_a_string_is_no_number() -> None:
    with pytest.raises(ConfigError, match="seed"):
        parse_config({"seed": "7"}, Path("mine.toml"))


def test_broken_toml_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "broken.toml"
    path.write_text("seed = = 1")
    with pytest.raises(ConfigError, match="not a readable TOML file"):
        load_config(str(path))


def test_the_digest_is_that_of_the_meaning_not_of_the_text() -> None:
    said = parse_config({"seed": 7, "split": {"train": 0.6}}, Path("mine.toml"))
    assert said.digest() == ExperimentConfig().digest()
    assert parse_config({"seed": 8}, Path("mine.toml")).digest() != said.digest()
