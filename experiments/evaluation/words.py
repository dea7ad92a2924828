"""A judgement in a few plain lines, for a terminal."""

from math import isnan

from experiments.evaluation.bootstrap import Interval
from experiments.evaluation.judgement import KIND_TOP, Judgement


def lines(judged: Judgement) -> list[str]:
    """Say how good a ranking is: every share with what it is a share of."""
    top = next(top for top in judged.tops if top.share == KIND_TOP)
    weeks, point = judged.account_weeks, judged.capacity
    return [
        (
            f"On the {judged.part} part ({judged.rows:,} rows, {judged.illicit:,} illicit, in "
            f"{judged.patterns} patterns):"
        ),
        (
            f"  average precision  {judged.average_precision:.3f}  (base rate "
            f"{judged.base_rate:.4f}; {between(judged.interval)})"
        ),
        (
            f"    of account-weeks {weeks.average_precision:.3f}  (base rate "
            f"{weeks.base_rate:.4f}; {between(weeks.interval)})"
        ),
        (
            f"  recall, top 1 %    {top.recall:.3f}  ({top.illicit_found:.0f} of {top.illicit} "
            f"illicit rows in {top.rows:,} rows)"
        ),
        (
            f"  {point.budget} candidates a week: {point.precision:.1%} of them hold an "
            f"illicit row; they show {point.row_recall:.1%} of the illicit rows, "
            f"{point.networks_shown:.0f} of {point.networks} networks"
        ),
    ]


def between(interval: Interval) -> str:
    """Say an interval.

    >>> between(Interval(0.04, 0.481)), between(Interval(float("nan"), float("nan")))
    ('95 % interval 0.04 to 0.48', 'no interval')
    """
    if isnan(interval.low):
        return "no interval"
    return f"95 % interval {interval.low:.2f} to {interval.high:.2f}"
