"""Which rows cross a border, and whether they go to or come from countries on a dated list.

A country is that of a bank or an account; nobody's nationality or origin is known here.
"""

from dataclasses import dataclass, field
from typing import Literal

import numpy as np

from features.filters import Mask
from features.history import Codes, History
from features.kernels.ledger import newly_met
from features.windows import span_label, span_words

Side = Literal["sender", "receiver"]


def _placed(history: History) -> Mask:
    return (history.sender_country >= 0) & (history.receiver_country >= 0)


def _country(history: History, side: Side) -> Codes:
    return history.sender_country if side == "sender" else history.receiver_country


def _on(history: History, codes: Codes, countries: tuple[str, ...]) -> Mask:
    """Return which codes are of one of the countries; an unknown country is of none."""
    listed = np.array([name in countries for name in (*history.country_names, None)])
    found: Mask = listed[codes]  # the last is where -1 points to
    return found


@dataclass(frozen=True)
class Placed:
    """Rows of which the countries of both sides are known."""

    label: str = "placed"
    words: str = field(default="payments between known countries", repr=False)
    history_needed: int = 0
    needs_clock: bool = False

    def mask(self, history: History) -> Mask:
        """Keep rows with two known countries."""
        return _placed(history)


@dataclass(frozen=True)
class Banked:
    """Rows of which the bank of one side is known."""

    side: Side
    history_needed: int = 0
    needs_clock: bool = False

    @property
    def label(self) -> str:
        """The side."""
        return f"{self.side}_banked"

    @property
    def words(self) -> str:
        """The payments it keeps."""
        return f"payments {'from' if self.side == 'sender' else 'to'} a known bank"

    def mask(self, history: History) -> Mask:
        """Keep rows whose bank is known there."""
        banks = history.sender_bank if self.side == "sender" else history.receiver_bank
        kept: Mask = banks >= 0
        return kept


@dataclass(frozen=True)
class CrossBorder:
    """Rows known to go from one country to another."""

    label: str = "cross_border"
    words: str = field(default="payments known to cross a border", repr=False)
    history_needed: int = 0
    needs_clock: bool = False

    def mask(self, history: History) -> Mask:
        """Keep rows between two countries."""
        abroad: Mask = history.sender_country != history.receiver_country
        return _placed(history) & abroad


@dataclass(frozen=True)
class Listed:
    """Rows that cross a border and have one side in a country of a list.

    ``name`` carries the list's name, ``version`` its date: both belong to the digest.
    """

    side: Side
    name: str
    version: str
    countries: tuple[str, ...]
    history_needed: int = 0
    needs_clock: bool = False

    @property
    def label(self) -> str:
        """The direction and the list's name."""
        return f"{'from' if self.side == 'sender' else 'to'}_{self.name}"

    @property
    def words(self) -> str:
        """The payments it keeps."""
        there = f"countries on the list {self.name.replace('_', ' ')} of {self.version}"
        return f"payments {'from' if self.side == 'sender' else 'to'} {there}"

    def mask(self, history: History) -> Mask:
        """Keep rows from or to the list, from or to elsewhere."""
        abroad = CrossBorder().mask(history)
        return abroad & _on(history, _country(history, self.side), self.countries)


@dataclass(frozen=True)
class Between:
    """Rows from one of some countries to one of some others."""

    name: str
    version: str
    senders: tuple[str, ...]
    receivers: tuple[str, ...]
    history_needed: int = 0
    needs_clock: bool = False

    @property
    def label(self) -> str:
        """Its given name."""
        return self.name

    @property
    def words(self) -> str:
        """The payments it keeps."""
        return f"payments from {', '.join(self.senders)} to {', '.join(self.receivers)}"

    def mask(self, history: History) -> Mask:
        """Keep rows of the corridor."""
        return _on(history, history.sender_country, self.senders) & _on(
            history, history.receiver_country, self.receivers
        )


@dataclass(frozen=True)
class NewCorridor:
    """Rows whose sender had paid nobody in the receiver's country for a declared horizon."""

    horizon: int
    needs_clock: bool = False

    @property
    def label(self) -> str:
        """The horizon's name."""
        return f"new_corridor_{span_label(self.horizon)}"

    @property
    def words(self) -> str:
        """The payments it keeps."""
        return f"payments to a country not paid to in the {span_words(self.horizon)} before"

    @property
    def history_needed(self) -> int:
        """The horizon: with less coverage, new and merely unseen look the same."""
        return self.horizon

    def mask(self, history: History) -> Mask:
        """Keep rows whose latest strictly earlier row of sender and country is that long ago."""
        ledger, many = history.sent, len(history.country_names)
        laid = (ledger.time, ledger.order, ledger.starts)
        kept: Mask = newly_met(*laid, history.receiver_country, many, self.horizon)
        return kept
