"""Which rows a statistic counts: a mask over the rows, with its wording."""

from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from features.dataset.schema import CHANNELS
from features.history import History
from features.kernels.ledger import newly_met
from features.kernels.windows import first_after
from features.windows import DAY, HOUR, span_label, span_words

Mask = NDArray[np.bool_]


class RowFilter(Protocol):
    """A condition on single rows; ``history_needed`` is how far back it must be able to see."""

    @property
    def label(self) -> str:
        """Its part of a feature's name; empty for no condition."""

    @property
    def words(self) -> str:
        """The rows it keeps, as a plural noun."""

    @property
    def history_needed(self) -> int:
        """Microseconds before a row that must be covered for the answer to be known."""

    @property
    def needs_clock(self) -> bool:
        """Whether it asks for the time of day, which a date-only source has not."""

    def mask(self, history: History) -> Mask:
        """Return which rows of the slice it keeps."""


@dataclass(frozen=True)
class Every:
    """All rows."""

    label: str = ""
    words: str = field(default="payments", repr=False)
    history_needed: int = 0
    needs_clock: bool = False

    def mask(self, history: History) -> Mask:
        """Keep all."""
        return np.ones(len(history), np.bool_)


@dataclass(frozen=True)
class Known:
    """Rows whose two sides are both known accounts."""

    label: str = "known"
    words: str = field(default="payments between known accounts", repr=False)
    history_needed: int = 0
    needs_clock: bool = False

    def mask(self, history: History) -> Mask:
        """Keep rows inside the dataset's world."""
        return history.internal


@dataclass(frozen=True)
class Outside:
    """Rows with the world outside on one side."""

    label: str = "outside"
    words: str = field(default="payments from or to the world outside", repr=False)
    history_needed: int = 0
    needs_clock: bool = False

    def mask(self, history: History) -> Mask:
        """Keep rows with one unknown side."""
        return ~history.internal


@dataclass(frozen=True)
class ByChannel:
    """Rows of one channel."""

    channel: str
    history_needed: int = 0
    needs_clock: bool = False

    @property
    def label(self) -> str:
        """The channel's name."""
        return self.channel

    @property
    def words(self) -> str:
        """Payments by that channel."""
        return f"{self.channel} payments"

    def mask(self, history: History) -> Mask:
        """Keep rows of the channel."""
        kept: Mask = history.channel == CHANNELS.index(self.channel)
        return kept


