"""Promises 2 and 4: order, names and bystanders are no inputs, and neither are labels."""

import random
from dataclasses import fields, replace

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from oracles.statistics import belongs
from oracles.strategies import worlds
from oracles.worlds import assert_same, table_of

from features.catalogue import ALL
from features.history import History
from features.slices import compute_frame, frame_from_table, matrix
from features.workspace import Lens, Workspace

NAMES = [feature.name for feature in ALL]
SUBJECTS = {
    subject: tuple(f for f in ALL if f.statistic.lens and f.statistic.lens.subject == subject)
    for subject in ("sender", "receiver", "pair")
}
OF_THE_ROW = tuple(feature for feature in ALL if feature.direction == "row")


def names(catalogue):
    return [feature.name for feature in catalogue]


def by_id(world):
    return {row.id: number for number, row in enumerate(world.visible)}


def touches(subject, row, other):
    return any(belongs(Lens(subject, flow), row, other) for flow in ("out", "in"))


@pytest.mark.parametrize("subject", SUBJECTS)
def test_payments_that_do_not_touch_the_subject_change_nothing(subject):
    catalogue = SUBJECTS[subject]

    @settings(max_examples=15)
    @given(worlds())
    def compare(world):
        whole = world.values(catalogue)
        for number, row in enumerate(world.visible):
            if getattr(row, subject, "") is None:
                continue
            alone = world.having(o for o in world.rows if touches(subject, row, o) or o is row)
            place = by_id(alone)[row.id]
            found = alone.values(catalogue)[place]
            assert_same(names(catalogue), found[np.newaxis], whole[number : number + 1])

    compare()


@given(worlds())
def test_facts_of_the_row_need_no_other_row(world):
    whole = world.values(OF_THE_ROW)
    for number, row in enumerate(world.visible):
        alone = world.having([row]).values(OF_THE_ROW)
        assert_same(names(OF_THE_ROW), alone, whole[number : number + 1])


@given(worlds(), st.randoms(use_true_random=False))
def test_the_order_of_simultaneous_rows_changes_nothing(world, chance: random.Random):
    """New ids shuffle the rows of an instant; everything else stays."""
    ids = [row.id for row in world.rows]
    chance.shuffle(ids)
    shuffled = world.having(
        replace(row, id=other) for row, other in zip(world.rows, ids, strict=True)
    )
    places = by_id(shuffled)
    new = dict(zip((row.id for row in world.rows), ids, strict=True))
    order = [places[new[row.id]] for row in world.visible]
    assert_same(NAMES, shuffled.values(ALL)[order], world.values(ALL))


@settings(max_examples=8)
@given(worlds(), st.randoms(use_true_random=False))
def test_the_order_of_the_rows_written_changes_nothing(tmp_path_factory, world, chance):
    folder = tmp_path_factory.mktemp("shuffled")
    rows = list(world.rows)
    chance.shuffle(rows)
    frames = [
        compute_frame(other.dataset(folder / name), ALL, suspicion=other.suspicion)
        for name, other in (("one", world), ("other", replace(world, rows=tuple(rows))))
    ]
    assert frames[0].transaction_id.equals(frames[1].transaction_id)
    assert_same(NAMES, frames[0].values, frames[1].values)


@given(worlds(), st.permutations("abcdef"), st.booleans())
def test_renaming_accounts_banks_countries_and_currencies_changes_nothing(world, letters, swap):
    accounts = dict(zip("abcdef", letters, strict=True)) | {None: None}
    other = {"x": "y", "y": "x", "DE": "FR", "FR": "DE", "EUR": "USD", "USD": "EUR", None: None}
    if not swap:
        other = {word: word and f"Z{word}9" for word in other} | {"EUR": "JPY", "USD": "GBP"}
    renamed = world.having(_renamed(row, accounts, other) for row in world.rows)
    assert_same(NAMES, renamed.values(ALL), world.values(ALL))


def _renamed(row, accounts, other):
    words = (
        "sender_bank", "receiver_bank", "sender_country", "receiver_country",
        "currency", "received_currency",
    )  # fmt: skip
    changed = {word: other[getattr(row, word)] for word in words}
    return replace(row, sender=accounts[row.sender], receiver=accounts[row.receiver], **changed)


