"""Which features are kept: enough of them, and not by the order of rows or names of patterns."""

import numpy as np
import pytest

from engine.growth import Part
from engine.settings import EnsembleConfig
from experiments import feature_selection
from experiments.feature_selection import select_features

CONFIG = EnsembleConfig(rounds=40, rounds_untuned=40, tree_depths=(3,), column_share=1.0)
FEATURES = 30


def part(seed: int, rows: int = 1500) -> tuple[Part, np.ndarray]:
    random = np.random.default_rng(seed)
    X = random.standard_normal((rows, FEATURES))
    y = X[:, 4] + X[:, 17] + 0.5 * random.standard_normal(rows) > 2.2
    return Part.bare(X, y), random.integers(0, 40, rows)


@pytest.fixture(scope="module")
def parts() -> tuple[Part, Part, np.ndarray]:
    (train, _), (tune, pattern) = part(1), part(2)
    return train, tune, pattern


def test_the_features_that_decide_are_kept_and_others_are_not(
    parts: tuple[Part, Part, np.ndarray],
) -> None:
    found = select_features(*parts, (2, 10), CONFIG, 7)
    assert found.columns.tolist() == [4, 17]
    assert [row["features"] for row in found.tried] == [2, 10, FEATURES]
    shares = [float(str(row["share_of_gain"])) for row in found.tried]
    assert shares == sorted(shares)
    assert shares[-1] == 1.0


def test_too_few_features_are_not_kept(parts: tuple[Part, Part, np.ndarray]) -> None:
    found = select_features(*parts, (1, 2), CONFIG, 7)
    assert found.columns.tolist() == [4, 17]
    one, several, _ = found.tried
    worse = float(str(several["average_precision"])) - float(str(one["average_precision"]))
    assert worse > float(str(one["standard_error_to_best"])) > 0


def test_a_size_beyond_all_features_is_no_choice(parts: tuple[Part, Part, np.ndarray]) -> None:
    found = select_features(*parts, (FEATURES, 500), CONFIG, 7)
    assert found.columns.tolist() == list(range(FEATURES))


def test_neither_the_order_of_tuning_rows_nor_names_of_patterns_matter(
    parts: tuple[Part, Part, np.ndarray],
) -> None:
    train, tune, pattern = parts
    order = np.random.default_rng(3).permutation(len(pattern))
    renamed = np.random.default_rng(4).permutation(1000)[pattern]
    found = select_features(train, tune, pattern, (2, 10), CONFIG, 7)
    again = select_features(train, tune.take(order), renamed[order], (2, 10), CONFIG, 7)
    assert np.array_equal(found.columns, again.columns)
    assert found.tried == again.tried


def test_the_error_is_the_textbook_jackknife_of_a_mean() -> None:
    values = np.random.default_rng(5).standard_normal(50)
    without = np.array([np.delete(values, k).mean() for k in range(50)])
    textbook = values.std(ddof=1) / np.sqrt(50)
    assert feature_selection._error(without) == pytest.approx(textbook)
    assert feature_selection._error(np.array([np.nan])) == 0.0