@dataclass(frozen=True)
class JustBelow:
    """Amounts in ``[(1 - depth) * threshold, threshold)``, in the reporting currency.

    ``threshold`` is in major units, ``depth_percent`` in whole percent: FinCEN FIN-2019-A006,
    p. 14, speaks of payments below the reporting threshold; how far below is a choice.
    """

    threshold: int
    depth_percent: int
    history_needed: int = 0
    needs_clock: bool = False

    @property
    def label(self) -> str:
        """The threshold's name."""
        return f"just_below_{self.threshold}"

    @property
    def words(self) -> str:
        """The payments it keeps."""
        return f"payments of at most {self.depth_percent} % under {self.threshold:,}"

    def mask(self, history: History) -> Mask:
        """Keep rows just below the threshold."""
        top = self.threshold * 10**history.minor_digits
        bottom = -(-top * (100 - self.depth_percent) // 100)  # the least whole amount that is in
        kept: Mask = (history.amount >= bottom) & (history.amount < top)
        return kept


@dataclass(frozen=True)
class RoundAmount:
    """Amounts that are whole multiples of ``step`` major units, and not zero."""

    step: int
    history_needed: int = 0
    needs_clock: bool = False

    @property
    def label(self) -> str:
        """The step's name."""
        return f"round_{self.step}"

    @property
    def words(self) -> str:
        """The payments it keeps."""
        return f"payments of a multiple of {self.step:,}"

    def mask(self, history: History) -> Mask:
        """Keep rows with a round amount."""
        step = self.step * 10**history.minor_digits
        kept: Mask = (history.amount % step == 0) & (history.amount > 0)
        return kept


@dataclass(frozen=True)
class Night:
    """Rows between two hours of the night, UTC."""

    from_hour: int
    to_hour: int
    label: str = "night"
    history_needed: int = 0
    needs_clock: bool = True

    @property
    def words(self) -> str:
        """The payments it keeps."""
        return f"payments between {self.from_hour}:00 and {self.to_hour}:00 UTC"

    def mask(self, history: History) -> Mask:
        """Keep rows of the night."""
        hour = history.time % DAY // HOUR
        kept: Mask = (hour >= self.from_hour) | (hour < self.to_hour)
        return kept


@dataclass(frozen=True)
class NewPair:
    """Rows whose sender had not paid their receiver for a declared horizon before them."""

    horizon: int
    needs_clock: bool = False

    @property
    def label(self) -> str:
        """The horizon's name."""
        return f"new_{span_label(self.horizon)}"

    @property
    def words(self) -> str:
        """The payments it keeps."""
        return f"payments between accounts with none in the {span_words(self.horizon)} before"

    @property
    def history_needed(self) -> int:
        """The horizon: with less coverage, new and merely unseen look the same."""
        return self.horizon

    def mask(self, history: History) -> Mask:
        """Keep known pairs whose latest strictly earlier row is at least the horizon ago."""
        ledger = history.sent
        laid = (ledger.time, ledger.order, ledger.starts)
        kept: Mask = newly_met(*laid, history.receiver, history.accounts, self.horizon)
        return kept


@dataclass(frozen=True)
class ByChannels:
    """Rows of any of several channels."""

    label: str
    channels: tuple[str, ...]
    history_needed: int = 0
    needs_clock: bool = False

    @property
    def words(self) -> str:
        """Payments by those channels."""
        return f"{', '.join(self.channels[:-1])} or {self.channels[-1]} payments"

    def mask(self, history: History) -> Mask:
        """Keep rows of the channels."""
        return np.isin(history.channel, [CHANNELS.index(channel) for channel in self.channels])


@dataclass(frozen=True)
class NotBy:
    """Rows of every channel but one."""

    channel: str
    history_needed: int = 0
    needs_clock: bool = False

    @property
    def label(self) -> str:
        """The channel's name."""
        return f"not_{self.channel}"

    @property
    def words(self) -> str:
        """Payments by the others."""
        return f"payments by other means than {self.channel}"

    def mask(self, history: History) -> Mask:
        """Keep rows of the other channels."""
        kept: Mask = history.channel != CHANNELS.index(self.channel)
        return kept


@dataclass(frozen=True)
class Exchanged:
    """Rows known to be received in another currency than they were paid in."""

    label: str = "exchanged"
    words: str = field(default="payments known to change currency", repr=False)
    history_needed: int = 0
    needs_clock: bool = False

    def mask(self, history: History) -> Mask:
        """Keep rows that change currency."""
        return history.exchanged


@dataclass(frozen=True)
class Returned:
    """Rows whose receiver had paid their sender within a declared horizon before them."""

    horizon: int
    needs_clock: bool = False

    @property
    def label(self) -> str:
        """The horizon's name."""
        return f"returned_{span_label(self.horizon)}"

    @property
    def words(self) -> str:
        """The payments it keeps."""
        within = f"payments to an account that had paid the payer in the {span_words(self.horizon)}"
        return f"{within} before"

    @property
    def history_needed(self) -> int:
        """The horizon: with less coverage, never paid and merely unseen look the same."""
        return self.horizon

    def mask(self, history: History) -> Mask:
        """Keep rows whose pair turned round has a row in ``(t - horizon, t)``."""
        ledger = history.paired
        _, reverse, _ = history.pair_codes
        rows = np.flatnonzero(reverse >= 0)
        rows = rows[np.argsort(reverse[rows], kind="stable")]
        groups, times = reverse[rows], history.time[rows]
        found = [
            first_after(groups, times + shift, ledger.starts, ledger.time)
            for shift in (-self.horizon, -1)
        ]
        kept = np.zeros(len(history), np.bool_)
        kept[rows] = found[1] > found[0]
        return kept


@dataclass(frozen=True)
class Both:
    """Rows that two filters keep: "cash" and "payments under 100" are "cash payments under 100"."""

    one: RowFilter
    other: RowFilter

    @property
    def label(self) -> str:
        """Both labels."""
        return f"{self.one.label}_{self.other.label}"

    @property
    def words(self) -> str:
        """What the other adds to the words of the first."""
        return self.one.words + self.other.words.removeprefix("payments")

    @property
    def history_needed(self) -> int:
        """The longer of the two."""
        return max(self.one.history_needed, self.other.history_needed)

    @property
    def needs_clock(self) -> bool:
        """Whether either asks for the time of day."""
        return self.one.needs_clock or self.other.needs_clock

    def mask(self, history: History) -> Mask:
        """Keep rows that both keep."""
        return self.one.mask(history) & self.other.mask(history)
