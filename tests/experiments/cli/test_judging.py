"""Evaluate, compare and promote as a user calls them."""

import json

from experiments.cli import run as command


def test_an_evaluation_says_how_good_where_the_page_is_and_which_look_it_was(call, served):
    asked = ["evaluate", served.model, "--data", served.dataset.path, "--out", "judged"]
    answer = call(*asked, "--budget", "3")
    assert answer.code == 0
    for part in (
        "average precision",
        "base rate",
        "3 candidates a week",
        "look 1 at",
        "index.html",
    ):
        assert part in answer.out
    again = call(*asked[:-1], "again", "--json")
    assert list(json.loads(again.out)["looks"].values()) == [2]


def test_a_comparison_says_what_differs_and_whose_places_change(call, served):
    asked = ["compare", served.model, served.other, "--data", served.dataset.path, "--budget", "3"]
    answer = call(*asked, "--split", "all", "--out", "compared")
    assert answer.code == 0
    assert "config, labels: use in A, ignore in B" in answer.out
    assert "gained" in answer.out
    told = json.loads(call(*asked, "--json").out)
    assert told["measured"]["candidates"]["budget"] == 3
    assert "brier" not in {each["name"] for each in told["measured"]["metrics"]}
    bare = call("compare", served.model, served.other)
    assert bare.code == 0
    assert "Give --data" in bare.out


def test_what_cannot_be_judged_or_promoted_is_refused_in_words(refuse, served, tables, tmp_path):
    tables.write(tmp_path / "bare")
    asked = ["evaluate", served.model, "--data", "bare", "--out", "judged"]
    assert "it has no labels" in refuse(*asked)
    assert "no test part" in refuse(*asked, "--split", "test")
    assert "no such model" in refuse("compare", "nowhere", served.model)
    assert "only registered models" in refuse("promote", served.model, "--comparison", "bare")
    assert "not a comparison" in refuse("promote", "models:/moneytrail/2", "--comparison", "bare")


def test_every_command_has_help(capsys):
    for name in ("evaluate", "compare", "promote"):
        assert command([name, "--help"]) == 0
        assert "--json" in capsys.readouterr().out
