"""The blocks of a slice: some rows each, computed side by side from one history."""

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

import numpy as np
import pyarrow as pa

from features.catalogue.feature import Feature
from features.history import History, to_microseconds
from features.history.coding import Coder, Codes
from features.slices.frame import FeatureFrame, Floats, added, fill, whole_column
from features.slices.memory import Buffers, keep_what_is_freed
from features.slices.planning import Means
from features.slices.scratch import Scratch
from features.statistics import Statistic
from features.statistics.patterns.swept import expect
from features.workspace import Workspace

_COLUMNS = 512
Block = tuple[int, tuple[int, int]]
"""A block's number, and its rows: the first and the one beyond the last."""


@dataclass(frozen=True)
class Stretch:
    """Consecutive blocks that are computed together, and whose turn that is."""

    turn: int
    blocks: Sequence[Block]

    @property
    def rows(self) -> tuple[int, int]:
        """The first row, and the one beyond the last."""
        return self.blocks[0][1][0], self.blocks[-1][1][1]


@dataclass(frozen=True)
class Share:
    """Some features of a slice, by number, and the history that they look at.

    ``before``: how many rows of the slice's own history come before its first.
    """

    history: History
    before: int
    features: tuple[int, ...]

    def fill(
        self, columns: Floats, catalogue: Sequence[Feature], stretch: Stretch
    ) -> dict[str, int]:
        """Compute the features of some rows, a column each; return what was left out."""
        space = Workspace(self.history, np.arange(*stretch.rows) - self.before)
        fill(columns, space, [catalogue[number] for number in self.features], stretch.turn)
        return space.left_out


@dataclass(frozen=True)
class Piece:
    """What the blocks of a slice share.

    ``ids`` are those of the history's rows from ``first`` on; accounts and countries are the names
    of codes. ``share``: the features that are computed with the frames, where the others are in
    ``scratch``.
    """

    history: History
    ids: pa.Array
    accounts: pa.Array
    countries: pa.Array
    first: int
    catalogue: tuple[Feature, ...]
    buffers: Buffers
    share: Share | None = None
    scratch: Scratch | None = None

    @classmethod
    def of(
        cls,
        history: History,
        ids: pa.Table,
        coder: Coder,
        start: datetime | None,
        catalogue: Sequence[Feature],
        buffers: Buffers,
    ) -> "Piece":
        """Take a history, and a table with the ids of its rows from ``start`` on."""
        first = 0 if start is None else int(np.searchsorted(history.time, to_microseconds(start)))
        named = whole_column("transaction_id", [ids["transaction_id"]])
        names = (coder.accounts.words, coder.countries.words)
        return cls(history, named, *names, first, tuple(catalogue), buffers)

    def rows(self, start: datetime | None, stop: datetime | None) -> tuple[int, int]:
        """Return the first row in ``[start, stop)`` and the first beyond, by number."""
        time, first, last = self.history.time, 0, len(self.history)
        if start is not None:
            first = int(np.searchsorted(time, to_microseconds(start)))
        if stop is not None:
            last = max(int(np.searchsorted(time, to_microseconds(stop))), first)
        return first, last

    def frames(self, stretch: Stretch) -> list[FeatureFrame]:
        """Compute the frames of some blocks together."""
        begin, end = stretch.rows
        columns = self.buffers.take(len(self.catalogue), end - begin)
        left_out = self._filled(columns, stretch)
        return [
            self.named(
                edge, columns[:, edge[0] - begin : edge[1] - begin], {} if place else left_out
            )
            for place, (_, edge) in enumerate(stretch.blocks)
        ]

    def _filled(self, columns: Floats, stretch: Stretch) -> dict[str, int]:
        every = tuple(range(len(self.catalogue)))
        share = self.share or Share(self.history, 0, every)
        if self.scratch is None:
            return share.fill(columns, self.catalogue, stretch)
        left_out = self.scratch.read(*stretch.rows, columns)
        own = np.empty((len(share.features), columns.shape[1]))
        left_out = added([left_out, share.fill(own, self.catalogue, stretch)])
        columns[list(share.features)] = own
        return left_out

    def named(
        self, edge: tuple[int, int], columns: Floats, left_out: Mapping[str, int]
    ) -> FeatureFrame:
        """Return the frame of some rows whose features are computed."""
        begin, end = edge
        history = self.history
        lookahead = max((feature.statistic.lookahead for feature in self.catalogue), default=0)
        return FeatureFrame(
            transaction_id=self.ids[begin - self.first : end - self.first],
            sender=_named(history.sender[begin:end], self.accounts),
            receiver=_named(history.receiver[begin:end], self.accounts),
            sender_country=_named(history.sender_country[begin:end], self.countries),
            receiver_country=_named(history.receiver_country[begin:end], self.countries),
            time=history.time[begin:end].copy(),
            amount=history.amount[begin:end].copy(),
            channel=history.channel[begin:end].copy(),
            internal=history.internal[begin:end].copy(),
            mature=history.time[begin:end] + lookahead <= history.as_of,
            names=tuple(feature.name for feature in self.catalogue),
            columns=columns,
            left_out=dict(left_out),
        )


