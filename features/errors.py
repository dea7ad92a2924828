"""The errors a user can cause, one type per edge, each carrying data and not only text."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Fault:
    """One thing wrong with what came in: where, what was found, what was wanted.

    >>> print(Fault("batch.csv", "amount", "3 rows negative", "amounts >= 0", ("row 17: -450",)))
    batch.csv, amount: 3 rows negative; wanted amounts >= 0 (first: row 17: -450)
    """

    where: str
    column: str | None
    found: str
    wanted: str
    first: tuple[str, ...] = ()

    def __str__(self) -> str:
        place = f"{self.where}, {self.column}" if self.column else self.where
        first = f" (first: {'; '.join(self.first[:3])})" if self.first else ""
        return f"{place}: {self.found}; wanted {self.wanted}{first}"


class MoneytrailError(Exception):
    """A mistake in the input, the call, the config or a model; never a bug of ours.

    The command prints it without a traceback and exits with 2.
    """

    def __init__(self, message: str, faults: tuple[Fault, ...] = ()) -> None:
        self.faults = faults
        super().__init__("\n".join([message, *(f"  {fault}" for fault in faults)]))


class InputError(MoneytrailError):
    """A file or a dataset that is not what it should be."""


class OutputError(MoneytrailError):
    """An output that exists already or cannot be written."""


class ConfigError(MoneytrailError):
    """An experiment config or source profile that cannot be used."""


class BundleError(MoneytrailError):
    """A model that cannot be used here: changed, incomplete, or made for another catalogue."""
