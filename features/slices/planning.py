"""Cut a stretch of time into slices that fit the memory there is.

A *part* is some whole days that hold about a block of rows; a *slice* is some parts, and all that
their features look at before and after. Cuts lie at midnights: a file of the dataset is a day.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta

from features.catalogue.feature import Feature
from features.dataset import Dataset
from features.slices.footprint import bytes_a_row
from features.slices.memory import half_of_what_is_left, in_use, spoken, threads_to_use
from features.slices.suspicion import Suspicion

TICK = timedelta(microseconds=1)
BLOCK_ROWS = 32_768
BLOCKS = (16, 12, 8, 4, 2, 1)  # how many are computed together: the more, the faster
SCRATCH_BYTES = 1_000  # of a row in a block, beside its features: 760 are kept of it, measured
AMPLE_BYTES = 5_000  # of a row of history: where there is that much, nothing need be measured
PASSING = 1.35  # what comes and goes while something is made, over what is kept: 1.1 to 1.5


@dataclass(frozen=True)
class Reach:
    """How far the widest of some features looks, in each direction."""

    lookback: timedelta
    lookahead: timedelta

    @classmethod
    def of(cls, catalogue: Sequence[Feature]) -> "Reach":
        """Take the longest of all."""
        return cls(
            timedelta(microseconds=max((f.statistic.lookback for f in catalogue), default=0)),
            timedelta(microseconds=max((f.statistic.lookahead for f in catalogue), default=0)),
        )

    def joined(self, other: "Reach") -> "Reach":
        """Return the longer of two, in each direction."""
        back, ahead = max(self.lookback, other.lookback), max(self.lookahead, other.lookahead)
        return Reach(back, ahead)

    def around(self, start: datetime, stop: datetime, as_of: datetime) -> tuple[datetime, datetime]:
        """Return the stretch that features of ``[start, stop)`` can depend on, as of an instant."""
        return start - self.lookback, min(stop + self.lookahead, as_of + TICK)


@dataclass(frozen=True)
class Span:
    """The time ``[start, stop)``."""

    start: datetime
    stop: datetime


@dataclass(frozen=True)
class Means:
    """What may be used: memory of the whole process in bytes, threads, rows in a block.

    The defaults are half of the memory that is left, and every core. None of it changes a value.
    """

    memory: int = field(default_factory=half_of_what_is_left)
    threads: int = field(default_factory=threads_to_use)
    block_rows: int = BLOCK_ROWS

    @classmethod
    def of(cls, memory: int | None, threads: int | None) -> "Means":
        """Take the defaults for what is None."""
        given = {"memory": memory, "threads": threads}
        return cls(**{name: value for name, value in given.items() if value is not None})

    def left(self, features: int, blocks: int) -> int:
        """Return the memory there is for rows of history, with so many blocks computed together.

        Of such a stretch there is one at a time for each thread, and one at whoever asked.
        """
        each = 8 * features * (self.threads + 1) + SCRATCH_BYTES * self.threads
        return max(self.memory - in_use() - self.block_rows * blocks * each, 0)


@dataclass(frozen=True)
class Plan:
    """Slices, each of some parts; and how many blocks of rows are computed together.

    ``reread`` is how many times a row of the history is looked at, on average.
    """

    slices: list[list[Span]]
    blocks: int
    reread: float = 1.0


def parts(dataset: Dataset, begin: datetime, end: datetime, rows: int) -> Iterator[Span]:
    """Cut a stretch of time at the midnights after which enough rows have come together."""
    found, cut_from = 0, begin
    for entry in dataset.files(begin, end):
        midnight = datetime.combine(entry.day or begin.date(), time.min, UTC)
        if found and found + entry.rows > rows and midnight > cut_from:
            yield Span(cut_from, midnight)
            found, cut_from = 0, midnight
        found += entry.rows
    if cut_from < end:
        yield Span(cut_from, end)


def plan(
    dataset: Dataset,
    span: Span,
    as_of: datetime,
    catalogue: Sequence[Feature],
    means: Means,
    *,
    reach: Reach | None = None,
    beside: int = 0,
    suspicion: Suspicion | None = None,
    tell: Callable[[str], None] = lambda _: None,
) -> Plan:
    """Cut a stretch of time into slices of parts that fit the memory with all they look at.

    ``beside``: bytes that a row of history takes beside what its features keep; ``suspicion``: what
    the rows have for these to keep something of. A part that alone needs more than there is becomes
    a slice of its own: it is said, and done all the same. The estimate is a careful one, and a
    machine may well have more to give than it was asked to take.
    """
    reach = reach or Reach.of(catalogue)
    found = list(parts(dataset, span.start, span.stop, means.block_rows))
    rows = rows_within(dataset, reach, span.start, span.stop, as_of)
    if not found or rows * (AMPLE_BYTES + beside) <= means.left(len(catalogue), BLOCKS[0]):
        return Plan([found] if found else [], BLOCKS[0])
    each = round(PASSING * bytes_a_row(dataset, catalogue, as_of, suspicion)) + beside
    for blocks in BLOCKS:
        left = means.left(len(catalogue), blocks)
        if each * rows <= left:
            return Plan([found], blocks)
    slices: list[list[Span]] = []
    for part in found:
        if (
            slices
            and each * rows_within(dataset, reach, slices[-1][0].start, part.stop, as_of) <= left
        ):
            slices[-1].append(part)
        else:
            slices.append([part])
    seen = [rows_within(dataset, reach, s[0].start, s[-1].stop, as_of) for s in slices]
    largest = max(seen)
    if each * largest > left:
        tell(
            f"{spoken(means.memory)} of memory is less than this needs: the least that can be "
            f"done at a time looks at {largest:,} rows, about {spoken(each * largest)} at "
            f"{each:,} bytes a row, and {spoken(left)} is left for them; going on all the same"
        )
    return Plan(slices, BLOCKS[-1], sum(seen) / max(rows, 1))


def rows_within(
    dataset: Dataset, reach: Reach, start: datetime, stop: datetime, as_of: datetime
) -> int:
    """Count the rows of all days that features of a stretch look at."""
    return sum(entry.rows for entry in dataset.files(*reach.around(start, stop, as_of)))
