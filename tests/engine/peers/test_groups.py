"""Groups of accounts alike: who is in which, which are too small, and what is said of that."""

from dataclasses import replace

import numpy as np
import pyarrow as pa
import pytest

from engine.peers.groups import NOT_COVERED, Groups, Vocabulary
from engine.peers.traits import Side

ROWS = 4000
LEAST, HOLDERS = 100, 10


@pytest.fixture(scope="module")
def side(make_side):
    return make_side(ROWS)


@pytest.fixture(scope="module")
def account():
    return np.random.default_rng(7).integers(0, 300, ROWS)


def form(side, account, sample=None, **least):
    sample = np.arange(len(side)) if sample is None else sample
    asked = {"least_payments": LEAST, "least_accounts": HOLDERS} | least
    vocabulary = Vocabulary.of({"sender": side, "receiver": side}, 10)
    return Groups.of(vocabulary, side, account, sample, **asked)


@pytest.fixture(scope="module")
def groups(side, account):
    return form(side, account)


def members(groups, side, group):
    """The rows of a group, found the slow way."""
    codes = groups.vocabulary.codes(side)
    asked = groups.traits[group] >= 0
    return side.known & (codes[:, asked] == groups.traits[group, asked]).all(axis=1)


def test_classes_of_activity_hold_about_as_many_rows_each(side, groups):
    codes = groups.vocabulary.codes(side)[:, 0]
    assert (codes[np.isnan(side.activity)] == -1).all()
    counts = np.bincount(codes[codes >= 0])
    assert 5 <= len(counts) <= 10
    assert counts.max() < 0.35 * counts.sum()


def test_a_group_is_as_large_as_it_says(side, account, groups):
    for group in range(len(groups)):
        rows = members(groups, side, group)
        assert groups.payments[group] == rows.sum()
        assert groups.accounts[group] == len(np.unique(account[rows]))


def test_only_the_group_of_all_may_be_small(side, account):
    groups = form(side, account)
    assert (groups.payments[:-1] >= LEAST).all()
    assert (groups.accounts[:-1] >= HOLDERS).all()
    none = form(side, account, least_payments=10**6)
    assert len(none) == 1
    assert (none.traits == -1).all()
    assert len(form(side, np.zeros(ROWS, np.int64))) == 1


def test_a_row_is_in_the_finest_group_there_is_for_it(side, groups):
    found, codes = groups.finest(side), groups.vocabulary.codes(side)
    assert (found[~side.known] == -1).all()
    levels = [tuple(level) for level in groups.vocabulary.levels]
    for row in np.flatnonzero(side.known)[::23]:
        fits = [g for g in range(len(groups)) if members(groups, side, g)[row]]
        best = min(fits, key=lambda g: levels.index(tuple(groups.traits[g] >= 0)))
        assert found[row] == best, codes[row]


def test_levels_give_each_row_one_group_a_level(side, groups):
    for level, found in zip(groups.vocabulary.levels, groups.levels(side), strict=True):
        for group in np.unique(found[found >= 0]):
            assert tuple(groups.traits[group] >= 0) == level
            assert np.array_equal(found == group, members(groups, side, group))


def test_too_little_history_is_compared_with_all_and_said_to_be(side, groups):
    row = int(np.flatnonzero(side.known & np.isnan(side.activity))[0])
    group = int(groups.finest(side)[row])
    assert (groups.traits[group] == -1).all()
    assert groups.note(group, side, row) == NOT_COVERED
    assert groups.words(group) == "all accounts"


def test_a_coarser_group_is_said_to_be_one(side, groups):
    codes = groups.vocabulary.codes(side)
    rare = np.flatnonzero(side.known & (codes >= 0).all(axis=1) & (codes[:, 2] == 2))
    row = int(rare[0])
    group = int(groups.finest(side)[row])
    assert groups.traits[group, 2] == -1
    assert groups.note(group, side, row) == "too few payments like it by country"
    usual = np.flatnonzero(side.known & (groups.traits[groups.finest(side)] >= 0).all(axis=1))
    assert groups.note(int(groups.finest(side)[usual[0]]), side, int(usual[0])) is None


def test_words_name_activity_kind_and_country(side, groups):
    finest = next(g for g in range(len(groups)) if (groups.traits[g] >= 0).all())
    words = groups.words(finest)
    assert words.startswith("accounts as active as it (")
    assert "in 28 days)" in words
    assert "of kind " in words
    assert " in " in words


def test_words_of_classes_leave_no_number_out_and_none_twice(groups):
    vocabulary = groups.vocabulary
    counts = np.arange(1.0, 200.0)
    some = pa.nulls(len(counts), pa.string())
    side = replace(_side(some), activity=counts)
    for count, code in zip(counts.astype(int), vocabulary.codes(side)[:, 0], strict=True):
        said = vocabulary.activity_words(int(code)).split(" payment")[0].split(" to ")
        low, high = int(said[0]), int(said[-1])
        assert low <= count
        assert count <= high or code == len(vocabulary.cuts)


def _side(nulls):
    return Side(np.ones(len(nulls), np.bool_), np.ones(len(nulls)), nulls, nulls)


def test_without_kinds_and_countries_activity_alone_makes_groups(make_side, account):
    bare = make_side(ROWS, kinds=(), countries=())
    groups = form(bare, account)
    assert groups.vocabulary.levels == ((True, False, False), (False, False, False))
    assert len(groups) > 4
    cold = replace(bare, activity=np.full(ROWS, np.nan))
    assert len(form(cold, account)) == 1


def test_a_kind_never_seen_in_training_is_left_to_a_coarser_group(side, groups):
    other = replace(side, kind=pa.array(["spaceship"] * ROWS, pa.string()))
    found = groups.finest(other)
    known = found >= 0
    assert (groups.traits[found[known], 1] == -1).all()


def test_names_of_accounts_and_the_order_of_rows_change_nothing(side, account, groups):
    order = np.random.default_rng(1).permutation(ROWS)
    renamed = np.random.default_rng(2).permutation(300)[account]
    again = form(side.take(order), renamed[order])
    for name, array in groups.arrays().items():
        assert np.array_equal(array, again.arrays()[name]), name
