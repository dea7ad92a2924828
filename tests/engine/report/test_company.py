"""A reason on the company of a payment: what it adds up stands beside each payment it cites."""

import copy
import re

import pytest

from engine.report import write_report
from engine.report.page import Adding, Pages
from engine.report.reading import read_scores

NOTE = "The value adds up the probabilities of being illicit that a first model gave"
LIMIT = "Where a reason adds up a first model's estimates of other payments"


@pytest.fixture
def two(make):
    """Two candidates of one week."""
    return copy.deepcopy(make(weeks=1, each=1))


def asking(pair, chances, **given):
    """Turn a candidate's first reason into one on company, which cites so many payments."""
    one, rows = pair
    cited = [row for row in rows if row["transaction_id"] != one["peak_transaction"]]
    cited = cited[: len(chances)]
    for row, chance in zip(cited, chances, strict=True):
        row["first_look"] = chance
    ids = [row["transaction_id"] for row in cited]
    one["reasons"][0] |= {
        "family": "company",
        "feature": "receiver_in_expected_suspicious_7d",
        "unit": "suspicious payments",
        "value": sum(chances),
        "evidence": ids,
        "evidence_total": len(ids),
        **given,
    }
    return ids


def card_of(folder, one):
    """Return the HTML of the first reason's card."""
    page = write_report(folder).parent / "candidates" / f"{one['candidate_id']}.html"
    text = page.read_text("utf-8")
    return re.search(r'<article class="reason up" id="R1".*?</article>', text, re.DOTALL)[0], text


def added(card):
    """Return the rows of sums below the payments."""
    return re.findall(
        r'<tr><td colspan="5">(.*?)</td><td class="num"><(?:strong|span)>(.*?)</', card
    )


def test_each_payment_stands_with_its_estimate_and_all_with_their_sum(two, write, tmp_path):
    asking(two[0], [0.831, 0.9996, 0.002])
    card, text = card_of(write(tmp_path / "out", two), two[0][0])
    assert NOTE in card
    shown = re.findall(r'<td class="num">((?:&gt; |&lt; )?[01]\.\d\d)</td>', card)
    assert shown == ["0.83", "&gt; 0.99", "&lt; 0.01"]
    assert '<td class="num"><strong>1.83</strong></td>' in card
    assert "1.83 expected" in card
    assert "Listed here" not in card
    assert "the most suspicious are named" not in card
    assert LIMIT in text.replace("&#39;", "'")


def test_a_single_payment_needs_no_sum(two, write, tmp_path):
    asking(two[0], [0.4])
    card, _ = card_of(write(tmp_path / "out", two), two[0][0])
    assert ">0.40</td>" in card
    assert "Together" not in card


def test_a_sum_of_more_than_is_listed_says_what_each_makes_up(two, write, tmp_path):
    asking(two[0], [0.4, 0.3], evidence_total=1205, value=0.8)
    card, _ = card_of(write(tmp_path / "out", two), two[0][0])
    assert (
        "gave 1,205 payments: from what their accounts had done up to each, not from what it said "
        "of others. Only the most suspicious are named: 2 of 1,205, which make up 0.70 of the 0.80 "
        "expected (87.5 %); the other 1,203 add 0.10." in card
    )
    assert added(card) == [
        ("Listed here, added before rounding", "0.70"),
        ("1,203 more, none of them more suspicious than these", "0.10"),
        ("Together, added before rounding", "0.80"),
    ]
    assert "Evidence: 2 of 1,205 transactions" in card


def test_one_payment_of_two_says_what_the_other_adds(two, write, tmp_path):
    asking(two[0], [0.4], evidence_total=2, value=0.400001)
    card, _ = card_of(write(tmp_path / "out", two), two[0][0])
    assert "1 of 2, which make up 0.40 of the 0.40 expected (&gt; 99.9 %)" in card
    assert "; the other one adds &lt; 0.01." in card
    assert [value for _, value in added(card)] == ["0.40", "&lt; 0.01", "0.40"]


def test_sums_are_of_whole_millionths(two, write, tmp_path):
    """Added as floats, 0.7 and twice 0.1 leave 1.1e-16 of 0.9, and not nothing."""
    asking(two[0], [0.7, 0.1, 0.1], value=0.9)
    page = Pages(read_scores(write(tmp_path / "out", two))).make(0)
    assert page.reasons[0].adding == Adding(0.9, 1.0, 0, 0.0)


def test_company_lies_open(two, write, tmp_path):
    asking(two[0], [0.1, 0.1])
    card, _ = card_of(write(tmp_path / "out", two), two[0][0])
    assert '<details class="evidence" open>' in card


def test_where_nothing_adds_to_it_the_peak_is_not_called_its_company(two, write, tmp_path):
    one = two[0][0]
    asking(two[0], [], value=0.0, evidence=[one["peak_transaction"]], evidence_total=1)
    card, _ = card_of(write(tmp_path / "out", two), one)
    assert "none to which a first model gave any probability" in card
    assert one["peak_transaction"] not in card
    assert NOTE not in card


def test_a_payment_that_is_the_peak_of_a_candidate_leads_to_its_page(make, write, tmp_path):
    made = copy.deepcopy(make(weeks=2, each=2))
    first, other, later = made[0], made[1], made[-1]
    for pair in (other, later):
        ids = asking(first, [0.5])
        pair[0]["peak_transaction"] = ids[0]
        folder = write(tmp_path / pair[0]["candidate_id"], made)
        scores = read_scores(folder)
        page = Pages(scores).make(0)
        week = "" if pair is other else f" in {later[0]['period']}"
        said = (f"{pair[0]['candidate_id']}.html", f"no. {pair[0]['rank']}{week}")
        assert page.one.candidate_id == first[0]["candidate_id"]
        assert page.reasons[0].pages == {ids[0]: said}
        card, _ = card_of(folder, first[0])
        assert f'<a href="{said[0]}">{said[1]}</a>' in card
        pair[0]["peak_transaction"] = "none"


def test_pages_without_such_a_reason_say_nothing_of_a_first_model(two, write, tmp_path):
    for path in write_report(write(tmp_path / "out", two)).parent.rglob("*.html"):
        assert "first model" not in path.read_text("utf-8").lower()
