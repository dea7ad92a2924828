"""The catalogue as a page: ``python -m features.catalogue.documentation > docs/catalogue.md``."""

import sys
from collections.abc import Iterator, Mapping
from typing import get_args

from features.catalogue import CATALOGUE, Family, Feature, digest
from features.catalogue.settings import SETTINGS
from features.statistics import (
    Alike,
    Distinct,
    Gap,
    Largest,
    Mean,
    Ratio,
    RowFact,
    Statistic,
    Total,
    Turnover,
)

NULL_RULES: Mapping[str, str] = {
    "side": "the account it speaks of is the world outside; of a pair, either is",
    "ahead": "its window ends after as-of: nobody can know it yet",
    "history": "the dataset begins too late to look back that far (of a gap: and none was found)",
    "clock": "the source gives days only",
    "none": "there is nothing to divide by, or no payment to take the largest or the mean of",
    "source": "the source does not say the bank or country of both sides",
}
"""What makes a value null, by the word that stands in the page's tables."""

_WORDS = {"value": "*x*", "sender": "the sender", "receiver": "the receiver"}

_OPIOIDS = "FINTRAC, Laundering the proceeds of illicit synthetic opioids, January 2025"
_ENTITIES = "FINTRAC, ML/TF indicators: financial entities, § "
_CANNABIS = "FINTRAC-2022-OA002"
_FENTANYL = "FinCEN FIN-2019-A006, p. "
_FFIEC = "FFIEC BSA/AML Examination Manual, appendix F"
RED_FLAGS: Mapping[str, tuple[str, str]] = {
    "IND-01": ("amounts just below a threshold", f"{_FENTANYL}14; {_ENTITIES}7"),
    "IND-02": ("small amounts that add up to a threshold", f"{_ENTITIES}7; {_OPIOIDS}"),
    "IND-04": ("one sum split among payments to one receiver", f"{_FENTANYL}9 and 13"),
    "IND-06": ("more cash than fits", f"{_OPIOIDS}; {_FFIEC}"),
    "IND-08": ("cash in, transferred at once", f"{_OPIOIDS}; {_ENTITIES}6"),
    "IND-10": ("large withdrawals or deposits at cash machines", _OPIOIDS),
    "IND-11": ("what comes in goes out again", f"{_OPIOIDS}; {_ENTITIES}4 and 6"),
    "IND-12": ("money that stays for a short time", f"{_OPIOIDS}; {_ENTITIES}8"),
    "IND-13": ("out is in less a commission", "UAE FIU, goAML indicator ARIET"),
    "IND-14": ("no ordinary economic life", f"{_OPIOIDS}; FinCEN FIN-2025-A003, p. 9"),
    "IND-15": ("many unrelated senders", f"{_CANNABIS}; {_OPIOIDS}"),
    "IND-17": ("many unrelated receivers", f"{_FENTANYL}13; {_ENTITIES}10"),
    "IND-23": ("counterparties never seen before", f"{_ENTITIES}5 and 8"),
    "IND-24": ("several senders, amounts alike", f"{_ENTITIES}8; {_FENTANYL}13"),
    "IND-25": ("many institutions", f"{_OPIOIDS}; {_ENTITIES}4"),
    "IND-26": ("an account that wakes up", f"{_ENTITIES}5; {_CANNABIS}"),
    "IND-29": ("far above the account's own past", f"{_ENTITIES}5; {_FFIEC}"),
    "IND-31": ("the same hour again, or the night", f"{_ENTITIES}6"),
    "IND-32": ("many payments in a short time", _OPIOIDS),
    "IND-33": ("round amounts", f"{_FFIEC}; {_ENTITIES}3"),
    "IND-35": ("flows to or from places of risk", f"{_ENTITIES}9; {_OPIOIDS}"),
    "IND-37": ("money that changes currency", "FINTRAC, Professional money laundering, July 2018"),
    "IND-38": ("more out of crypto than into it", _OPIOIDS),
    "IND-39": ("into crypto, soon after it came", f"{_CANNABIS}; UAE FIU, goAML indicator PCAFT"),
}
"""The published red flags that features bear on: what it is, and who published it."""


def null_rules(statistic: Statistic) -> tuple[str, ...]:
    """Return which of the null rules can hold for a statistic, in their order.

    >>> [null_rules(feature.statistic) for feature in CATALOGUE if feature.name == "hour"]
    [('clock',)]
    """
    found = set(_rules(statistic))
    return tuple(rule for rule in NULL_RULES if rule in found)


