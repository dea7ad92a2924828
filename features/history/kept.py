"""Things made once and kept, whichever thread asks first."""

from collections.abc import Callable
from concurrent.futures import Future
from threading import Lock
from typing import TypeVar, cast

_Made = TypeVar("_Made")


class Kept:
    """What was made for a key is there for all who ask for the key; others wait while it is made.

    >>> kept = Kept()
    >>> kept.get("answer", lambda: 42), kept.get("answer", lambda: 43)
    (42, 42)
    """

    def __init__(self) -> None:
        self._lock = Lock()
        self._made: dict[object, Future[object]] = {}

    def get(self, key: object, make: Callable[[], _Made]) -> _Made:
        """Return what ``make`` makes, or has made for the first who asked."""
        with self._lock:
            first = key not in self._made
            found = self._made.setdefault(key, Future())
        if first:
            try:
                found.set_result(make())
            except BaseException as error:
                found.set_exception(error)
                raise
        return cast("_Made", found.result())

    def values(self) -> list[object]:
        """Return all that is made by now."""
        return [made.result() for made in list(self._made.values()) if made.done()]
