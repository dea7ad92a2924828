"""The page about lists at a share of false candidates."""

from dataclasses import replace

from experiments.fdr.report import page, table
from experiments.fdr.trial import NEXT, Listed

ONE = Listed(
    scenario=NEXT,
    seed=1,
    rate=0.1,
    account_weeks=100,
    illicit=8,
    block=200,
    contaminated=0.0,
    listed=10,
    false=2,
    unusual=(0.01, 0.05, 0.1, 0.5),
)


def test_an_empty_list_counts_as_one_without_false_ones() -> None:
    lines = list(table([ONE, replace(ONE, seed=2, listed=0, false=0)]))
    assert lines[2:] == [
        f"| {NEXT} | 0.1 | 0.100 | 0.100 | -0.100 | yes | 1 of 2 | 5.0 | 4.0 of 8.0 |"
    ]


def test_a_promise_that_is_broken_is_said_to_be() -> None:
    lines = list(table([ONE, replace(ONE, seed=2)]))
    assert "| 0.200 | 0.000 | 0.200 | no | 2 of 2 |" in lines[2]


def test_the_page_says_what_was_simulated() -> None:
    found = page([replace(ONE, rate=0.05), replace(ONE, rate=0.05, seed=2)])
    assert "2 simulated worlds (seeds 1 to 2)" in found
    assert "| 0.010 | 0.050 | 0.100 | 0.500 |" in found