def _rules(statistic: Statistic) -> Iterator[str]:
    match statistic:
        case RowFact(fact):
            yield from {
                "hour": ("clock",),
                "between_banks": ("source",),
                "between_countries": ("source",),
            }.get(fact, ())
        case Ratio(_, one, other) | Turnover(_, one, other):
            yield from (*_rules(one), *_rules(other), "none")
            if isinstance(statistic, Ratio) and statistic.full_history:
                yield "history"
        case Gap():
            yield from ("side", "history")
        case Total() | Mean() | Distinct() | Largest() | Alike():
            yield from _window_rules(statistic)
        case _:
            raise TypeError(f"{type(statistic).__name__}: say here when it is null")


def _window_rules(statistic: Total | Mean | Distinct | Largest | Alike) -> Iterator[str]:
    yield "side"
    if statistic.lookahead:
        yield "ahead"
    if isinstance(statistic, Mean | Largest):
        yield "none"
    rows = statistic.rows if isinstance(statistic, Total | Mean) else None
    if statistic.window.needs_clock or (rows and rows.needs_clock):
        yield "clock"
    if rows and rows.history_needed:
        yield "history"


def page() -> str:
    """Return the whole page as Markdown."""
    return "\n".join([*_head(), *_families(), *_red_flags()]) + "\n"


def _head() -> Iterator[str]:
    ahead = sum(feature.direction == "leading" for feature in CATALOGUE)
    thresholds = ", ".join(f"{amount:,}" for amount in SETTINGS.reporting)
    yield "<!-- Generated by `python -m features.catalogue.documentation`: change the code. -->"
    yield "# The features"
    yield ""
    yield (
        f"{len(CATALOGUE)} numbers about a transaction, {ahead} of them about what happened to "
        "the money next. *x* is the value."
    )
    yield ""
    yield "- **looks**: `row`, the payment alone; `trailing`, back; `leading`, ahead."
    yield "- `7d` is `(t - 7 days, t]`, the payment and all simultaneous ones included."
    yield "- `before_7d` is the same without the payment's own instant."
    yield "- `next_7d` is `(t, t + 7 days]`."
    yield "- **money** is in minor units of the reporting currency; times are in UTC."
    yield "- **null**: never 0 for what is not known. A value is null where"
    yield from (f"  - `{rule}`: {meaning};" for rule, meaning in NULL_RULES.items())
    yield "- **red flags**: see [below](#red-flags)."
    yield ""
    yield (
        f"Thresholds (`configs/catalogue/thresholds.toml`, version {SETTINGS.version}), in major "
        f"units of the reporting currency: {thresholds}; *just below* is at most "
        f"{SETTINGS.just_below_percent} % under; *round* is a multiple of {SETTINGS.round_step}; "
        f"night is {SETTINGS.night_from_hour}:00 to {SETTINGS.night_to_hour}:00."
    )
    yield ""
    yield (
        f"Digest of this catalogue: `{digest(CATALOGUE)[:16]}`. A model keeps the digest of the "
        "features it was trained with and is refused where one of them is defined in another way."
    )


def _families() -> Iterator[str]:
    for family in get_args(Family):
        members = [feature for feature in CATALOGUE if feature.family == family]
        yield from ("", f"## {family.capitalize()}", "", f"{len(members)} features.", "")
        yield "| name | unit | looks | meaning | red flags | null |"
        yield "|---|---|---|---|---|---|"
        yield from map(_row, members)


def _row(feature: Feature) -> str:
    meaning = feature.sentence.format(**_WORDS)
    cells = (
        f"`{feature.name}`",
        feature.unit,
        feature.direction,
        meaning[0].upper() + meaning[1:],
        ", ".join(feature.red_flags),
        ", ".join(null_rules(feature.statistic)),
    )
    return f"| {' | '.join(cells)} |"


def _red_flags() -> Iterator[str]:
    used = sorted({flag for feature in CATALOGUE for flag in feature.red_flags})
    yield from ("", "## Red flags", "")
    yield (
        "A feature bears on a red flag: it measures a part of it, and its value may speak for or "
        "against it. None is proof."
    )
    yield from ("", "| id | what | published by |", "|---|---|---|")
    yield from (f"| {flag} | {' | '.join(RED_FLAGS[flag])} |" for flag in used)


if __name__ == "__main__":
    sys.stdout.write(page())
