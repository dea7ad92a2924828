"""What a case found: times, what was compared, and how it stands to its bar."""

from dataclasses import asdict, dataclass
from statistics import median
from typing import Any, Self

OURS = "moneytrail"
_PLAIN = 100  # from here on no decimals are said


@dataclass(frozen=True)
class Bar:
    """What a case is held against; ``at_least``: more is better."""

    value: float
    unit: str
    at_least: bool = True

    def met_by(self, value: float) -> bool:
        """Tell whether a value reaches the bar."""
        return value >= self.value if self.at_least else value <= self.value

    def words(self, value: float | None = None) -> str:
        """Say a value, or the bar itself, with its unit.

        >>> Bar(10, "x").words(), Bar(90, "s", at_least=False).words(12.34)
        ('at least 10x', '12.3 s')
        """
        if value is None:
            return f"at {'least' if self.at_least else 'most'} {self.words(self.value)}"
        gap = "" if self.unit == "x" else " "
        figure = f"{value:,.0f}" if value >= _PLAIN or value == int(value) else f"{value:.3g}"
        return f"{figure}{gap}{self.unit}"


@dataclass(frozen=True)
class Timing:
    """How long one contestant took for ``rows`` rows, each time it ran; 0: not about rows."""

    name: str
    how: str
    rows: int
    seconds: tuple[float, ...]

    @property
    def typical(self) -> float:
        """The median, in seconds."""
        return median(self.seconds)

    @property
    def rate(self) -> float:
        """Rows a second."""
        return self.rows / self.typical


@dataclass(frozen=True)
class Outcome:
    """What a case found. ``value`` is None where no peer is there to be compared with.

    ``compared`` says what was found equal, ``skipped`` what was left out and why; ``fault`` is
    empty, or what went wrong: a wrong result is one.
    """

    data: str = ""
    timings: tuple[Timing, ...] = ()
    value: float | None = None
    compared: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    skipped: tuple[str, ...] = ()
    fault: str = ""

    def plain(self) -> dict[str, Any]:
        """Return it as JSON can say it."""
        return asdict(self)

    @classmethod
    def from_plain(cls, plain: dict[str, Any]) -> Self:
        """Undo ``plain``."""
        timings = (Timing(**{**t, "seconds": tuple(t["seconds"])}) for t in plain["timings"])
        words = {name: tuple(plain[name]) for name in ("compared", "notes", "skipped")}
        return cls(**{**plain, **words, "timings": tuple(timings)})


def over_the_fastest_peer(
    timings: tuple[Timing, ...], among: tuple[str, ...], own: str = OURS
) -> float | None:
    """Return how many times our rate is the rate of the fastest of some peers."""
    ours = next(timing.rate for timing in timings if timing.name == own)
    peers = [timing.rate for timing in timings if timing.name in among]
    return ours / max(peers) if peers else None
