"""Money in and out over time, as the geometry of a picture: in above the axis, out below."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from engine.report.records import Candidate, Transaction
from engine.wording.words import Money, count, day

WIDTH, LEFT, RIGHT, TOP, PLOT, BOTTOM = 880.0, 66.0, 12.0, 38.0, 200.0, 44.0
MOST_BINS = 60
_DAY = timedelta(days=1)
_STEPS = tuple(timedelta(hours=hours) for hours in (1, 3, 6, 12, 24, 48, 168, 336, 720, 2160))
_LABEL_WIDTH, _LEAST_HALF, _LEAST_BAR = 72.0, 26.0, 2.0
_SIDES = {"in": ("in",), "out": ("out",), "both": ("in", "out"), "near": ()}


@dataclass(frozen=True, slots=True)
class Bar:
    """The money of one stretch of time on one side; its cited part is drawn hatched."""

    x: float
    y: float
    width: float
    height: float
    side: str
    cited_y: float
    cited_height: float
    title: str


@dataclass(frozen=True, slots=True)
class Mark:
    """A point of the picture and its words."""

    x: float
    y: float
    label: str


@dataclass(frozen=True, slots=True)
class Timeline:
    """Everything the template draws; ``outside`` counts rows too far away to be drawn."""

    height: float
    axis: float
    bars: list[Bar]
    days: list[Mark]
    money: list[Mark]
    period_x: float
    period_width: float
    peak: Mark | None
    peak_up: bool
    step: str
    outside: int
    extended: bool


@dataclass(slots=True)
class _Bin:
    total: int = 0
    cited: int = 0
    rows: int = 0
    cited_rows: int = 0

    def add(self, amount: int, *, cited: bool) -> None:
        """Count one payment."""
        self.total += amount
        self.rows += 1
        self.cited += amount * cited
        self.cited_rows += cited


_Bins = Mapping[tuple[int, str], _Bin]


@dataclass(frozen=True, slots=True)
class _Axes:
    """Time to x, money to y."""

    start: datetime
    stop: datetime
    step: timedelta
    zero: float
    scale: float

    @property
    def per_day(self) -> float:
        """Width of a day."""
        return (WIDTH - LEFT - RIGHT) / ((self.stop - self.start) / _DAY)

    def x(self, time: datetime) -> float:
        """Place an instant."""
        return LEFT + (time - self.start) / _DAY * self.per_day

    def begin(self, index: float) -> datetime:
        """Return when a stretch begins."""
        return self.start + index * self.step

    def height(self, total: int) -> float:
        """Return the height of a bar, which is never too low to be seen."""
        return max(total * self.scale, _LEAST_BAR)


def draw_timeline(
    one: Candidate, rows: Sequence[Transaction], money: Money, precision: str
) -> Timeline:
    """Place the account's rows on a time axis of about ``MOST_BINS`` stretches at most.

    The axis holds the period and reaches to cited rows before and after it, each way by at most
    the length of the period; rows further off are counted.
    """
    touching = [row for row in rows if row.role(one.account) != "near"]
    start, stop = _reach(one, touching)
    drawn = [row for row in touching if start <= row.timestamp < stop]
    step = _step(stop - start, precision)
    bins = _fill(one, drawn, start, step)
    zero, scale = _scale(_highest(bins, "in"), _highest(bins, "out"))
    axes = _Axes(start, stop, step, zero, scale)
    left, right = axes.x(one.period_start), axes.x(one.period_stop)
    return Timeline(
        height=TOP + PLOT + BOTTOM,
        axis=zero,
        bars=[_bar(key, part, axes, money) for key, part in sorted(bins.items())],
        days=list(_days(axes)),
        money=list(_grid(bins, axes, money)),
        period_x=left,
        period_width=right - left,
        peak=_peak(one, drawn, bins, axes),
        peak_up=one.peak_side == "receiver",
        step=_step_words(step),
        outside=len(touching) - len(drawn),
        extended=start < one.period_start or stop > one.period_stop,
    )


def _reach(one: Candidate, rows: Sequence[Transaction]) -> tuple[datetime, datetime]:
    length = one.period_stop - one.period_start
    earliest, latest = one.period_start - length, one.period_stop + length
    times = [row.timestamp for row in rows if earliest <= row.timestamp < latest]
    first = min([*times, one.period_start]).astimezone(UTC)
    last = max([*times, one.period_stop - timedelta(microseconds=1)]).astimezone(UTC)
    start = first.replace(hour=0, minute=0, second=0, microsecond=0)
    stop = last.replace(hour=0, minute=0, second=0, microsecond=0) + _DAY
    return min(start, one.period_start), max(stop, one.period_stop)


def _step(length: timedelta, precision: str) -> timedelta:
    fit = [step for step in _STEPS if length / step <= MOST_BINS]
    step = fit[0] if fit else math.ceil(length / MOST_BINS / _DAY) * _DAY
    return max(step, _DAY) if precision == "day" else step


def _step_words(step: timedelta) -> str:
    hours = round(step / timedelta(hours=1))
    return count(hours // 24, "day") if hours % 24 == 0 else count(hours, "hour")


def _fill(one: Candidate, rows: Sequence[Transaction], start: datetime, step: timedelta) -> _Bins:
    cited = one.cited().keys()
    bins: dict[tuple[int, str], _Bin] = {}
    for row in rows:
        for side in _SIDES[row.role(one.account)]:
            part = bins.setdefault(((row.timestamp - start) // step, side), _Bin())
            part.add(row.amount, cited=row.transaction_id in cited)
    return bins


def _highest(bins: _Bins, side: str) -> int:
    return max((part.total for (_, own), part in bins.items() if own == side), default=0)


def _scale(most_in: int, most_out: int) -> tuple[float, float]:
    """Share the height between both halves so that one scale serves both."""
    both = most_in + most_out
    if not both:
        return TOP + PLOT / 2, 0.0
    up = min(max(PLOT * most_in / both, _LEAST_HALF), PLOT - _LEAST_HALF)
    fits = [room / most for room, most in ((up, most_in), (PLOT - up, most_out)) if most]
    return TOP + up, min(fits)


def _bar(key: tuple[int, str], part: _Bin, axes: _Axes, money: Money) -> Bar:
    index, side = key
    begin, up = axes.begin(index), side == "in"
    wide = axes.step / _DAY * axes.per_day
    height = axes.height(part.total)
    share = part.cited / part.total if part.total else float(part.cited_rows > 0)
    return Bar(
        x=axes.x(begin) + wide * 0.08,
        y=axes.zero - height if up else axes.zero,
        width=wide * 0.84,
        height=height,
        side=side,
        cited_y=axes.zero - height * share if up else axes.zero,
        cited_height=height * share,
        title=_title(begin, axes.step, side, part, money),
    )


def _title(begin: datetime, step: timedelta, side: str, part: _Bin, money: Money) -> str:
    hours = "" if step >= _DAY else f", {begin:%H:%M} to {begin + step:%H:%M}"
    cited = f", {part.cited_rows:,} cited as evidence" if part.cited_rows else ""
    amount = money.words(part.total)
    return f"{day(begin)}{hours}: {amount} {side} in {count(part.rows, 'payment')}{cited}"


def _days(axes: _Axes) -> Iterator[Mark]:
    every = max(1, math.ceil(_LABEL_WIDTH / axes.per_day))
    for number in range(0, math.ceil((axes.stop - axes.start) / _DAY), every):
        time = axes.start + number * _DAY
        yield Mark(axes.x(time), TOP + PLOT, day(time).rsplit(" ", 1)[0])


def _grid(bins: _Bins, axes: _Axes, money: Money) -> Iterator[Mark]:
    highest = {side: _highest(bins, side) for side in ("in", "out")}
    step = _nice(max(highest.values()) / 2)
    for side, sign in (("in", -1), ("out", 1)):
        for number in range(1, 4):
            if step and number * step <= highest[side]:
                y = axes.zero + sign * number * step * axes.scale
                yield Mark(LEFT, y, money.compact(number * step))


def _nice(value: float) -> float:
    """Round down to 1, 2 or 5 times a power of ten.

    >>> _nice(7300), _nice(410), _nice(0)
    (5000.0, 200.0, 0.0)
    """
    if value <= 0:
        return 0.0
    power = 10.0 ** math.floor(math.log10(value))
    return power * next((factor for factor in (5, 2) if factor * power <= value), 1)


def _peak(one: Candidate, rows: Sequence[Transaction], bins: _Bins, axes: _Axes) -> Mark | None:
    up = one.peak_side == "receiver"
    for row in rows:
        index = (row.timestamp - axes.start) // axes.step
        part = bins.get((index, "in" if up else "out"))
        if row.transaction_id == one.peak_transaction and part is not None:
            height = axes.height(part.total)
            y = axes.zero - height if up else axes.zero + height
            return Mark(axes.x(axes.begin(index + 0.5)), y, "peak")
    return None
