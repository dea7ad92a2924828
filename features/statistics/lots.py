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

from features.filters import Every, RowFilter
from features.history import Codes, History, Integers, Ledger
from features.kernels.fifo import fifo_pieces, pieces_kept
from features.kernels.ledger import numbers_at
from features.places import CrossBorder
from features.windows import DAY
from features.workspace import Lens, Workspace

PERIOD = 28 * DAY
PERIODS = 2 * PERIOD  # how long a run is, and the longest that money can be seen to stay


@dataclass(frozen=True)
class Pieces:
    """How much of the money of row ``lot`` left with row ``out``; end to end by run, account."""

    starts: Integers
    lot: Codes
    out: Codes
    amount: Integers


@dataclass(frozen=True)
class Moved:
    """Some of the pieces: when their money came and left, and their running sums."""

    starts: Integers
    came: Integers
    left: Integers
    sums: Integers


def in_order(history: History, ledger: Ledger) -> Codes:
    """Return a flow's rows by account and time, simultaneous ones by what can be told of them."""
    order, time = ledger.order.copy(), ledger.time
    opens = np.ones(len(order), np.bool_)
    opens[1:] = time[1:] != time[:-1]
    opens[ledger.starts[:-1][ledger.starts[:-1] < len(order)]] = True
    tied = np.flatnonzero(~opens | ~np.append(opens[1:], True))
    rows, instant = order[tied], np.cumsum(opens, dtype=np.int32)[tied]
    abroad = CrossBorder().mask(history)
    keys = (history.internal, abroad, history.channel, history.amount)
    order[tied] = rows[np.lexsort((*(key[rows] for key in keys), instant))]
    return order


def matched(history: History) -> Pieces:
    """Return the pieces of the runs that begin with an even, then with an odd period."""
    return history.keep("pieces", lambda: _matched(history))


def _matched(history: History) -> Pieces:
    return Pieces(
        *fifo_pieces(*_side(history, history.received), *_side(history, history.sent), PERIOD)
    )


def _side(history: History, ledger: Ledger) -> tuple[Integers, Integers, Integers, Codes]:
    rows = in_order(history, ledger)  # ties change no time
    return ledger.starts, ledger.time, numbers_at(history.amount, rows), rows


def moved(space: Workspace, lots: RowFilter, outs: RowFilter, within: int) -> Moved:
    """Return the pieces whose rows are kept, and that left at most ``within`` after they came."""
    return space.history.keep(
        ("moved", lots, outs, within), lambda: _moved(space, lots, outs, within)
    )


def _moved(space: Workspace, lots: RowFilter, outs: RowFilter, within: int) -> Moved:
    pieces, kept = matched(space.history), (space.mask(lots), space.mask(outs))
    given = (pieces.starts, pieces.lot, pieces.out, pieces.amount, space.history.time)
    return Moved(*pieces_kept(*given, *kept, within))


def soon(
    space: Workspace, own: Integers, lots: RowFilter, outs: RowFilter, within: int
) -> Integers:
    """Return those pieces whose rows are kept and that left at most ``within`` after they came."""
    pieces, time = matched(space.history), space.history.time
    for rows, row in ((lots, pieces.lot), (outs, pieces.out)):
        if not isinstance(rows, Every):
            own = own[space.mask(rows)[row[own]]]
    stayed = time[pieces.out[own]] - time[pieces.lot[own]]
    return own[stayed <= within]


def places(space: Workspace, lens: Lens) -> Codes:
    """Return where each anchor's account lies in the run that answers it.

    A row in an odd period is answered from the run that began with the even one before.
    """

    def make() -> Codes:
        anchors, accounts = space.anchors(lens), np.int32(space.history.accounts)
        even = (anchors.time // PERIOD % 2 == 0).astype(np.int32)
        found: Codes = anchors.groups + even * accounts
        return found

    return space.shared(("places", lens), make)


def pieces_at(
    space: Workspace, lens: Lens, width: int, at: int, *, by_lot: bool
) -> tuple[Pieces, Integers]:
    """Return the pieces, and which of them a row asked about is answered from."""
    account = space.history.groups_of(lens.subject, "out")[space.rows[at]]
    moment, pieces = int(space.time[at]), matched(space.history)
    if account < 0:
        return pieces, np.empty(0, np.int64)
    place = account + (0 if moment // PERIOD % 2 else space.history.accounts)
    own = np.arange(pieces.starts[place], pieces.starts[place + 1])
    time = space.history.time
    came = time[(pieces.lot if by_lot else pieces.out)[own]]
    return pieces, own[(came > moment - width) & (time[pieces.out[own]] <= moment)]
