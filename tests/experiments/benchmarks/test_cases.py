"""Every benchmark once, on a few rows: what it compares must be equal; its ratios mean nothing."""

import json
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from experiments.benchmarks.__main__ import main
from experiments.benchmarks.alone import run
from experiments.benchmarks.cases import CASES
from experiments.benchmarks.cases.case import Case, WrongResultError, agree
from experiments.benchmarks.data import like_a_bank, with_hubs, without_hubs
from experiments.benchmarks.outcome import OURS, Bar, Outcome, Timing, over_the_fastest_peer
from experiments.benchmarks.race import Contestant, race
from experiments.benchmarks.report import page, verdict

GENERATORS = (without_hubs, with_hubs, like_a_bank)


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    return tmp_path_factory.mktemp("bench")


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_case_runs_and_finds_equal_what_it_compares(case, place):
    found = run(case, "quick", place)
    assert not found.fault
    assert found.timings[0].name == OURS
    assert found.compared or found.skipped or found.value is not None
    assert Outcome.from_plain(json.loads(json.dumps(found.plain()))) == found


def test_names_of_cases_are_told_apart():
    assert len({case.name for case in CASES}) == len(CASES)


@pytest.mark.parametrize("draw", GENERATORS, ids=lambda draw: draw.__name__)
def test_a_seed_makes_the_same_payments_again(draw):
    one, other, another = draw(500, 40, 7), draw(500, 40, 7), draw(500, 40, 7, seed=1)
    assert all(np.array_equal(getattr(one, c), getattr(other, c)) for c in vars(one))
    assert not np.array_equal(one.amount, another.amount)


@pytest.mark.parametrize("draw", GENERATORS, ids=lambda draw: draw.__name__)
def test_drawn_payments_are_in_time_order_between_two_different_accounts(draw):
    made = draw(2_000, 50, 7)
    assert (np.diff(made.time) >= 0).all()
    assert (made.sender != made.receiver).all()
    assert made.amount.min() > 0
    for side in (made.sender, made.receiver):
        assert 0 <= side.min() <= side.max() < made.accounts


def test_the_heaviest_account_has_the_share_it_was_given():
    assert with_hubs(50_000, 5_000, 90).heaviest == pytest.approx(0.04, rel=0.1)
    assert without_hubs(50_000, 5_000, 90).heaviest < 0.01


def test_a_bank_repeats_its_pairs():
    def pairs(made):
        return len(set(zip(made.sender.tolist(), made.receiver.tolist(), strict=True)))

    assert pairs(like_a_bank(20_000, 2_000, 90)) < 0.8 * pairs(without_hubs(20_000, 2_000, 90))


def test_a_wrong_result_is_a_fault_and_ends_with_one(monkeypatch, capsys):
    def wrong(scale, place):
        agree("the sums", same=False)

    case = Case("wrong", "Wrong", Bar(1, "x"), wrong)
    with pytest.raises(WrongResultError):
        case.run("quick", Path())
    found = run(case, "quick", Path())
    assert found.fault == "wrong result: the sums"
    assert verdict(case, found).startswith("FAILED")
    monkeypatch.setattr("experiments.benchmarks.__main__.run_all", lambda *_: [(case, found)])
    assert main(["--quick"]) == 1


def test_the_slower_of_a_name_leaves_after_the_first_round():
    ran = []
    pause = np.arange(3_000_000)
    slow = Contestant("peer", "slow", 1, lambda: (ran.append("slow"), np.sort(pause[::-1])))
    fast = Contestant("peer", "fast", 1, lambda: ran.append("fast"))
    timings, _ = race([Contestant(OURS, "", 1, lambda: ran.append(OURS)), slow, fast], rounds=3)
    assert ran == [OURS, "slow", "fast", OURS, "fast", OURS, "fast"]
    assert [(timing.name, timing.how, len(timing.seconds)) for timing in timings] == [
        (OURS, "", 3),
        ("peer", "fast", 3),
    ]


def test_a_ratio_is_over_the_fastest_peer_by_rows_a_second():
    timings = (
        Timing(OURS, "", 100, (1.0, 9.0, 1.0)),
        Timing("slow", "", 100, (10.0,)),
        Timing("fast", "", 10, (0.5,)),
    )
    assert over_the_fastest_peer(timings, ("slow", "fast")) == pytest.approx(5)
    assert over_the_fastest_peer(timings, ()) is None


def test_the_command_writes_a_page_that_says_what_was_found(tmp_path, capsys):
    out = tmp_path / "page.md"
    assert main(["--quick", "--only", "fan", "--out", str(out)]) == 0
    said, written = capsys.readouterr().out, out.read_text(encoding="utf-8")
    assert "fan:" in said
    assert "Fan and degree, without hubs" in written
    assert "make bench" in written


def test_a_case_without_its_peers_says_so():
    case = Case("a", "A", Bar(10, "x"), lambda *_: Outcome())
    alone = Outcome(timings=(Timing(OURS, "", 1, (1.0,)),), skipped=("GFP: not installed",))
    assert verdict(case, alone) == "not compared"
    assert "Skipped: GFP: not installed." in page([(case, alone)], date(2026, 1, 1), "full")