@given(worlds(), st.data())
def test_rows_that_are_the_same_but_for_their_id_have_the_same_values(world, data):
    twin = data.draw(st.sampled_from(world.rows))
    doubled = world.having((*world.rows, replace(twin, id=data.draw(st.sampled_from("Aty")))))
    values = doubled.values(ALL)
    same = [n for n, row in enumerate(doubled.visible) if replace(row, id=twin.id) == twin]
    for number in same:
        assert_same(NAMES, values[number : number + 1], values[same[0] : same[0] + 1])


@given(worlds(), st.data())
def test_some_rows_asked_for_in_any_order_are_answered_as_all_rows_are(world, data):
    history = world.history()
    whole = matrix(Workspace(history), ALL)
    chosen = data.draw(st.lists(st.integers(0, max(len(history) - 1, 0)), max_size=8))
    rows = np.array(chosen if len(history) else [], np.int64)
    assert_same(NAMES, matrix(Workspace(history, rows), ALL), whole[rows])


@given(worlds())
def test_no_feature_depends_on_those_computed_before_it(world):
    history = world.history()
    forward = matrix(Workspace(history), ALL)
    backward = matrix(Workspace(history), ALL[::-1])[:, ::-1]
    assert_same(NAMES, forward, np.ascontiguousarray(backward))
    space = Workspace(history)
    assert_same(NAMES, matrix(space, ALL), matrix(space, ALL))


@given(worlds())
def test_inputs_stay_as_they_were(world):
    table = table_of(world.visible)
    history = History.from_table(table, **world.facts)
    space = Workspace(history, np.arange(len(history))[::2])
    before = _arrays(history, space.rows)
    for feature in ALL:
        feature.value(space)
        for at in range(len(space.rows)):
            feature.evidence(space, at)
    for one, other in zip(before, _arrays(history, space.rows), strict=True):
        np.testing.assert_array_equal(one, other)
    assert table.equals(table_of(world.visible))


def _arrays(history, rows):
    """Copy every array there is to be changed."""
    kept = [getattr(history, field.name) for field in fields(history)]
    for ledger in (history.sent, history.received, history.paired):
        kept += [ledger.order, ledger.starts, ledger.time]
    kept += [*history.pair_codes, *history.sent_links, *history.received_links, history.internal]
    return [np.array(array) for array in (*kept, rows)]


@given(worlds())
def test_a_value_given_out_is_not_kept_to_be_changed(world):
    space = Workspace(world.history())
    first = matrix(space, ALL)
    for feature in ALL:
        feature.value(space)[:] = -1
    assert_same(NAMES, matrix(space, ALL), first)


@settings(max_examples=5)
@given(worlds(), st.data())
def test_labels_can_not_be_seen(tmp_path_factory, world, data):
    folder = tmp_path_factory.mktemp("labels")
    ids = [row.id for row in world.rows]
    said = data.draw(st.lists(st.integers(0, 1), min_size=len(ids), max_size=len(ids)))
    labels = pa.table({"transaction_id": ids, "label": pa.array(said, pa.int8())})
    seen = {"suspicion": world.suspicion}
    without = compute_frame(world.dataset(folder / "without"), ALL, **seen)
    labelled = compute_frame(world.dataset(folder / "with", labels=labels), ALL, **seen)
    assert_same(NAMES, labelled.values, without.values)
    assert labelled.transaction_id.equals(without.transaction_id)


@given(worlds())
def test_words_written_for_people_are_no_input(world):
    world = world.having(world.visible)
    plain = world.table()
    column = plain.schema.get_field_index("memo")
    told = plain.set_column(
        column, plain.schema.field(column), pa.array(["laundered"] * len(plain))
    )
    for word in ("purpose", "memo", "channel_source", "batch_id"):
        assert told.column_names.count(word) == 1
    found = frame_from_table(told, ALL, **world.facts).values
    assert_same(NAMES, found, world.values(ALL))
