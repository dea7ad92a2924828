"""The transactions behind a candidate: what the account did in the period, and what is cited."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from engine.candidates.schema import EVIDENCE
from engine.candidates.selection import Choice
from engine.scout import MILLION
from features.history import History, Integers, to_microseconds
from features.history.coding import SUSPICION

MOST_ROWS = 500


@dataclass(frozen=True)
class Sighting:
    """The rows of an account in a period, as indices into a slice."""

    rows: Integers
    sent: Integers
    received: Integers


def sighting(history: History, account: int, start: datetime, stop: datetime) -> Sighting:
    """Find the rows that an account sent or received in ``[start, stop)``."""
    begin, end = to_microseconds(start), to_microseconds(stop)
    found = []
    for ledger in (history.sent, history.received):
        first, last = ledger.starts[account], ledger.starts[account + 1]
        low, high = np.searchsorted(ledger.time[first:last], [begin, end])
        found.append(ledger.order[first + low : first + high].astype(np.int64))
    return Sighting(np.union1d(*found), *found)


def activity(history: History, seen: Sighting, account: int) -> dict[str, Any]:
    """Count and add up what the account did: facts, no assessment."""
    parties = np.concatenate((history.receiver[seen.sent], history.sender[seen.received]))
    times = history.time[seen.rows]
    known = np.unique(parties[(parties >= 0) & (parties != account)])
    return {
        "in_count": len(seen.received),
        "in_amount": int(history.amount[seen.received].sum()),
        "out_count": len(seen.sent),
        "out_amount": int(history.amount[seen.sent].sum()),
        "counterparties": len(known),
        "outside_count": int((parties < 0).sum()),
        "first": int(times.min()),
        "last": int(times.max()),
    }


def evidence_rows(
    full: pa.Table,
    candidate_id: str,
    choice: Choice,
    seen: Sighting,
    cited: set[int],
    company: set[int],
) -> pa.Table:
    """Return the rows to show for a candidate: the period's largest, and all that are cited.

    Those that are cited as ``company`` have with them what the first look made of each.
    """
    shown = seen.rows
    if len(shown) > MOST_ROWS:
        amounts = full["amount"].take(pa.array(shown)).to_numpy()
        ids = full["transaction_id"].take(pa.array(shown)).to_pylist()
        order = sorted(range(len(shown)), key=lambda k: (-amounts[k], ids[k]))
        shown = shown[order[:MOST_ROWS]]
    rows = np.union1d(shown, np.array(sorted(cited), np.int64))
    table = full.take(pa.array(rows)).select(EVIDENCE.names[1:-2])
    own = [
        pc.equal(table[side].cast(pa.string()), choice.account) for side in ("sender", "receiver")
    ]
    touched = pc.or_(pc.fill_null(own[0], False), pc.fill_null(own[1], False))
    times = table["timestamp"]
    inside = pc.and_(
        pc.greater_equal(times, pa.scalar(choice.start, times.type)),
        pc.less(times, pa.scalar(choice.stop, times.type)),
    )
    table = table.add_column(0, EVIDENCE.field("candidate_id"), [[candidate_id] * len(rows)])
    table = table.append_column(EVIDENCE.field("in_period"), pc.and_(touched, inside))
    return table.append_column(EVIDENCE.field("first_look"), _looks(full, rows, company)).cast(
        EVIDENCE
    )


def _looks(full: pa.Table, rows: Integers, company: set[int]) -> pa.Array:
    """Return the first look's probability of those rows that are company; null of the others.

    Of no others, so that it does not depend on how far the first look of a run has reached.
    """
    if SUSPICION not in full.column_names:
        return pa.nulls(len(rows), pa.float64())
    found = full[SUSPICION].take(pa.array(rows)).to_numpy() / MILLION
    return pa.array(found, mask=~np.isin(rows, list(company)) | (found == 0))
