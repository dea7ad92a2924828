"""What is asked of each peer in the race of windows, and the form of its answer."""

from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from experiments.benchmarks.data import Codes, Integers


@dataclass(frozen=True)
class Windowed:
    """Payments, their money and the distinct counterparties in each row's trailing window.

    One row for each payment, by account and time: rows of one account and instant are equal,
    but of pandas, which gives a row what stands above it: only the last of them is comparable.
    """

    account: Codes
    time: Integers
    count: Integers
    money: Integers
    distinct: Integers

    @classmethod
    def sorted(cls, *columns: NDArray[np.generic]) -> "Windowed":
        """Bring columns (in the order of the fields) into the order by account and time."""
        order = np.lexsort((columns[1], columns[0]))
        kinds = (np.int32, np.int64, np.int64, np.int64, np.int64)
        return cls(*(c[order].astype(kind) for c, kind in zip(columns, kinds, strict=True)))

    def equals(self, other: "Windowed") -> bool:
        """Compare the last row of each account and instant, the one that sees all of them."""
        last = np.append((np.diff(self.account) != 0) | (np.diff(self.time) != 0), True)
        return all(
            np.array_equal(getattr(self, part.name)[last], getattr(other, part.name)[last])
            for part in fields(self)
        )
