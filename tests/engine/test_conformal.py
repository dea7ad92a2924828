"""P-values and lists against their definitions in exact fractions."""

from fractions import Fraction
from itertools import permutations

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from engine.conformal import Block, account_weeks, as_high, discover

RATES = ("0.05", "0.1", "0.25", "0.5")
FACTS = {"labels": "complete", "without_label": 0}

scores = st.lists(st.sampled_from([k / 8 for k in range(9)]), max_size=40)


def block_of(values):
    return Block.of(np.array(values, np.float64), FACTS)


def fractions_of(block, values):
    """Count, score by score: as the words say, with a twin."""
    return [Fraction(2 + sum(each >= value for each in block), 2 + len(block)) for value in values]


def listed(p_values, rate):
    """Benjamini and Hochberg: the largest k whose k-th smallest p-value is at most k rate / m."""
    ordered = sorted(p_values)
    kept = [k for k, p in enumerate(ordered, 1) if p <= Fraction(rate) * k / len(ordered)]
    least = ordered[max(kept) - 1] if kept else Fraction(-1)
    return [p <= least for p in p_values]


@given(scores, scores)
def test_a_p_value_is_the_share_of_the_block_that_scores_as_high_with_a_twin(block, values):
    found = block_of(block).p_values(np.array(values))
    wanted = fractions_of(block, values)
    assert found.tolist() == [float(p) for p in wanted]
    assert [as_high(p, len(block)) for p in found.tolist()] == [
        sum(each >= value for each in block) for value in values
    ]


@given(scores, scores, st.sampled_from(RATES))
def test_a_list_is_that_of_benjamini_and_hochberg(block, values, rate):
    found = discover(block_of(block), np.array(values), float(rate))
    wanted = listed(fractions_of(block, values), rate)
    assert found.listed == sum(wanted)
    assert [value >= found.least for value in values] == wanted


@given(scores, scores, st.sampled_from(RATES), st.randoms(use_true_random=False))
def test_no_order_matters(block, values, rate, random):
    one = discover(block_of(block), np.array(values), float(rate))
    random.shuffle(block)
    random.shuffle(values)
    assert discover(block_of(block), np.array(values), float(rate)) == one


@given(scores, scores)
def test_who_scores_higher_never_has_the_larger_p_value(block, values):
    p = block_of(block).p_values(np.sort(values))
    assert (np.diff(p) <= 0).all()


@given(scores, scores, scores, st.sampled_from(RATES))
def test_illicit_ones_at_the_top_of_the_block_only_shorten_the_list(block, values, more, rate):
    high = [1.0 for _ in more]
    clean = discover(block_of(block), np.array(values), float(rate))
    dirty = discover(block_of([*block, *high]), np.array(values), float(rate))
    assert dirty.listed <= clean.listed


@pytest.mark.parametrize("pairs", [2, 3, 4])
def test_twins_from_the_same_weeks_keep_the_promise_exactly(pairs):
    """Whichever pair is the one tested, p-values at most x are a share of at most x of them."""
    pool = [(float(k), float(k)) for k in range(pairs)]
    found = []
    for order in permutations(pool):
        tested, *rest = order
        block = block_of([score for pair in rest for score in pair])
        found += block.p_values(np.array(tested)).tolist()
    for level in {*found, 0.1, 0.5}:
        assert np.mean(np.array(found) <= level) <= level + 1e-12


@given(scores, scores, st.sampled_from(RATES))
def test_an_empty_list_says_what_would_have_filled_it(block, values, rate):
    found = discover(block_of(block), np.array(values), float(rate))
    assume(found.account_weeks)
    assert (found.threshold is None) == (found.listed == 0)
    if found.above >= found.needed:
        assert found.listed >= found.above
    if not found.listed and found.enough is not None:
        assert found.above < found.needed
        grown = block_of([*block, *[-1.0] * (found.enough - len(block))])
        assert discover(grown, np.array(values), float(rate)).listed >= found.above
        short = block_of([*block, *[-1.0] * (found.enough - 1 - len(block))])
        assert (
            discover(short, np.array(values), float(rate)).above
            < discover(short, np.array(values), float(rate)).needed
        )


def test_nothing_scored_is_an_empty_list():
    found = discover(block_of([0.5]), np.empty(0), 0.5)
    assert (found.listed, found.threshold, found.enough, found.upper_half) == (0, None, None, 0.0)


def test_all_at_the_ceiling_of_the_score_are_listed_or_none():
    block = block_of([0.1] * 97 + [1.0])
    scored = np.array([1.0] * 30 + [0.1] * 10)
    assert discover(block, scored, 0.1).listed == 30
    assert discover(block, scored, 0.03).listed == 0


@pytest.mark.parametrize(
    "broken",
    [{}, {"scores": np.array([0.2, 0.1])}, {"scores": np.array([0.1])}],
    ids=["missing", "not sorted", "another number"],
)
def test_a_block_that_is_not_as_described_is_refused(broken):
    with pytest.raises((KeyError, ValueError)):
        Block.from_arrays(broken, {"account_weeks": 2})


def test_a_block_comes_back_as_it_was():
    block = block_of([0.3, 0.1, 0.2])
    again = Block.from_arrays(block.arrays(), block.facts)
    assert again.scores.tolist() == [0.1, 0.2, 0.3]
    assert again.facts["account_weeks"] == 3


@given(
    st.lists(st.tuples(st.integers(0, 20), st.integers(-1, 3), st.integers(-1, 3)), max_size=20),
    st.integers(0, 5),
)
def test_rows_share_a_number_where_they_share_account_and_week(rows, begin):
    columns = [np.array([row[k] for row in rows], np.int64) for k in range(3)]
    numbers = np.concatenate(account_weeks(*columns, begin, 7)).tolist()
    keys = [
        None if row[side] < 0 else ((row[0] - begin) // 7, row[side])
        for side in (1, 2)
        for row in rows
    ]
    known = [key for key in keys if key is not None]
    place = {key: number for number, key in enumerate(sorted(set(known)))}
    assert numbers == [-1 if key is None else place[key] for key in keys]
