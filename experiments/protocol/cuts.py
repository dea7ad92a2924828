"""Where a protocol cuts the data: in time, by index, by whole days; and an embargo between parts.

All cuts are cuts between instants. ``time`` counts evaluated rows, as training does. ``index``
counts all rows, as the papers on AMLworld and GFP do, save that rows of one instant stay
together. ``day`` takes the whole days whose shares come nearest to those wanted: the largest of
the three relative errors is least, as in Multi-GNN's code.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from typing import Literal

import numpy as np

from engine.arrays import Flags, Integers
from experiments.config import ExperimentConfig
from experiments.rows import Rows, micros
from experiments.split import Part, Split, first_after, instant, split_in_time
from features.errors import Fault, InputError
from features.windows import DAY

Cut = Literal["time", "index", "day"]
CUTS: tuple[Cut, ...] = ("time", "index", "day")
_LEAST_LEFT = 0.1
"""Of the rows of training, and of validation, an embargo must leave so much."""


def split_by(cut: Cut, config: ExperimentConfig, snapshot_id: str, rows: Rows) -> Split:
    """Split the rows of a dataset.

    Raises
    ------
    InputError
        If there are too few instants, or days, to give every part a row.
    """
    if cut == "time":
        return split_in_time(config, snapshot_id, rows.time, rows.evaluated)
    shares = (config.split.train, config.split.train + config.split.validate_)
    if cut == "index":
        ends = [first_after(rows.time, rows.time, share) for share in shares]
    else:
        ends = whole_days(rows.time, (shares[0], shares[1] - shares[0], 1 - shares[1]))
    return split_at(config, snapshot_id, rows, rows.evaluated, ends)


def split_at(
    config: ExperimentConfig, snapshot_id: str, rows: Rows, evaluated: Flags, ends: Sequence[int]
) -> Split:
    """Split where training and validation end, in microseconds; validation as training does."""
    judged = rows.time[evaluated]
    # Half a row less: a share times a count may round up.
    train, validated = ((np.searchsorted(judged, ends) - 0.5) / max(1, len(judged))).tolist()
    if train <= 0 or validated <= train:
        raise _too_few(len(judged))
    shares = config.split.model_copy(update={"train": train, "validate_": validated - train})
    asked = config.model_copy(update={"split": shares})
    return split_in_time(asked, snapshot_id, rows.time, evaluated)


def whole_days(time: Integers, shares: Sequence[float]) -> list[int]:
    """Return the first instants of the second and third part, each a midnight, UTC.

    >>> noon = np.array([0, 0, 0, 1, 2, 2, 3, 4]) * DAY + DAY // 2
    >>> [end // DAY for end in whole_days(noon, (0.6, 0.2, 0.2))]
    [2, 3]
    """
    first = int(time[0]) // DAY
    until = np.cumsum(np.bincount(time // DAY - first)) / len(time)
    best, found = np.inf, (0, 0)
    for i, j in combinations(range(1, len(until)), 2):
        own = (until[i - 1], until[j - 1] - until[i - 1], 1 - until[j - 1])
        error = max(abs(a - b) / b for a, b in zip(own, shares, strict=True))
        if error < best:
            best, found = error, (i, j)
    if not np.isfinite(best):
        raise _too_few(len(time))
    return [(first + day) * DAY for day in found]


@dataclass(frozen=True)
class Embargo:
    """A split with gaps of ``length`` microseconds between parts; no row of a gap is evaluated."""

    split: Split
    rows: Rows
    length: int


def embargoed(
    config: ExperimentConfig,
    snapshot_id: str,
    rows: Rows,
    split: Split,
    lengths: Sequence[int],
) -> Embargo | None:
    """Drop rows before validation and before the test part; None where too little would be left.

    The longest of ``lengths`` that leaves a tenth of the evaluated rows of training and of
    validation. The test part stays as it is; what is left of validation is divided anew.
    """
    for length in sorted(lengths, reverse=True):
        made = _with_gaps(config, snapshot_id, rows, split, length)
        if made is not None:
            return made
    return None


def _with_gaps(
    config: ExperimentConfig, snapshot_id: str, rows: Rows, split: Split, length: int
) -> Embargo | None:
    begin, test = (micros(split.parts[k].start) for k in (1, -1))
    dropped = np.zeros(len(rows.time), np.bool_)
    for edge in (begin, test):
        dropped |= (rows.time >= edge - length) & (rows.time < edge)
    for start, stop in ((0, begin), (begin, test)):
        own = rows.evaluated & (rows.time >= start) & (rows.time < stop)
        if (own & ~dropped).sum() < max(1, _LEAST_LEFT * own.sum()):
            return None
    left = replace(rows, evaluated=rows.evaluated & ~dropped)
    try:
        made = split_at(config, snapshot_id, left, left.evaluated, [begin, test])
    except InputError:
        return None
    first, tuning, *middle, _ = made.parts
    middle[-1] = _ending(middle[-1], test - length, rows.time)
    tuning = replace(tuning, start=instant(begin))
    first = _ending(first, begin - length, rows.time)
    parts = (first, tuning, *middle, split.parts[-1])
    return Embargo(replace(made, parts=parts, digest=split.digest), left, length)


def _ending(part: Part, stop: int, time: Integers) -> Part:
    """End a part earlier; nothing after its new end is known."""
    last = instant(int(time[np.searchsorted(time, stop) - 1]))
    return replace(part, stop=instant(stop), as_of=last)


def _too_few(count: int) -> InputError:
    fault = Fault("transactions", "timestamp", f"{count} rows", "rows in every part")
    return InputError("the data cannot be cut", (fault,))
