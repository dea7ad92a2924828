"""The rows of a page: the other side, the running sum, the citations, the words of the story."""

import pytest

from engine.report.page import Pages
from engine.report.reading import read_scores


@pytest.fixture(scope="module")
def scores(scores_folder):
    return read_scores(scores_folder)


@pytest.fixture(scope="module")
def made_pages(scores):
    pages = Pages(scores)
    return [pages.make(place) for place in range(len(scores.candidates))]


def found(page, scores):
    rows = {row.transaction_id: row for row in scores.evidence.of(page.one.candidate_id)}
    return [(row, rows[row.transaction_id]) for row in page.rows]


def test_each_row_shows_the_side_that_is_not_the_account(made_pages, scores):
    for page in made_pages:
        for shown, row in found(page, scores):
            if shown.side == "in":
                assert (row.receiver, shown.other) == (page.one.account, row.sender)
                assert shown.way == "▲ in"
            elif shown.side == "out":
                assert (row.sender, shown.other) == (page.one.account, row.receiver)
                assert shown.way == "▼ out"
            elif shown.side == "both":
                assert shown.other == row.sender == row.receiver == page.one.account
            else:
                assert page.one.account not in {row.sender, row.receiver}
                assert shown.other == f"{row.sender} → {row.receiver}"


def test_the_bank_and_country_shown_are_those_of_the_other_side(made_pages):
    shown = {row.place for page in made_pages for row in page.rows if row.side in {"in", "out"}}
    assert shown == {"", "BANK-B · LT", "BANK-B · NL"}


def test_the_running_sum_ends_at_what_came_in_less_what_went_out(made_pages, scores):
    for page in made_pages:
        last = [row.net for row in page.rows if row.net]
        if not page.complete:
            assert last == []
            continue
        own = page.one.activity
        ends = scores.money.plain(own.in_amount - own.out_amount)
        assert last[-1] == ends.replace("-", "\N{MINUS SIGN}")


def test_only_what_was_not_in_the_period_is_called_outside_it(made_pages, scores):
    for page in made_pages:
        for shown, row in found(page, scores):
            assert shown.outside is not (
                page.one.period_start <= row.timestamp < page.one.period_stop
            )


def test_a_payment_between_others_in_the_period_is_not_called_outside_it(make, write, tmp_path):
    made = make(weeks=1, each=1)
    one, rows = made[0]
    near = next(row for row in rows if one["account"] not in {row["sender"], row["receiver"]})
    near["timestamp"] = one["period_start"]
    scores = read_scores(write(tmp_path / "out", made))
    shown = next(row for row in Pages(scores).make(0).rows if row.way == "between others")
    assert not shown.in_period
    assert not shown.outside
    near["timestamp"] = one["period_stop"]
    scores = read_scores(write(tmp_path / "later", made))
    shown = next(row for row in Pages(scores).make(0).rows if row.way == "between others")
    assert shown.outside


def test_rows_outside_the_period_are_marked_and_have_no_running_sum(made_pages):
    outside = [row for page in made_pages for row in page.rows if not row.in_period]
    assert outside
    assert not any(row.net for row in outside)


def test_the_amount_as_paid_is_shown_where_the_currency_is_another(made_pages, scores):
    for page in made_pages:
        for shown, row in found(page, scores):
            assert shown.paid.endswith(" USD") == (row.currency == "USD")


def test_the_story_holds_the_totals_and_no_word_of_the_model(made_pages, scores):
    for page in made_pages:
        own, story = page.one.activity, " ".join(page.story)
        assert own.in_count == 0 or scores.money.words(own.in_amount) in story
        assert own.out_count == 0 or scores.money.words(own.out_amount) in story
        assert not {"score", "suspicious", "unusual", "model"} & set(story.lower().split())
