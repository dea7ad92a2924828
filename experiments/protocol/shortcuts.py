"""Which features tell of something that a data set may give away: told from what they are made of.

Synthetic laundering likes fresh pairs of accounts, and in AMLworld one payment format. A model
that lives on these would fall with them.
"""

from collections.abc import Iterator, Sequence
from dataclasses import fields, is_dataclass
from typing import Any

from features.catalogue import Feature
from features.dataset import CHANNELS
from features.workspace import Lens

_CHANNEL_FIELDS = ("channel", "channels", "fact", "channel_name")


def without_first_pairs(features: Sequence[Feature]) -> tuple[Feature, ...]:
    """Leave out what is measured of a pair of accounts, or of counterparties never met before."""
    return tuple(feature for feature in features if not says_first_pair(feature))


def without_channel(features: Sequence[Feature]) -> tuple[Feature, ...]:
    """Leave out what asks by which channel a payment was made."""
    return tuple(feature for feature in features if not says_channel(feature))


def says_first_pair(feature: Feature) -> bool:
    """Whether a feature tells that a pair of accounts is new, or how long it was silent.

    Every count of a pair does: one payment in 28 days is the first in 28 days.
    """
    return any(
        part.subject == "pair" if isinstance(part, Lens) else _asks_for_new(part)
        for part in parts(feature.statistic)
    )


def says_channel(feature: Feature) -> bool:
    """Whether a feature depends on the channels of payments."""
    return any(_asks_for_channel(part) for part in parts(feature.statistic))


def parts(whole: Any) -> Iterator[Any]:
    """Yield a statistic and all that it is made of, however deep."""
    if isinstance(whole, tuple):
        for one in whole:
            yield from parts(one)
    elif is_dataclass(whole):
        yield whole
        for field in fields(whole):
            yield from parts(getattr(whole, field.name))


def _asks_for_new(part: Any) -> bool:
    """A horizon without a subject of its own: how long two accounts had not met."""
    names = {field.name for field in fields(part)}
    return "horizon" in names and "lens" not in names and "side" not in names


def _asks_for_channel(part: Any) -> bool:
    named = [getattr(part, name, None) for name in _CHANNEL_FIELDS]
    words = {
        word for each in named if each for word in (each if isinstance(each, tuple) else [each])
    }
    return not words.isdisjoint(CHANNELS)