def measured(
    history: History,
    sought: Sequence[Feature | Statistic],
    edge: tuple[int, int] | None = None,
    means: Means | None = None,
) -> tuple[Floats, dict[str, int]]:
    """Compute features or statistics of all rows of a history, or of some, in blocks on threads.

    Return a column each, float64 of shape ``(sought, rows)``, and what their bounds left out.

    >>> from features.statistics import Total
    >>> from features.windows import trailing
    >>> from features.workspace import Lens
    >>> times, senders = np.array([1, 2, 2]), np.array([0, 1, 0], np.int32)
    >>> history = History.of_payments(times, senders, senders[::-1].copy(), np.array([5, 6, 7]), 2)
    >>> measured(history, [Total(Lens("sender", "out"), trailing(10), weighed=True)])[0]
    array([[ 5.,  6., 12.]])
    """
    keep_what_is_freed()
    means, (first, last) = means or Means(), edge or (0, len(history))
    expect(history, first, last)
    columns = np.empty((len(sought), last - first))

    def work(block: Block) -> dict[str, int]:
        turn, (begin, end) = block
        space = Workspace(history, np.arange(begin, end))
        fill(columns[:, begin - first : end - first], space, sought, turn)
        return space.left_out

    # Of few columns, larger blocks take no more memory, and less of what each block costs anew.
    rows = means.block_rows * max(_COLUMNS // max(len(sought), 1), 1)
    blocks = enumerate(
        block_edges(first, last, min(rows, -(-(last - first) // means.threads) or 1))
    )
    with ThreadPoolExecutor(means.threads) as pool:
        return columns, added(pool.map(work, blocks))


def block_edges(first: int, last: int, block_rows: int) -> list[tuple[int, int]]:
    """Cut rows into blocks of about equal size, none larger than asked for.

    >>> block_edges(10, 15, 2)
    [(10, 11), (11, 13), (13, 15)]
    """
    count = -(-(last - first) // block_rows)
    return list(pairwise(first + (last - first) * k // max(count, 1) for k in range(count + 1)))


def stretches(edges: Sequence[Block], blocks: int, threads: int) -> Iterator[Stretch]:
    """Gather consecutive blocks that are computed together: so many, but some for each thread.

    Windows reach over the edges of blocks: what looks at a window event by event does so again for
    each stretch, and less often where there are few.
    """
    count = max(min(blocks, -(-len(edges) // (4 * threads))), 1)
    return (
        Stretch(turn, edges[first : first + count])
        for turn, first in enumerate(range(0, len(edges), count))
    )


def _named(codes: Codes, names: pa.Array) -> pa.Array:
    """Return words for codes, with a dictionary of those words alone."""
    used = np.zeros(len(names) + 1, np.int32)
    used[codes] = 1
    used[-1] = 0  # where -1 points to
    mine = (np.cumsum(used, dtype=np.int32) - 1)[codes]
    indices = pa.array(mine, mask=codes < 0)
    return pa.DictionaryArray.from_arrays(indices, names.take(pa.array(np.flatnonzero(used))))
