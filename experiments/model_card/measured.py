"""How good a model is, in words and in numbers with their intervals."""

from collections.abc import Mapping
from math import isnan

from engine.wording.words import percent
from experiments.evaluation.bootstrap import Interval
from experiments.evaluation.judgement import Judgement
from experiments.split import Split
from features.dataset import Manifest

_TEST = "test"
_FEW_PATTERNS = 10
_TOP = 0.01
_NOTHING = "\N{EN DASH}"


def parts(split: Split) -> str:
    """Say how the data was divided, and what each part was for."""
    rows = "\n".join(
        f"| {part.name} | {part.start:%Y-%m-%d %H:%M:%S} | {part.stop:%Y-%m-%d %H:%M:%S} "
        f"| {part.rows:,} |"
        for part in split.parts
    )
    return (
        "## Split\n\n"
        "In time, cut between timestamps. In each part only what was known at its end is used: "
        "later payments and later labels are hidden. The trees learn from the train part, tuning "
        "chooses their settings, calibration turns their sum into a probability; then, where "
        "`model.refit` says so, they are grown anew on all three. Conformal says what honest "
        "accounts score, and the test part is looked at once all else is fixed.\n\n"
        "| part | from | before | judged payments |\n|---|---|---|---|\n" + rows
    )


def sections(
    judgements: Mapping[str, Judgement], looks: int | None, manifest: Manifest
) -> list[str]:
    """Return how good it is, by part and by pattern type, and whether it means what it says."""
    if not judgements:
        return ["## How good it is\n\nNot known: there are no labels to measure against."]
    test = judgements.get(_TEST)
    head = ["## How good it is"]
    if test is None or not test.illicit:
        head.append("Not known on unseen payments: the test part has none known to be illicit.")
    else:
        head += [_in_words(test, manifest), _warning(test)]
    looked = f"This was look {looks} at the test part of this split." if looks else ""
    if looks and looks > 1:
        looked += " The more looks, the more its numbers flatter."
    head += [_table(judgements), _HOW + looked]
    found = ["\n\n".join(part for part in head if part)]
    if test is not None and test.illicit:
        found += [_beside(test), _kinds(test), _calibration(test)]
    return found


def _in_words(judged: Judgement, manifest: Manifest) -> str:
    point, week = judged.capacity, judged.account_weeks
    money = point.value_illicit / 10**manifest.minor_digits
    return (
        f"On the test part, which it never saw: of the {point.budget} candidates a week that can "
        f"be read, {percent(point.precision)} hold an illicit payment ({point.listed_illicit:.0f} "
        f"of {point.listed:.0f}; by chance it would be {percent(week.base_rate)}). They show "
        f"{percent(point.row_recall)} of the illicit payments ({point.rows_caught:.0f} of "
        f"{point.rows_illicit}), {percent(point.value_recall)} of their money (of {money:,.0f} "
        f"{manifest.reporting_currency}, single payments capped) and {point.networks_shown:.0f} "
        f"of {point.networks} networks."
    )


def _warning(judged: Judgement) -> str:
    if judged.patterns >= _FEW_PATTERNS:
        return ""
    return (
        f"**The test part has only {judged.patterns} pattern(s): these numbers say little.** "
        "Another few weeks of data could give quite others."
    )


_HOW = (
    "Average precision: the mean share of illicit among the payments ranked at least as high as "
    "each illicit one; compare it with the base rate. The 95 % interval comes from drawing whole "
    "patterns again and again. Capacity is the budget of candidates (accounts in a week) a week. "
    "The calibration part is judged by the trees as they were before they learned from it. "
)


def _table(judgements: Mapping[str, Judgement]) -> str:
    lines = [
        (
            "| part | payments | illicit | patterns | base rate | average precision (95 %) "
            "| of accounts in a week (95 %) | recall, top 1 % | precision at capacity |"
        ),
        "|---|---|---|---|---|---|---|---|---|",
        *(_row(judged) for judged in judgements.values()),
    ]
    return "\n".join(lines)


def _row(judged: Judgement) -> str:
    week, top = judged.account_weeks, next(top for top in judged.tops if top.share == _TOP)
    return (
        f"| {judged.part} | {judged.rows:,} | {judged.illicit:,} | {judged.patterns} "
        f"| {judged.base_rate:.4f} "
        f"| {_three(judged.average_precision)} {_between(judged.interval)} "
        f"| {_three(week.average_precision)} {_between(week.interval)} "
        f"| {_three(top.recall)} | {_three(judged.capacity.precision)} |"
    )


def _beside(judged: Judgement) -> str:
    """Show what it has to beat."""
    rows = "\n".join(
        f"| {each.name} | {_three(each.average_precision)} | {_three(each.recall_top_1pct)} |"
        for each in sorted(judged.singles, key=lambda each: -_or_nothing(each.average_precision))
    )
    top = next(top for top in judged.tops if top.share == _TOP)
    return (
        "## What it has to beat\n\n"
        "Each alone, on the same payments of the test part:\n\n"
        "| | average precision | recall, top 1 % |\n|---|---|---|\n"
        f"| **this model** | {_three(judged.average_precision)} | {_three(top.recall)} |\n" + rows
    )


def _kinds(judged: Judgement) -> str:
    rows = "\n".join(
        f"| {top.kind} | {top.rows} | {top.patterns} | {_three(top.row_recall)} "
        f"| {_three(found.row_recall)} |"
        for top, found in zip(judged.kinds_top_1pct, judged.kinds_at_capacity, strict=True)
    )
    return (
        "## What it finds, by pattern type\n\n"
        "Illicit payments of the test part found; `none` are those outside any pattern:\n\n"
        "| pattern | payments | patterns | in the top 1 % | at capacity |\n"
        "|---|---|---|---|---|\n" + rows
    )


def _calibration(judged: Judgement) -> str:
    return (
        "## Calibration\n\n"
        f"The scores of the test part add up to {judged.expected_illicit:,.1f} illicit payments; "
        f"there were {judged.illicit:,}{_verdict(judged)}. On average over the payments, said and "
        f"true share lie {judged.calibration_error:.4f} apart (Brier score {judged.brier:.4f})."
    )


def _verdict(judged: Judgement) -> str:
    """Say whether the scores promise too much or too little, where it is twofold or more."""
    if judged.expected_illicit > 2 * judged.illicit:
        return ": it says too much"
    return ": it says too little" if 2 * judged.expected_illicit < judged.illicit else ""


def _three(value: float) -> str:
    """Return three digits; what is no number is a dash.

    >>> _three(0.12345), _three(float("nan")) == _NOTHING
    ('0.123', True)
    """
    return _NOTHING if isnan(value) else f"{value:.3f}"


def _between(interval: Interval) -> str:
    return "" if isnan(interval.low) else f"({interval.low:.2f} to {interval.high:.2f})"


def _or_nothing(value: float) -> float:
    return -1.0 if isnan(value) else value
