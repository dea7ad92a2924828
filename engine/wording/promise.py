"""What a list of candidates promises of false ones, under which conditions, in plain words."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from engine.conformal import as_high
from engine.wording.words import count, percent, span

Facts = Mapping[str, Any]


def promised(manifest: Facts) -> list[str]:
    """Say what a run's list promises; nothing where a budget chose it."""
    found, block = manifest.get("discovery"), manifest.get("honest")
    if not isinstance(found, Mapping) or not isinstance(block, Mapping):
        return []
    empty = [] if found["listed"] else [_empty(found)]
    return [_promise(found, block), *empty, _likeness(found), _honesty(block)]


def beside_honest(p_value: float | None, block: Facts | None) -> str | None:
    """Say how many honest account-weeks score as high as one with a p-value.

    >>> beside_honest(0.02, {"account_weeks": 198, "labels": "complete", "without_label": 0})
    '2 of 198 honest account-weeks score as high (p-value 0.02)'
    """
    if p_value is None or block is None:
        return None
    known = int(block["account_weeks"])
    return (
        f"{as_high(p_value, known):,} of {known:,} {_kind(block)} score as high "
        f"(p-value {p_value:.2g})"
    )


def _promise(found: Facts, block: Facts) -> str:
    days = span(*(datetime.fromisoformat(block[edge]) for edge in ("start", "stop")))
    return (
        f"Of the candidates listed, at most {percent(found['rate'])} are expected to be false "
        "(no illicit payment of the account in the week), on average over many such lists, if the "
        f"weeks scored are like those set aside in training ({days}: "
        f"{block['account_weeks']:,} {_kind(block)}). A single list can hold more."
    )


def _empty(found: Facts) -> str:
    """Say why a list is empty, and how many honest account-weeks would have been enough."""
    said = (
        f"The list is empty: it could begin with {count(found['needed'], 'account-week')} (of "
        f"{found['account_weeks']:,} scored) above every honest one; {found['above']:,} "
        f"{'is' if found['above'] == 1 else 'are'}."
    )
    if found["enough"] is None:
        return said
    return (
        f"{said} With {found['enough']:,} honest account-weeks set aside, none of which scores "
        "as high, these would be a list."
    )


def _likeness(found: Facts) -> str:
    return (
        f"{percent(found['upper_half'])} of the account-weeks scored lie in the upper half of the "
        "honest ones: far more than 50 % says that times have changed, and the share is not kept."
    )


def _honesty(block: Facts) -> str:
    """Say what is known of the honest account-weeks, and what not knowing does."""
    if not _assumed(block):
        return "All payments of the honest account-weeks are labelled honest."
    why = {
        "none": "there were no labels",
        "ignored": "labels were not used",
        "positive-only": "only illicit payments were labelled",
    }.get(block["labels"], f"{block['without_label']:,} have payments without a label")
    return (
        f"The honest account-weeks are only taken to be honest ({why}). Such as are not, and score "
        "higher for it, make the list shorter, or empty; they do not raise the share of false ones."
    )


def _assumed(block: Facts) -> bool:
    return bool(block["labels"] != "complete" or block["without_label"])


def _kind(block: Facts) -> str:
    return "account-weeks taken to be honest" if _assumed(block) else "honest account-weeks"
