"""A split in time, cut between timestamps.

Train, tune, calibrate, set aside, test: each part begins where the one before ends, and rows of one
instant are never divided. The cuts are counted in evaluated rows; rows that are not evaluated fall
into the part their time says. The part set aside (``conformal``) is whole weeks and serves nothing
but to know what honest accounts score in a week; where there is no room, it is not there.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import numpy as np

from engine.arrays import Flags, Integers
from experiments.config import ExperimentConfig
from features.dataset.manifest import canonical_digest
from features.errors import Fault, InputError

ASIDE = "conformal"
PARTS = ("train", "tuning", "calibration", ASIDE, "test")
WEEK = 7 * 86_400_000_000
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Part:
    """One part: its rows have ``start <= time < stop``, and nothing after ``as_of`` is known.

    ``as_of`` is the last instant of the dataset before ``stop``.
    """

    name: str
    start: datetime
    stop: datetime
    as_of: datetime
    rows: int


@dataclass(frozen=True)
class Split:
    """The parts in time, and a digest of the data, the evaluated rows and the cuts."""

    parts: tuple[Part, ...]
    digest: str

    def __getitem__(self, name: str) -> Part:
        return {part.name: part for part in self.parts}[name]

    def __contains__(self, name: str) -> bool:
        return any(part.name == name for part in self.parts)

    def plain(self) -> dict[str, dict[str, str | int]]:
        """Return the parts as plain values."""
        return {
            part.name: {
                "start": part.start.isoformat(),
                "stop": part.stop.isoformat(),
                "as_of": part.as_of.isoformat(),
                "evaluated_rows": part.rows,
            }
            for part in self.parts
        }


def split_in_time(
    config: ExperimentConfig, snapshot_id: str, time: Integers, evaluated: Flags
) -> Split:
    """Split rows in time.

    Parameters
    ----------
    time
        Microseconds since 1970 of all rows of the dataset, ascending.
    evaluated
        Which of these rows are evaluated.

    Raises
    ------
    InputError
        If there are too few instants to give every part a row.
    """
    judged = time[evaluated]
    shares = config.split
    train_end = first_after(time, judged, shares.train)
    validation_end = first_after(time, judged, shares.train + shares.validate_)
    for weeks in (weeks_aside(train_end, validation_end, shares.conformal), 0):
        aside = validation_end - WEEK * weeks
        validation = judged[(judged >= train_end) & (judged < aside)]
        tuning_end = min(first_after(time, validation, shares.tuning), aside)
        between = [tuning_end, aside, validation_end] if weeks else [tuning_end, validation_end]
        cuts = [int(time[0]), train_end, *between, int(time[-1]) + 1]
        names = tuple(name for name in PARTS if weeks or name != ASIDE)
        counts = np.diff(np.searchsorted(judged, cuts))
        if counts.all():
            digest = split_digest(config, snapshot_id, cuts)
            return Split(_parts(time, cuts, counts, names), digest)
    raise _too_few(judged, counts, names)


def weeks_aside(start: int, stop: int, share: float) -> int:
    """Return how many whole weeks to set aside of the validation rows in ``[start, stop)``.

    The whole number nearest to the share of their time, at least one, but no more than half of it.

    >>> [weeks_aside(0, days * WEEK // 7, 0.3) for days in (13, 14, 18, 36, 70)]
    [0, 1, 1, 2, 3]
    """
    if not share:
        return 0
    wanted = max(1, round(share * (stop - start) / WEEK))
    return min(wanted, (stop - start) // (2 * WEEK))


def first_after(time: Integers, judged: Integers, share: float) -> int:
    """Return the first instant before which at least ``share`` of the judged rows lie.

    Without such an instant, one microsecond after the last row.

    >>> days = np.array([1, 1, 2, 3, 3, 3, 4, 5])
    >>> first_after(days, days, 0.6), first_after(days, days, 0.8)
    (4, 5)
    """
    if not len(judged):
        return int(time[-1]) + 1
    needed = max(1, int(np.ceil(share * len(judged) - 1e-9)))
    place = int(np.searchsorted(time, judged[needed - 1], side="right"))
    return int(time[place]) if place < len(time) else int(time[-1]) + 1


def instant(micros: int) -> datetime:
    """Return an aware instant.

    >>> instant(1_000_000).isoformat()
    '1970-01-01T00:00:01+00:00'
    """
    return _EPOCH + timedelta(microseconds=micros)


def _parts(
    time: Integers, cuts: list[int], counts: Integers, names: tuple[str, ...]
) -> tuple[Part, ...]:
    return tuple(
        Part(
            name,
            instant(start),
            instant(stop),
            instant(int(time[np.searchsorted(time, stop) - 1])),
            int(count),
        )
        for name, start, stop, count in zip(names, cuts[:-1], cuts[1:], counts, strict=True)
    )


def split_digest(config: ExperimentConfig, snapshot_id: str, cuts: list[int]) -> str:
    """Return what stands for the data, the evaluated rows and the cuts, in microseconds."""
    return canonical_digest(
        {
            "snapshot_id": snapshot_id,
            "population": config.population.evaluate,
            "exclude_channels": sorted(config.evaluate.exclude_channels),
            "cuts": cuts,
        }
    )


def _too_few(judged: Integers, counts: Integers, names: tuple[str, ...]) -> InputError:
    empty = ", ".join(name for name, count in zip(names, counts, strict=True) if not count)
    found = f"{len(judged)} evaluated rows at {len(np.unique(judged))} instants, none for: {empty}"
    wanted = "rows at enough instants for train, tuning, calibration and test"
    return InputError(
        "the data cannot be split in time", (Fault("transactions", "timestamp", found, wanted),)
    )
