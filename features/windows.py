"""Windows of time relative to a row, and how they are named and worded."""

from dataclasses import dataclass

SECOND = 1_000_000
HOUR = 3600 * SECOND
DAY = 24 * HOUR
FIRST_MONDAY = 4 * DAY  # 1970-01-01 was a Thursday


def span_label(width: int) -> str:
    """Return the short form of a span of whole hours or days.

    >>> span_label(DAY * 7), span_label(HOUR)
    ('7d', '1h')
    """
    return f"{width // DAY}d" if width % DAY == 0 else f"{width // HOUR}h"


def span_words(width: int) -> str:
    """Return a span in words.

    >>> span_words(DAY * 7), span_words(DAY)
    ('7 days', '24 hours')
    """
    if width % DAY == 0 and width > DAY:
        return f"{width // DAY} days"
    return "hour" if width == HOUR else f"{width // HOUR} hours"


@dataclass(frozen=True)
class Window:
    """The times ``(t + start, t + stop]`` of a row at ``t``, in microseconds; ``start < stop``."""

    start: int
    stop: int

    @property
    def lookback(self) -> int:
        """How far it reaches back."""
        return max(0, -self.start)

    @property
    def lookahead(self) -> int:
        """How far it reaches ahead."""
        return max(0, self.stop)

    @property
    def width(self) -> int:
        """How long it is."""
        return self.stop - self.start

    @property
    def needs_clock(self) -> bool:
        """Whether it is shorter than a day, which says nothing of a date-only source."""
        return 1 < self.width < DAY

    @property
    def label(self) -> str:
        """Its short form in a feature's name."""
        if self.start == 0:
            return f"next_{span_label(self.stop)}"
        if self.start == -1:
            return "same_instant"
        if self.stop == 0:
            return span_label(-self.start)
        if self.stop == -1:
            return f"before_{span_label(-self.start)}"
        return f"{span_label(-self.start)}_to_{span_label(-self.stop)}_ago"

    @property
    def words(self) -> str:
        """Its wording in a sentence about one row."""
        if self.start == 0:
            return f"in the {span_words(self.stop)} after"
        if self.start == -1:
            return "at the same instant"
        if self.stop == 0:
            return f"in the {span_words(-self.start)} up to then"
        if self.stop == -1:
            return f"in the {span_words(-self.start)} before"
        return f"between {span_words(-self.start)} and {span_words(-self.stop)} before"

    def earlier(self, by: int) -> "Window":
        """Return the same window ``by`` microseconds earlier."""
        return Window(self.start - by, self.stop - by)


def trailing(width: int) -> Window:
    """Return ``(t - width, t]``: the row itself and all rows simultaneous with it."""
    return Window(-width, 0)


def leading(width: int) -> Window:
    """Return ``(t, t + width]``: what happened next; unknown until ``t + width <= as-of``."""
    return Window(0, width)


def facing(width: int, *, ahead: bool) -> Window:
    """Return the window that looks ahead, or the one that looks back."""
    return leading(width) if ahead else trailing(width)


def strictly_before(width: int) -> Window:
    """Return ``(t - width, t)``: what can have come first."""
    return Window(-width, -1)


SAME_INSTANT = Window(-1, 0)
