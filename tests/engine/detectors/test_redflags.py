import math

import numpy as np
import pytest

from engine.detectors.bank import weights_of
from engine.detectors.knowledge import knowledge_of
from engine.detectors.redflags import RedFlags
from features.catalogue import CATALOGUE
from tests.oracles import scoring as slow

NAMES = (
    "sender_out_known_count_28d",
    "receiver_in_known_count_28d",
    "receiver_in_counterparties_1d",
    "receiver_in_counterparties_7d",
    "receiver_stayed_median_7d",
    "amount",
)
COUNT, FEW, MANY, STAYED = 1, 2, 3, 4


def rows_of(count, seed):
    draw = np.random.default_rng(seed)
    X = np.floor(np.exp(draw.standard_normal((count, len(NAMES))) + 1.0))
    X[:, COUNT] = np.where(draw.random(count) < 0.5, 2.0, 90.0)
    X[:, MANY] += np.where(X[:, COUNT] > 50.0, 40.0, 0.0)
    X[draw.random(count) < 0.3, STAYED] = np.nan
    return X


@pytest.fixture(scope="module")
def reference():
    return rows_of(2000, 0)


@pytest.fixture(scope="module")
def flags(reference):
    return RedFlags.of(reference, knowledge_of(NAMES), 2)


def counted(reference, row):
    """The definition, slowly: the reference rows at least as far out among those alike."""
    known = knowledge_of(NAMES)
    total, classes = {}, {}
    for side, columns in ((0, known.sender), (1, known.receiver)):
        activity = np.nan_to_num(reference[:, columns]).sum(axis=1)
        cut = np.quantile(activity, 0.5)
        cut = cut if cut > activity.min() else math.inf
        mine = np.nan_to_num(row[columns]).sum()
        classes[side] = (activity >= cut) == (mine >= cut)
    for column, sign, theme, side in zip(
        known.column, known.sign, known.theme, known.side, strict=True
    ):
        alike = sign * reference[classes[side], column]
        alike = alike[~np.isnan(alike)]
        value = sign * row[column]
        share = (alike >= value).mean() if not np.isnan(value) else 1.0
        surprise = -math.log(share) if 0 < share <= 0.5 else 0.0
        if share == 0.0:
            surprise = math.log(len(alike)) + math.log(2.0)
        total[theme] = max(total.get(theme, 0.0), surprise)
    return sum(total.values())


def test_the_score_is_the_count_of_those_at_least_as_far_out(flags, reference):
    rows = rows_of(200, 1)
    found = flags.score(rows)
    wanted = np.array([counted(reference, row) for row in rows])
    # Knots stand at ranks that grow by a factor of at most two, one a theme.
    assert (found <= wanted + 0.7).all()
    assert (found >= wanted - 0.7 * 4).all()
    assert np.corrcoef(found, wanted)[0, 1] > 0.98


def test_what_is_usual_among_the_busy_is_a_surprise_among_the_quiet(flags):
    quiet, busy = np.zeros((1, len(NAMES))), np.zeros((1, len(NAMES)))
    quiet[0, COUNT], busy[0, COUNT] = 2.0, 90.0
    quiet[0, MANY] = busy[0, MANY] = 41.0
    assert flags.score(quiet)[0] > flags.score(busy)[0] + 2.0


def test_of_a_theme_only_the_most_surprising_feature_counts(flags):
    one, two = np.zeros((1, len(NAMES))), np.zeros((1, len(NAMES)))
    one[0, [0, COUNT]] = two[0, [0, COUNT]] = 2.0
    one[:, STAYED] = two[:, STAYED] = np.nan
    one[0, MANY] = two[0, MANY] = 1000.0
    two[0, FEW] = 3.0
    assert flags.score(one)[0] == flags.score(two)[0]
    parts = flags.attribute(two)[1] + flags.usual
    assert np.flatnonzero(parts[0]).tolist() == [MANY]


def test_in_a_class_that_the_reference_never_saw_nothing_surprises():
    silent = next(f.name for f in CATALOGUE if knowledge_of([f.name]).side.tolist() == [2])
    names = (*NAMES[:2], silent, silent)
    reference = np.ones((90, 4))
    reference[:, 0] = np.repeat([1.0, 5.0, 9.0], 30)
    reference[:, 1] = np.repeat([9.0, 5.0, 1.0], 30)
    reference[:, 2:] = np.arange(90.0)[:, None] % 30
    flags = RedFlags.of(reference, knowledge_of(names), 3)
    seen, unseen = np.array([[9.0, 1.0, 99.0, 99.0]]), np.array([[9.0, 9.0, 99.0, 99.0]])
    assert slow.classes(flags, unseen[0]) == (2, 2, 3)
    assert flags.score(seen)[0] - flags.score(unseen)[0] > 1.0
    assert flags.score(unseen)[0] == slow.theme_sum(flags, unseen[0], (2, 2, 3))


def test_less_is_suspicious_where_money_stays_for_a_short_time(flags):
    soon, late = np.zeros((1, len(NAMES))), np.zeros((1, len(NAMES)))
    soon[0, STAYED], late[0, STAYED] = -1.0, 1e6
    assert flags.score(soon)[0] > flags.score(late)[0]


def test_an_unknown_value_says_nothing_and_so_does_an_hour_and_an_amount(flags):
    unknown = np.full((1, len(NAMES)), np.nan)
    assert flags.score(unknown)[0] == 0.0
    unknown[0, 5] = 1e12
    assert flags.score(unknown)[0] == 0.0
    assert knowledge_of(["amount", "hour", "weekday"]).column.size == 0


def test_every_feature_that_speaks_names_a_red_flag_and_every_flag_of_the_catalogue_speaks():
    names = [feature.name for feature in CATALOGUE]
    known = knowledge_of(names)
    spoken = {CATALOGUE[k] for k in known.column}
    assert all(feature.red_flags for feature in spoken)
    silent = {flag for feature in CATALOGUE for flag in feature.red_flags}
    silent -= {flag for feature in spoken for flag in feature.red_flags}
    assert not silent
    assert len(known.sender) == len(known.receiver) == 4
    assert (np.diff(known.theme) >= 0).all()


def test_features_without_a_word_about_laundering_make_a_detector_that_is_silent(reference):
    flags = RedFlags.of(reference, knowledge_of(["amount"] * len(NAMES)), 8)
    assert not flags.score(reference).any()


def test_what_is_known_counts_as_much_as_all_that_is_unusual():
    assert weights_of(("hbos", "redflags", "tail", "pca")).tolist() == [1 / 6, 0.5, 1 / 6, 1 / 6]
    assert weights_of(("redflags",)).tolist() == [1.0]


@pytest.mark.parametrize("count", [1, 2, 7])
def test_many_rows_at_a_time_are_told_the_same_as_one_value_after_another(reference, count):
    flags = RedFlags.of(reference, knowledge_of(NAMES), count)
    rows = np.concatenate([rows_of(700, 2), reference[:300]])
    rows[:5] = np.nan
    rows[5:9] = 1e12
    wanted = [slow.theme_sum(flags, row, slow.classes(flags, row)) for row in rows]
    assert len(set(wanted)) > 100
    assert np.array_equal(flags.score(rows), wanted)
    assert np.array_equal(flags.score(np.asfortranarray(rows)), wanted)
