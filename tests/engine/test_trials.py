"""Trees: chosen on few rows, grown anew on all, and what both must not depend on."""

import numpy as np
import pytest

from engine.ensemble import mean_logit
from engine.growth import Matrices, Part, Setting, grown
from engine.settings import EnsembleConfig
from engine.trials import Trial, best_trial, refitted

CONFIG = EnsembleConfig(
    rounds=30, rounds_untuned=10, patience=5, tree_depths=(3, 2), anomaly_weights=(0.0, 0.2)
)


def part(seed, rows=600):
    random = np.random.default_rng(seed)
    X, logits = random.standard_normal((rows, 5)), random.standard_normal((rows, 2))
    y = X[:, 0] + X[:, 1] * X[:, 2] + random.standard_normal(rows) > 2.0
    return Part.of(X, logits, mean_logit(logits, np.array([0.5, 0.5])), y)


@pytest.fixture(scope="module")
def chosen():
    return best_trial(part(1), part(2), CONFIG, 7)


def test_the_best_of_the_grid_is_chosen_and_all_of_it_told(chosen):
    assert len(chosen.tried) == (2 * 2 + 1) * 2
    assert chosen.facts() in chosen.tried
    assert chosen.average_precision == max(each["average_precision"] for each in chosen.tried)


def test_trees_are_grown_anew_in_proportion_to_the_illicit_rows_and_not_too_few(chosen):
    few, whole = part(1), part(1).joined(part(2)).joined(part(3))
    again = refitted(chosen, few, whole, CONFIG, 7)
    least = max(chosen.rounds, CONFIG.rounds_untuned)
    assert again.rounds == round(least * whole.positives / few.positives)
    assert again.facts() == chosen.facts()
    short = Trial(chosen.setting, grown(*grown_with(few, chosen.setting), rounds=2), 0.0)
    assert refitted(short, few, few, CONFIG, 7).rounds == CONFIG.rounds_untuned


def grown_with(rows, setting):
    return Matrices.of(rows, None, setting.sees_detectors, 1), setting, CONFIG, 7


def test_growing_on_the_same_rows_for_as_long_gives_the_same_trees():
    few, tune = part(1), part(2)
    setting = Setting.of(CONFIG, True, 3, 2.0)
    stopped = grown(Matrices.of(few, tune, True, 1), setting, CONFIG, 7)
    rounds = stopped.booster.num_boosted_rounds()
    assert rounds < CONFIG.rounds
    again = grown(Matrices.of(few, None, True, 2), setting, CONFIG, 7, rounds)
    assert again.to_bytes() == stopped.to_bytes()


def test_trees_of_one_round_are_averaged_and_their_parts_add_up():
    few, tune = part(1), part(2)
    setting = Setting.of(CONFIG, False, 3, 1.0)
    trees = grown(*grown_with(few, setting), rounds=8, trees_a_round=3)
    assert len(trees.booster.get_dump()) == 24
    seen = tune.seen(False)
    base, parts = trees.contributions(seen)
    assert np.abs(base + parts.sum(axis=1) - trees.margins(seen)).max() < 1e-5


def test_a_part_of_the_rows_keeps_everything_about_them():
    whole = part(1)
    rows = np.array([3, 5, 9])
    some = whole.take(rows)
    assert np.array_equal(some.columns, whole.columns[rows])
    assert np.array_equal(some.anomaly, whole.anomaly[rows])
    assert np.array_equal(some.y, whole.y[rows])
    both = some.joined(whole)
    assert np.array_equal(both.columns[:3], some.columns)
    assert both.positives == some.positives + whole.positives
    assert np.array_equal(whole.of_features(np.array([1, 4])).columns, whole.columns[:, [1, 4]])
