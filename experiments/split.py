"""A split in time, cut between timestamps.

Train, tune, calibrate, test: each part begins where the one before ends, and rows of one instant
are never divided. The cuts are counted in evaluated rows; rows that are not evaluated fall into
the part their time says.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import numpy as np

from engine.arrays import Flags, Integers
from experiments.config import ExperimentConfig
from features.dataset.manifest import canonical_digest
from features.errors import Fault, InputError

PARTS = ("train", "tuning", "calibration", "test")
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
    """The four parts, and a digest of the data, the evaluated rows and the cuts."""

    parts: tuple[Part, Part, Part, Part]
    digest: str

    def __getitem__(self, name: str) -> Part:
        return self.parts[PARTS.index(name)]

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
    validation = judged[(judged >= train_end) & (judged < validation_end)]
    tuning_end = min(first_after(time, validation, shares.tuning), validation_end)
    cuts = [int(time[0]), train_end, tuning_end, validation_end, int(time[-1]) + 1]
    counts = np.diff(np.searchsorted(judged, cuts))
    if not counts.all():
        raise _too_few(judged, counts)
    return Split(_parts(time, cuts, counts), split_digest(config, snapshot_id, cuts))


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


def _parts(time: Integers, cuts: list[int], counts: Integers) -> tuple[Part, Part, Part, Part]:
    made = [
        Part(
            name,
            instant(start),
            instant(stop),
            instant(int(time[np.searchsorted(time, stop) - 1])),
            int(count),
        )
        for name, start, stop, count in zip(PARTS, cuts[:-1], cuts[1:], counts, strict=True)
    ]
    return made[0], made[1], made[2], made[3]


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


def _too_few(judged: Integers, counts: Integers) -> InputError:
    empty = ", ".join(name for name, count in zip(PARTS, counts, strict=True) if not count)
    found = f"{len(judged)} evaluated rows at {len(np.unique(judged))} instants, none for: {empty}"
    wanted = "rows at enough instants for train, tuning, calibration and test"
    return InputError(
        "the data cannot be split in time", (Fault("transactions", "timestamp", found, wanted),)
    )
