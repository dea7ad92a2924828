"""Which rows have an amount in a range; thresholds are in major units of the reporting currency."""

from dataclasses import dataclass

from features.filters import Mask
from features.history import History


@dataclass(frozen=True)
class Below:
    """Amounts under a threshold in major units, and not zero."""

    threshold: int
    history_needed: int = 0
    needs_clock: bool = False

    @property
    def label(self) -> str:
        """The threshold's name."""
        return f"below_{self.threshold}"

    @property
    def words(self) -> str:
        """The payments it keeps."""
        return f"payments under {self.threshold:,}"

    def mask(self, history: History) -> Mask:
        """Keep rows below the threshold."""
        top = self.threshold * 10**history.minor_digits
        kept: Mask = (history.amount > 0) & (history.amount < top)
        return kept


@dataclass(frozen=True)
class Amounts:
    """Amounts from ``low`` to ``high`` major units; ``high`` belongs to them unless ``open``."""

    low: int
    high: int
    open: bool = False
    history_needed: int = 0
    needs_clock: bool = False

    @property
    def label(self) -> str:
        """Both ends."""
        return f"{self.low}_to_{self.high}"

    @property
    def words(self) -> str:
        """The payments it keeps."""
        return f"payments of {self.low:,} to {self.high:,}"

    def mask(self, history: History) -> Mask:
        """Keep rows of the range."""
        low, high = (end * 10**history.minor_digits for end in (self.low, self.high))
        top = history.amount < high if self.open else history.amount <= high
        kept: Mask = (history.amount >= low) & top
        return kept


@dataclass(frozen=True)
class AtLeast:
    """Amounts of a threshold in major units or more."""

    threshold: int
    history_needed: int = 0
    needs_clock: bool = False

    @property
    def label(self) -> str:
        """The threshold's name."""
        return f"from_{self.threshold}"

    @property
    def words(self) -> str:
        """The payments it keeps."""
        return f"payments of {self.threshold:,} or more"

    def mask(self, history: History) -> Mask:
        """Keep rows not below the threshold."""
        kept: Mask = history.amount >= self.threshold * 10**history.minor_digits
        return kept


@dataclass(frozen=True)
class NearMultiple:
    """Amounts within some percent of ``step`` major units from a positive multiple of ``step``."""

    step: int
    percent: int
    history_needed: int = 0
    needs_clock: bool = False

    @property
    def label(self) -> str:
        """The step's name."""
        return f"near_{self.step}"

    @property
    def words(self) -> str:
        """The payments it keeps."""
        return f"payments of nearly a multiple of {self.step:,}"

    def mask(self, history: History) -> Mask:
        """Keep rows near a multiple."""
        step = self.step * 10**history.minor_digits
        slack = step * self.percent // 100
        beyond = history.amount % step
        near = (beyond <= slack) | (beyond >= step - slack)
        kept: Mask = near & (history.amount >= step - slack)
        return kept
