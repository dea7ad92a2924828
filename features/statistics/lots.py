"""Money that came in, matched first in first out to what left: how much, and how long it stayed.

Matching from an account's first day would need all of history, matching anew for each row a walk
through its window. So it runs over two periods at a time, from the beginning of a period (28 days
each, counted from 1970), once for runs that begin with an even and once with an odd period; a row
is answered from the run that began with the period before its own. What left in the last 28 days
is thus matched to all that came in the same period or the one before, nothing depends on rows
more than two periods old, and each payment is matched twice in all.

Of simultaneous rows the smaller amount goes first, then channel, then whether a border is
crossed, then whether both sides are known: the filters below may ask for these facts only, so
that rows which tie in all of them are alike in all that is counted.
"""

from dataclasses import dataclass

import numpy as np

from features.history import Codes, Flow, History, Integers
from features.kernels.fifo import fifo_pieces
from features.kernels.windows import first_after
from features.places import CrossBorder
from features.windows import DAY
from features.workspace import Lens, Workspace

PERIOD = 28 * DAY
_RUNS = (0, 1)


@dataclass(frozen=True)
class Pieces:
    """How much of the money of row ``lot`` left with row ``out``; end to end by account."""

    starts: Integers
    lot: Integers
    out: Integers
    amount: Integers
    lot_time: Integers
    out_time: Integers


@dataclass(frozen=True)
class Span:
    """For one of the two runs: which anchors it answers, and their pieces ``low:high``."""

    pieces: Pieces
    chosen: Integers
    groups: Codes
    low: Integers
    high: Integers


def in_order(history: History, flow: Flow) -> Integers:
    """Return a flow's rows by account and time, simultaneous ones by what can be told of them."""
    ledger = history.sent if flow == "out" else history.received
    order, time = ledger.order.copy(), ledger.time
    opens = np.ones(len(order), np.bool_)
    opens[1:] = time[1:] != time[:-1]
    opens[ledger.starts[:-1][ledger.starts[:-1] < len(order)]] = True
    tied = np.flatnonzero(~opens | ~np.append(opens[1:], True))
    rows, instant = order[tied], np.cumsum(opens)[tied]
    abroad = CrossBorder().mask(history)
    keys = (history.internal, abroad, history.channel, history.amount)
    order[tied] = rows[np.lexsort((*(key[rows] for key in keys), instant))]
    return order


def matched(history: History, run: int) -> Pieces:
    """Return the pieces of the runs that begin with an even (0) or an odd (1) period."""
    return history.keep(("pieces", run), lambda: _matched(history, run))


def _matched(history: History, run: int) -> Pieces:
    ins = history.keep(("lots", "in"), lambda: in_order(history, "in"))
    outs = history.keep(("lots", "out"), lambda: in_order(history, "out"))
    time, amount = history.time, history.amount
    starts, lot, out, pieces = fifo_pieces(
        history.received.starts,
        time[ins],
        amount[ins],
        history.sent.starts,
        time[outs],
        amount[outs],
        PERIOD,
        run,
    )
    lots, leaving = ins[lot], outs[out]
    return Pieces(starts, lots, leaving, pieces, time[lots], time[leaving])


def spans(space: Workspace, lens: Lens, width: int, *, by_lot: bool) -> tuple[Span, ...]:
    """Return each anchor's pieces that came (or left) in ``(t - width, t]`` and left by ``t``."""
    return space.shared(("spans", lens, width, by_lot), lambda: _spans(space, lens, width, by_lot))


def _spans(space: Workspace, lens: Lens, width: int, by_lot: bool) -> tuple[Span, ...]:
    anchors = space.anchors(lens)
    odd = anchors.time // PERIOD % 2 == 1
    found = []
    for run in _RUNS:
        pieces = matched(space.history, run)
        # A row in an odd period is answered from the run that began with the even one before.
        chosen = np.flatnonzero(odd if run == 0 else ~odd)
        groups, times = anchors.groups[chosen], anchors.time[chosen]
        came = pieces.lot_time if by_lot else pieces.out_time
        low = first_after(groups, times - width, pieces.starts, came)
        high = first_after(groups, times, pieces.starts, pieces.out_time)
        # What came too late for the window may have left too late as well.
        found.append(Span(pieces, chosen, groups, np.minimum(low, high), high))
    return tuple(found)


def pieces_at(
    space: Workspace, lens: Lens, width: int, at: int, *, by_lot: bool
) -> tuple[Pieces, Integers]:
    """Return the pieces of one row asked about, as positions in those of its run."""
    account = space.history.groups_of(lens.subject, "out")[space.rows[at]]
    time = int(space.time[at])
    pieces = matched(space.history, 1 - time // PERIOD % 2)
    if account < 0:
        return pieces, np.empty(0, np.int64)
    own = np.arange(pieces.starts[account], pieces.starts[account + 1])
    came = pieces.lot_time if by_lot else pieces.out_time
    return pieces, own[(came[own] > time - width) & (pieces.out_time[own] <= time)]
