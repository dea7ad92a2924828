"""The rhythm of a world: how much is going on in each hour, and when the months turn.

Activity is a rate by hour of day and day of week, in central European time. A moment is drawn by
its place in *activity time*, the running share of all activity: what is uniform there follows the
rhythm on the wall clock, keeps its order, and sleeps at night. Planted and honest stories live on
the same clock.
"""

from datetime import UTC, date, datetime, timedelta
from enum import IntEnum
from typing import Final
from zoneinfo import ZoneInfo

import numpy as np

from experiments.simulation.config import WorldConfig
from experiments.simulation.rows import Floats, Ints, Mask

HOUR: Final = 3600
DAY: Final = 86_400


class Profile(IntEnum):
    """Whose day it is."""

    PRIVATE = 0
    OFFICE = 1
    SHOPPING = 2


# Relative activity by hour of day, midnight first, and by day of week, Monday first.
_HOURS: Final = np.array(
    [
        [4, 2, 1, 1, 1, 1, 3, 6, 9, 10, 10, 10, 12, 11, 9, 9, 10, 13, 15, 16, 16, 14, 11, 7],
        [0.5, 0.3, 0.2, 0.2, 0.3, 1, 3, 8, 14, 18, 18, 16, 11, 14, 16, 16, 13, 8, 4, 3, 2, 2, 1, 1],
        [
            1,
            0.5,
            0.3,
            0.2,
            0.2,
            0.5,
            2,
            5,
            8,
            10,
            12,
            14,
            16,
            13,
            11,
            12,
            14,
            18,
            17,
            12,
            8,
            6,
            4,
            2,
        ],
    ]
)
_WEEKDAYS: Final = np.array(
    [
        [1.0, 0.95, 0.95, 1.0, 1.2, 1.15, 1.0],
        [1.15, 1.1, 1.05, 1.1, 1.1, 0.15, 0.08],
        [0.9, 0.9, 0.95, 1.05, 1.3, 1.5, 0.6],
    ]
)
_ZONE: Final = ZoneInfo("Europe/Berlin")


class Clock:
    """Where the activity of a world lies in time; all times are seconds since the epoch, UTC."""

    def __init__(self, config: WorldConfig) -> None:
        self.first_day: date = config.start
        self.days = config.days
        self.start = int(datetime(*config.start.timetuple()[:3], tzinfo=UTC).timestamp())
        self.length = config.days * DAY
        self.end = self.start + self.length
        self._hours = self.start + HOUR * np.arange(config.days * 24 + 1)
        local = self._hours[:-1] + np.array([_offset(int(t)) for t in self._hours[:-1]])
        rate = _HOURS[:, local // HOUR % 24] * _WEEKDAYS[:, (local // DAY + 3) % 7]
        total = np.cumsum(rate, axis=1)
        self._share = np.pad(total / total[:, -1:], ((0, 0), (1, 0)))

    def at(self, place: Floats, profile: Profile = Profile.PRIVATE) -> Ints:
        """Return the moments at these places in activity time, 0 the start and 1 the end."""
        return np.floor(np.interp(place, self._share[profile], self._hours)).astype(np.int64)

    def place(self, time: Ints, profile: Profile = Profile.PRIVATE) -> Floats:
        """Return the places of these moments in activity time."""
        return np.asarray(np.interp(time, self._hours, self._share[profile]))

    def on_day(self, rng: np.random.Generator, day: Ints, profile: Profile) -> Ints:
        """Return a moment on each of these days of the world, following the profile's hours."""
        share = self._share[profile]
        low, high = share[day * 24], share[day * 24 + 24]
        return np.minimum(self.at(low + (high - low) * rng.random(len(day)), profile), self.end - 1)

    def any_time(self, rng: np.random.Generator, count: int, profile: Profile) -> Ints:
        """Return moments anywhere in the world, following the profile's week and day."""
        return np.minimum(self.at(rng.random(count), profile), self.end - 1)

    def month_days(self, wanted: int, *, working: bool = True) -> Ints:
        """Return the day of each month, as days of the world; past a month's end, its last day.

        A working day is the wanted day or the Friday before a weekend.
        """
        last = self.first_day + timedelta(days=self.days + 31)
        days = []
        for month in range((last.year - self.first_day.year) * 12 + last.month):
            year, index = divmod(month, 12)
            if index + 1 < self.first_day.month and year == 0:
                continue
            first = date(self.first_day.year + year, index + 1, 1)
            following = (first + timedelta(days=32)).replace(day=1)
            day = min(first + timedelta(days=wanted - 1), following - timedelta(days=1))
            if working:
                day -= timedelta(days=max(0, day.weekday() - 4))
            days.append((day - self.first_day).days)
        return np.array([day for day in days if 0 <= day < self.days], dtype=np.int64)

    def inside(self, time: Ints) -> Mask:
        """Return which moments belong to the world."""
        return (time >= self.start) & (time < self.end)


def _offset(moment: int) -> int:
    offset = datetime.fromtimestamp(moment, tz=_ZONE).utcoffset()
    return int(offset.total_seconds()) if offset else 0
