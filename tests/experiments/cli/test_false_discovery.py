"""``score --fdr`` as a user meets it."""

from datetime import timedelta

import pytest


@pytest.fixture
def asked(promised):
    """The call that makes the shared list."""
    start = promised.dataset.manifest.coverage_to - timedelta(weeks=3)
    call = ["score", promised.dataset.path, "--model", promised.model, "--out", "out"]
    return [*call, "--from", start.isoformat()]


def test_a_list_by_share_is_scored_told_reported_explained_and_verified(call, asked, promised):
    told = call(*asked, "--fdr", "0.9")
    assert told.code == 0
    assert "at most 90 % are expected to be false" in told.out
    assert "All payments of the honest account-weeks are labelled honest." in told.out
    assert call("report", "out").code == 0
    assert call("verify", "out", "--data", promised.dataset.path).code == 0


def test_an_empty_list_says_what_is_missing(call, asked):
    told = call(*asked, "--fdr", "0.011")
    assert told.code == 0
    assert "0 candidates" in told.out
    assert "The list is empty: it could begin with" in told.out


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--fdr", "0.1", "--budget", "5"), "a budget and a share of false candidates"),
        (("--fdr", "10"), "more than 0, less than 1"),
        (("--fdr", "0"), "more than 0, less than 1"),
        (("--fdr", "ten"), "'--fdr'"),
        (("--fdr", "0.0001"), "at the very least"),
    ],
)
def test_a_share_that_cannot_be_kept_is_refused(refuse, asked, options, words):
    assert words in refuse(*asked, *options)
