"""What may be asked beside the payments: which of them to score, as of when, and how many reasons.

MLflow hands these over as parameters of ``predict``, each with a default, all plain values.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Self

from experiments.tracking import Parameter
from features.errors import Fault, InputError

PARAMETERS = (
    Parameter("as_of", "string", ""),
    Parameter("from", "string", ""),
    Parameter("coverage_from", "string", ""),
    Parameter("reasons", "long", 3),
    Parameter("explained", "long", 100),
)
"""In order: ISO 8601 instants, where a time without a zone is UTC and nothing means the default;
how many reasons a payment gets at most; how many payments get reasons, the highest scored."""


@dataclass(frozen=True)
class Asked:
    """What a call asks for.

    Rows in ``[start, as_of]`` are scored, those before are history, later ones are not seen.
    ``coverage`` is when the rows given begin to be all there are. None: every row, the last row,
    midnight of the first row's day.
    """

    start: datetime | None
    as_of: datetime | None
    coverage: datetime | None
    reasons: int
    explained: int

    @classmethod
    def of(cls, params: Mapping[str, Any] | None) -> Self:
        """Read the parameters of a call.

        Raises
        ------
        InputError
            If one is unknown or cannot be read; lists every fault.
        """
        known = {each.name: each.default for each in PARAMETERS}
        given = {**known, **(params or {})}
        faults = [
            Fault("params", name, "unknown", f"some of {', '.join(known)}")
            for name in given
            if name not in known
        ]
        instants = {}
        for name in ("from", "as_of", "coverage_from"):
            try:
                instants[name] = _instant(given[name])
            except (TypeError, ValueError):
                wanted = "an ISO 8601 time, such as 2025-03-01"
                faults.append(Fault("params", name, repr(given[name]), wanted))
        counts = {}
        for name in ("reasons", "explained"):
            try:
                counts[name] = _count(given[name])
            except (TypeError, ValueError):
                faults.append(Fault("params", name, repr(given[name]), "a whole number from 0 on"))
        if faults:
            raise InputError("this cannot be asked for", tuple(faults))
        start, as_of, coverage = instants.values()
        return cls(start, as_of, coverage, counts["reasons"], counts["explained"])


def _instant(text: str) -> datetime | None:
    """Read an instant; nothing is None.

    >>> _instant("2025-03-01"), _instant("")
    (datetime.datetime(2025, 3, 1, 0, 0, tzinfo=datetime.timezone.utc), None)
    """
    if not text:
        return None
    found = datetime.fromisoformat(text)
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)


def _count(given: object) -> int:
    """Read a number of things.

    >>> _count(3)
    3
    """
    count = int(str(given))
    if count < 0:
        raise ValueError(count)
    return count
