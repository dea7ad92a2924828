"""The pictures' geometry tells the truth: heights and widths by amount, nothing lost."""

import re
from typing import get_args

import pytest

from engine.report.neighbours import MOST, draw_neighbours, fold, gather
from engine.report.reading import read_scores
from engine.report.timeline import MOST_BINS, PLOT, TOP, draw_timeline
from engine.wording.quantity import quantity
from engine.wording.words import Money
from features.catalogue.feature import Unit


@pytest.fixture(scope="module")
def scores(scores_folder):
    return read_scores(scores_folder)


def subject(scores, account):
    one = next(one for one in scores.candidates if one.account == account)
    return one, scores.evidence.of(one.candidate_id)


def drawn(scores, account, precision="second"):
    one, rows = subject(scores, account)
    return one, rows, draw_timeline(one, rows, scores.money, precision)


def test_money_in_stands_above_the_axis_and_money_out_below(scores):
    _, _, picture = drawn(scores, "MULE-1")
    assert {bar.side for bar in picture.bars} == {"in", "out"}
    for bar in picture.bars:
        edge = bar.y + bar.height if bar.side == "in" else bar.y
        assert edge == pytest.approx(picture.axis)
        assert bar.cited_height <= bar.height + 1e-9


def test_bars_stay_inside_the_picture_and_are_not_too_many(scores):
    for one in scores.candidates:
        rows = scores.evidence.of(one.candidate_id)
        picture = draw_timeline(one, rows, scores.money, "second")
        assert len(picture.bars) <= 2 * MOST_BINS
        assert all(
            bar.y >= TOP - 2 and bar.y + bar.height <= TOP + PLOT + 2 for bar in picture.bars
        )


def test_all_bars_share_one_scale(scores):
    _, _, picture = drawn(scores, "HUB-1")
    amounts = [
        int(re.search(r"€([\d,.]+)", bar.title)[1].replace(",", "").replace(".", ""))
        for bar in picture.bars
    ]
    scale = picture.bars[-1].height / amounts[-1]
    for bar, amount in zip(picture.bars, amounts, strict=True):
        assert bar.height == pytest.approx(max(amount * scale, 2.0), rel=0.02)


def test_rows_too_far_away_are_counted_not_drawn(scores):
    one, rows, picture = drawn(scores, "MULE-1")
    far = [
        row
        for row in rows
        if row.timestamp < one.period_start - (one.period_stop - one.period_start)
    ]
    assert picture.outside == len(far) == 1
    assert picture.extended


def test_a_source_that_knows_days_only_gets_no_hours(scores):
    assert "day" in drawn(scores, "ONE-1", "day")[2].step
    assert drawn(scores, "ONE-1", "second")[2].step == "3 hours"


def test_the_peak_is_marked_at_the_side_the_account_was_on(scores):
    for one in scores.candidates:
        rows = scores.evidence.of(one.candidate_id)
        picture = draw_timeline(one, rows, scores.money, "second")
        assert picture.peak is not None
        assert picture.peak_up == (one.peak_side == "receiver")


def test_neighbours_hold_every_amount_of_the_totals(scores):
    for one in scores.candidates:
        rows = scores.evidence.of(one.candidate_id)
        for side in ("in", "out"):
            whole = gather(one, rows, side)
            total = one.activity.in_amount if side == "in" else one.activity.out_amount
            number = one.activity.in_count if side == "in" else one.activity.out_count
            for nodes in (whole, fold(whole)):
                assert sum(node.amount for node in nodes) == total
                assert sum(node.rows for node in nodes) == number


def test_many_neighbours_are_folded_into_others(scores):
    one, rows = subject(scores, "HUB-1")
    nodes = fold(gather(one, rows, "in"))
    assert [node.kind for node in nodes] == ["account"] * MOST + ["others", "unlisted"]
    assert nodes[MOST].name == f"{nodes[MOST].members} others"


def test_the_world_outside_is_a_node_of_its_own_and_no_account(scores, made, hostile):
    one, rows = subject(scores, hostile["unicode"])
    outside = [node for node in gather(one, rows, "in") if node.kind == "outside"]
    assert len(outside) == 1
    assert outside[0].account is None
    assert outside[0].channels == {"cash": 6}


def test_widths_are_by_amount_on_one_scale_for_both_sides(scores):
    one, rows = subject(scores, "MULE-1")
    payers, payees = gather(one, rows, "in"), gather(one, rows, "out")
    picture = draw_neighbours(payers, payees, scores.money, lambda _: None)
    for side, nodes in zip(picture.sides, (payers, payees), strict=True):
        for node, source in zip(side.nodes, nodes, strict=True):
            assert node.bar_height * 1e4 == pytest.approx(
                source.amount * _scale(picture, payers, payees) * 1e4
            )


def _scale(picture, payers, payees):
    heights = sum(node.bar_height for node in picture.sides[0].nodes)
    return heights / sum(node.amount for node in payers)


def test_a_payment_to_itself_stands_on_both_sides(scores):
    one, rows = subject(scores, "P2P-SELF")
    for side in ("in", "out"):
        assert "P2P-SELF" in {node.name for node in gather(one, rows, side)}


def test_neighbours_that_are_candidates_are_linked(scores):
    one, rows = subject(scores, "MULE-1")
    payers = gather(one, rows, "in")
    picture = draw_neighbours(payers, [], scores.money, lambda _: ("x.html", "candidate no. 9"))
    known = [
        node for node, source in zip(picture.sides[0].nodes, payers, strict=True) if source.account
    ]
    assert all(node.href == "x.html" and "candidate no. 9" in node.detail for node in known)


@pytest.mark.parametrize(
    ("money", "amount", "words", "plain"),
    [
        (Money("EUR", 2), -123_456, "-€1,234.56", "-1,234.56"),
        (Money("JPY", 0), 1_234_567, "¥1,234,567", "1,234,567"),
        (Money("KWD", 3), 5, "KWD\N{NO-BREAK SPACE}0.005", "0.005"),
        (Money("USD", 2), 2**62, "$46,116,860,184,273,879.04", "46,116,860,184,273,879.04"),
    ],
)
def test_money_has_the_digits_of_the_manifest_and_loses_none(money, amount, words, plain):
    assert money.words(amount) == words
    assert money.plain(amount) == plain


def test_a_value_that_is_not_known_is_called_so():
    euro = Money("EUR", 2)
    assert quantity(None, "share", euro) == quantity(float("nan"), "count", euro) == "unknown"
    assert quantity(2.5, "payments per day", euro) == "2.50 payments per day"


SPOKEN = {"times", "payments", "accounts", "hour", "hops", "banks", "countries", "days"}


@pytest.mark.parametrize("unit", get_args(Unit))
def test_every_unit_of_the_catalogue_has_words_for_any_value(unit):
    for value in (0.0, 1.0, 2.5, 13.0, 1e12, -3.0):
        words = quantity(value, unit, Money("EUR", 2))
        assert words
        assert words != "unknown"
        assert unit not in words or unit in SPOKEN
