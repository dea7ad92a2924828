"""A reason on the company of a payment: what it adds up stands beside each payment it cites."""

import copy
import re

import pytest

from engine.report import write_report
from engine.report.page import OPEN_COMPANY, Pages
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


def test_each_payment_stands_with_its_estimate_and_all_with_their_sum(two, write, tmp_path):
    asking(two[0], [0.831, 0.9996, 0.002])
    card, text = card_of(write(tmp_path / "out", two), two[0][0])
    assert NOTE in card
    shown = re.findall(r'<td class="num">((?:&gt; |&lt; )?[01]\.\d\d)</td>', card)
    assert shown == ["0.83", "&gt; 0.99", "&lt; 0.01"]
    assert '<td class="num"><strong>1.83</strong></td>' in card
    assert "1.83 expected" in card
    assert "with those not listed" not in card
    assert LIMIT in text.replace("&#39;", "'")


def test_a_single_payment_needs_no_sum(two, write, tmp_path):
    asking(two[0], [0.4])
    card, _ = card_of(write(tmp_path / "out", two), two[0][0])
    assert ">0.40</td>" in card
    assert "Together" not in card


def test_a_sum_of_more_than_is_listed_says_so(two, write, tmp_path):
    asking(two[0], [0.4, 0.3], evidence_total=5, value=0.71)
    card, _ = card_of(write(tmp_path / "out", two), two[0][0])
    assert "Together, added before rounding, with those not listed" in card
    assert "<strong>0.71</strong>" in card


@pytest.mark.parametrize(("cited", "is_open"), [(1, True), (2, False)])
def test_few_payments_lie_open_and_many_do_not(two, write, tmp_path, monkeypatch, cited, is_open):
    monkeypatch.setattr("engine.report.writing.OPEN_COMPANY", 1)
    asking(two[0], [0.1] * cited)
    card, _ = card_of(write(tmp_path / "out", two), two[0][0])
    assert ('<details class="evidence" open>' in card) is is_open
    assert OPEN_COMPANY > 1


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
