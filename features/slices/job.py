"""One run over a dataset: its slices, and each slice's features in one go or in passes."""

from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from datetime import datetime

import numpy as np

from features.catalogue.feature import Feature
from features.dataset import Dataset
from features.history import History, to_microseconds
from features.slices.blocks import Block, Piece, Share, Stretch, stretches
from features.slices.frame import Floats
from features.slices.memory import Buffers, give_back
from features.slices.needs import Needs
from features.slices.passes import Pass
from features.slices.planning import BLOCKS, Means, Reach, Span, plan
from features.slices.scratch import Scratch
from features.slices.suspicion import BYTES
from features.slices.tape import Tape
from features.slices.tight import Tight
from features.statistics.patterns.swept import expect

_WORTH_GIVING_BACK = 100_000  # rows: of fewer, looking for what is free takes longer than they do
_REREAD = 1.5  # how often rows may be looked at anew before passes over longer slices cost less


@dataclass(frozen=True)
class Cuts:
    """Slices of parts, and how many blocks are computed together; ``tight``, where in passes."""

    slices: list[list[Span]]
    blocks: int
    tight: Tight | None = None


@dataclass(frozen=True)
class Job:
    """What is computed from what, with what means."""

    dataset: Dataset
    catalogue: tuple[Feature, ...]
    as_of: datetime
    means: Means
    tape: Tape

    def planned(self, span: Span, tell: Callable[[str], None]) -> Cuts:
        """Cut a stretch of time; in passes where slices of all features would be too short."""
        said: list[str] = []
        given = (self.dataset, span, self.as_of, self.catalogue, self.means)
        found = plan(*given, suspicion=self.tape.suspicion, tell=said.append)
        if found.reread <= _REREAD and not said:
            return Cuts(found.slices, found.blocks)
        suspicion = self.tape.suspicion
        needs = Needs.recorded(self.dataset, self.catalogue, self.as_of, suspicion)
        beside = 0 if suspicion is None else BYTES
        tight = Tight(self.dataset, self.as_of, self.catalogue, self.means, needs, beside)
        return Cuts(tight.planned(span, tell), BLOCKS[-1], tight)

    def piece(self, cut: Sequence[Span], buffers: Buffers, pool: Executor) -> Piece:
        """Read a slice, and all that its features look at."""
        reach = Reach.of(self.catalogue)
        start, stop = cut[0].start, cut[-1].stop
        history = self.tape.history(*reach.around(start, stop, self.as_of), pool)
        ids = self.dataset.read(["transaction_id"], start, stop)
        piece = Piece.of(history, ids, self.tape.coder, start, self.catalogue, buffers)
        expect(history, *piece.rows(start, stop))
        return piece

    def passed(
        self,
        cut: Sequence[Span],
        piece: Piece,
        blocks: Sequence[Block],
        tight: Tight,
        scratch: Scratch,
        pool: Executor,
    ) -> Piece:
        """Compute all features of a slice but those of the last pass: the frames' own."""
        give_back_after(self.dataset)
        *earlier, last = tight.passes(cut, piece.history.accounts)
        for each in earlier:
            share = self._share(each, cut, piece.history)
            together = max(min(BLOCKS[0], len(self.catalogue) // len(each.features)), 1)
            size = self.means.block_rows * together * len(each.features)
            work = _Work(share, self.catalogue, scratch, Buffers(size))
            list(pool.map(work, stretches(blocks, together, self.means.threads)))
            del share, work
            give_back_after(self.dataset)
        return replace(piece, share=self._share(last, cut, piece.history), scratch=scratch)

    def _share(self, each: Pass, cut: Sequence[Span], history: History) -> Share:
        start, stop = each.reach.around(cut[0].start, cut[-1].stop, self.as_of)
        before = int(np.searchsorted(history.time, to_microseconds(start)))
        part = self.tape.part(start, stop)
        span = (to_microseconds(cut[0].start), to_microseconds(cut[-1].stop))
        expect(part, *map(int, np.searchsorted(part.time, span)))
        return Share(part, before, each.features)


def give_back_after(dataset: Dataset) -> None:
    """Give the system what is free by now, where a dataset is large enough to be worth it."""
    if dataset.manifest.rows["transactions"] >= _WORTH_GIVING_BACK:
        give_back()


@dataclass(frozen=True)
class _Work:
    """Compute the features of a pass for some blocks, and keep them on disk."""

    share: Share
    catalogue: tuple[Feature, ...]
    scratch: Scratch
    buffers: Buffers

    def __call__(self, stretch: Stretch) -> None:
        """Do it."""
        begin, end = stretch.rows
        columns: Floats = self.buffers.take(len(self.share.features), end - begin)
        left_out = self.share.fill(columns, self.catalogue, stretch)
        self.scratch.write(self.share.features, begin, columns, left_out)
