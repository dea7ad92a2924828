"""The payments of one call: put in order, cut at as-of, and told apart from their history."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Self

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from engine.arrays import Integers
from engine.bundle import Bundle
from engine.scoring.counted import Counted
from engine.scoring.first_look import suspected
from experiments.serving.asked import Asked
from features.catalogue import Feature
from features.errors import InputError
from features.history import History
from features.slices import FeatureFrame, Suspicion, frame_from_table

_ORDER = [("timestamp", "ascending"), ("transaction_id", "ascending")]


@dataclass(frozen=True)
class Batch:
    """Payments in the order of (timestamp, id), none after ``as_of``.

    Those from row ``first`` on are to be scored; ``given`` is where each of them came in the
    input.
    """

    table: pa.Table
    first: int
    given: Integers
    coverage: datetime
    as_of: datetime

    @classmethod
    def of(cls, rows: pa.Table, asked: Asked) -> Self:
        """Order the rows of a call and settle what it leaves open.

        Raises
        ------
        InputError
            If the rows begin before what is said to be covered.
        """
        order = pc.sort_indices(rows, sort_keys=_ORDER).to_numpy().astype(np.int64)
        table = rows.take(pa.array(order))
        first, last = (table["timestamp"][row].as_py().astimezone(UTC) for row in (0, -1))
        as_of = last if asked.as_of is None else asked.as_of
        coverage = asked.coverage or first.replace(hour=0, minute=0, second=0, microsecond=0)
        if coverage > first:
            raise InputError(
                f"coverage_from {coverage.isoformat()} is after the first row, {first.isoformat()}"
            )
        times = table["timestamp"]
        seen = int(pc.sum(pc.less_equal(times, pa.scalar(as_of, times.type))).as_py() or 0)
        start = 0
        if asked.start is not None:
            begin = pa.scalar(asked.start, times.type)
            start = int(pc.sum(pc.less(times, begin)).as_py() or 0)
        start = min(start, seen)
        return cls(table.slice(0, seen), start, order[start:seen], coverage, as_of)

    def __len__(self) -> int:
        return int(self.table.num_rows) - self.first

    def looked_at(self, bundle: Bundle, time_precision: str, minor_digits: int) -> Self:
        """Take a model's first look: the suspicion of all payments is a column beside them."""
        if bundle.scout is None:
            return self
        frame = self._frame(bundle.scout.features(), time_precision, minor_digits, None)
        found = Suspicion(0, suspected(frame, bundle.scout, Counted.of(bundle)))
        return replace(self, table=found.beside(self.table, 0))

    def frame(
        self, features: Sequence[Feature], time_precision: str, minor_digits: int
    ) -> FeatureFrame:
        """Compute the features of the payments to be scored."""
        start = self.table["timestamp"][self.first].as_py()
        return self._frame(features, time_precision, minor_digits, start)

    def _frame(
        self,
        features: Sequence[Feature],
        time_precision: str,
        minor_digits: int,
        start: datetime | None,
    ) -> FeatureFrame:
        """Compute features of the payments from an instant on; None: of all."""
        return frame_from_table(
            self.table,
            features,
            coverage_from=self.coverage,
            as_of=self.as_of,
            time_precision=time_precision,
            minor_digits=minor_digits,
            start=start,
        )

    def history(self, time_precision: str, minor_digits: int) -> History:
        """Return all payments as arrays."""
        return History.from_table(
            self.table,
            coverage_from=self.coverage,
            as_of=self.as_of,
            time_precision=time_precision,
            minor_digits=minor_digits,
        )
