"""What is known of laundering, as data: which features bear on a red flag, and which way.

No label enters here. A published red flag says what to watch and on which side of usual: many new
senders, money that stays for a short time. The features of the catalogue name their red flags.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from engine.arrays import Floats, Integers
from features.catalogue import ALL, Feature

SENDER, RECEIVER, PAYMENT = 0, 1, 2

# Here less is suspicious: money that stays (IND-12) or an account that is known (IND-27) for a
# short time, little ordinary spending (IND-14), many banks (IND-07), one commission (IND-13).
_LESS = re.compile(r"_(stayed|age|ordinary_share|commonest_bank_share|commission_spread)_")
# A long silence is a red flag (IND-26), and so is a short one (IND-32); an hour has no direction.
_NEITHER = re.compile(r"_gap_|^hour$|^weekday$")
_ACTIVITY = re.compile(r"^(sender|receiver)_(?:in|out)(?:_known|_outside)?_count_28d$")


@dataclass(frozen=True)
class Knowledge:
    """The features that speak, those of a theme together, and what says how active accounts are.

    ``column`` is the feature's place, ``sign`` is -1 where less is suspicious, ``theme`` a number
    that rises, ``side`` the account a feature is about (sender, receiver, or the payment: both).
    ``sender`` and ``receiver`` are the places of the counts that make an account's activity.
    """

    column: Integers
    sign: Floats
    theme: Integers
    side: Integers
    sender: Integers
    receiver: Integers


def knowledge_of(names: Sequence[str]) -> Knowledge:
    """Return what is known about the features of these names.

    Of a feature that is not in the catalogue nothing is known: it is a theme of its own, and more
    of it is taken to be suspicious.

    >>> names = ("amount", "receiver_in_counterparties_1d", "receiver_stayed_median_7d")
    >>> known = knowledge_of(names)
    >>> known.column.tolist(), known.sign.tolist(), known.side.tolist()
    ([1, 2], [1.0, -1.0], [1, 1])
    """
    catalogue = {feature.name: feature for feature in ALL}
    themes: dict[str, int] = {}
    spoken = []
    for place, name in enumerate(names):
        feature = catalogue.get(name)
        sign = _sign(name, feature)
        if sign:
            theme = name if feature is None else feature.theme
            number = themes.setdefault(theme, len(themes))
            spoken.append((number, place, sign, _side(name, feature)))
    numbers, places, signs, sides = np.array(sorted(spoken), np.int64).reshape(-1, 4).T
    return Knowledge(
        places.copy(),
        signs.astype(np.float64),
        numbers.copy(),
        sides.copy(),
        _activity(names, "sender"),
        _activity(names, "receiver"),
    )


def _sign(name: str, feature: Feature | None) -> int:
    """Return 1 where more is suspicious, -1 where less is, 0 where a feature says nothing."""
    if feature is None:
        return 1
    if not feature.red_flags or _NEITHER.search(name):
        return 0
    return -1 if _LESS.search(name) else 1


def _side(name: str, feature: Feature | None) -> int:
    lens = feature.statistic.lens if feature is not None else None
    about = lens.label if lens is not None else name
    if about.startswith("sender"):
        return SENDER
    return RECEIVER if about.startswith("receiver") else PAYMENT


def _activity(names: Sequence[str], side: str) -> Integers:
    found = [_ACTIVITY.match(name) for name in names]
    return np.array([k for k, hit in enumerate(found) if hit and hit[1] == side], np.int64)
