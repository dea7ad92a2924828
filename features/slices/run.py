"""From a dataset to the feature frame, one slice of time at a time, its blocks on threads."""

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from datetime import datetime
from functools import partial
from itertools import chain
from typing import TypeVar

import pyarrow as pa

from features.catalogue.feature import Feature
from features.dataset import Dataset
from features.errors import InputError
from features.history import COLUMNS, History
from features.history.coding import Coder
from features.slices.blocks import Piece, Stretch, block_edges, measured, stretches
from features.slices.frame import FeatureFrame, join
from features.slices.job import Job, give_back_after
from features.slices.memory import Buffers, keep_little_of_what_is_freed, keep_what_is_freed
from features.slices.planning import TICK, Means, Reach, Span
from features.slices.scratch import Scratch
from features.slices.suspicion import Suspicion, rows_before
from features.slices.tape import Tape

Tell = Callable[[str], None]
_Result = TypeVar("_Result")


def silent(_: str) -> None:
    """Say nothing."""


def frame_from_table(
    table: pa.Table,
    catalogue: Sequence[Feature],
    *,
    coverage_from: datetime,
    as_of: datetime,
    time_precision: str,
    minor_digits: int,
    start: datetime | None = None,
    stop: datetime | None = None,
    means: Means | None = None,
) -> FeatureFrame:
    """Compute features of the rows of ``table`` in ``[start, stop)`` from all of its rows.

    ``table`` has the dataset's columns, in time order, and no row after ``as_of``.
    """
    coder = Coder()
    history = History.of(
        coder.rows(table),
        coder,
        coverage_from=coverage_from,
        as_of=as_of,
        time_precision=time_precision,
        minor_digits=minor_digits,
    )
    piece = Piece.of(history, table, coder, None, catalogue, Buffers())
    edge = piece.rows(start, stop)
    return piece.named(edge, *measured(history, catalogue, edge, means))


def slices(
    dataset: Dataset,
    catalogue: Sequence[Feature],
    start: datetime | None = None,
    stop: datetime | None = None,
    as_of: datetime | None = None,
    means: Means | None = None,
    *,
    suspicion: Suspicion | None = None,
    tell: Tell = silent,
) -> Iterator[FeatureFrame]:
    """Yield the features of the rows in ``[start, stop)``, in frames of a block of rows each.

    As much is read at a time as ``means`` allow; neither they nor the cuts change any value. A
    frame's memory is used again once nothing refers to it.
    """
    given = (start, stop, as_of, means)
    return used(dataset, catalogue, lambda frame, _: frame, *given, suspicion=suspicion, tell=tell)


def used(
    dataset: Dataset,
    catalogue: Sequence[Feature],
    use: Callable[[FeatureFrame, int], _Result],
    start: datetime | None = None,
    stop: datetime | None = None,
    as_of: datetime | None = None,
    means: Means | None = None,
    *,
    suspicion: Suspicion | None = None,
    tell: Tell = silent,
) -> Iterator[_Result]:
    """Yield what ``use`` makes of each frame and its number, in order.

    ``use`` runs on the thread that computed the frame, beside others. Which frames there are
    depends on the dataset, the range and the rows of a block, and not on memory or threads.
    """
    as_of = dataset.manifest.coverage_to if as_of is None else as_of
    begin = dataset.manifest.coverage_from if start is None else start
    end = as_of + TICK if stop is None else min(stop, as_of + TICK)
    tape = Tape(dataset, as_of, suspicion)
    job = Job(dataset, tuple(catalogue), as_of, means or Means(), tape)
    try:
        yield from _in_slices(job, Span(begin, end), use, tell)
    finally:
        del tape, job
        give_back_after(dataset)  # to the next run it would look like memory in use


def _in_slices(
    job: Job, span: Span, use: Callable[[FeatureFrame, int], _Result], tell: Tell
) -> Iterator[_Result]:
    cuts, number = job.planned(span, tell), 0
    size = cuts.blocks * job.means.block_rows * len(job.catalogue)
    buffers = Buffers(size)
    (keep_little_of_what_is_freed if cuts.tight else keep_what_is_freed)()
    with ThreadPoolExecutor(job.means.threads) as pool:
        for cut in cuts.slices:
            if cuts.tight:  # nothing of the slice before may be there while this one is read
                buffers = Buffers(size)
                give_back_after(job.dataset)
            with Scratch() as scratch:
                piece = job.piece(cut, buffers, pool)
                rows = [piece.rows(each.start, each.stop) for each in cut]
                edges = [e for each in rows for e in block_edges(*each, job.means.block_rows)]
                blocks = list(enumerate(edges, number))
                number += len(edges)
                if cuts.tight:
                    piece = job.passed(cut, piece, blocks, cuts.tight, scratch, pool)
                tasks: deque[Callable[[], list[_Result]]] = deque(
                    partial(_use, use, piece, stretch)
                    for stretch in stretches(blocks, cuts.blocks, job.means.threads)
                )
                del piece
                results: Iterator[list[_Result]] = _in_order(pool, tasks, job.means.threads)
                yield from chain.from_iterable(results)


def _use(
    use: Callable[[FeatureFrame, int], _Result], piece: Piece, stretch: Stretch
) -> list[_Result]:
    frames = piece.frames(stretch)
    return [use(frame, number) for frame, (number, _) in zip(frames, stretch.blocks, strict=True)]


def _in_order(pool: Executor, tasks: deque[Callable[[], _Result]], ahead: int) -> Iterator[_Result]:
    """Run tasks on threads, so many ahead of whoever takes their results."""
    running: deque[Future[_Result]] = deque()
    try:
        while tasks or running:
            while tasks and len(running) < ahead:
                running.append(pool.submit(tasks.popleft()))
            yield running.popleft().result()
    finally:
        for task in running:
            task.cancel()


def compute_frame(
    dataset: Dataset,
    catalogue: Sequence[Feature],
    start: datetime | None = None,
    stop: datetime | None = None,
    as_of: datetime | None = None,
    means: Means | None = None,
    *,
    suspicion: Suspicion | None = None,
) -> FeatureFrame:
    """Compute the whole frame of ``[start, stop)`` as of an instant (the dataset's last)."""
    asked = (start, stop, as_of, means)
    return join(list(slices(dataset, catalogue, *asked, suspicion=suspicion)), catalogue)


def slice_table(
    dataset: Dataset,
    reach: Reach,
    start: datetime,
    stop: datetime,
    as_of: datetime,
    *,
    whole: bool = False,
    suspicion: Suspicion | None = None,
) -> pa.Table:
    """Read the rows that features of ``[start, stop)`` can depend on, and no others.

    ``whole``: with all of their columns. With ``suspicion`` it is a column beside them.
    """
    begin, end = reach.around(start, stop, as_of)
    table = dataset.read(None if whole else COLUMNS, begin, end)
    return table if suspicion is None else suspicion.beside(table, rows_before(dataset, begin))


def settle(
    dataset: Dataset,
    start: datetime | None = None,
    stop: datetime | None = None,
    as_of: datetime | None = None,
) -> tuple[datetime, datetime, datetime]:
    """Settle what a range leaves open: from the coverage's begin, to and as of its last instant.

    Raises
    ------
    InputError
        If as-of lies outside the coverage, or nothing lies between start and stop.
    """
    first, last = dataset.manifest.coverage_from, dataset.manifest.coverage_to
    as_of = last if as_of is None else as_of
    if not first <= as_of <= last:
        span = f"{first.isoformat()} to {last.isoformat()}"
        raise InputError(f"as-of {as_of.isoformat()} is outside the dataset's coverage, {span}")
    start = first if start is None else start
    stop = as_of + TICK if stop is None else min(stop, as_of + TICK)
    if start >= stop:
        raise InputError(f"nothing lies between {start.isoformat()} and {stop.isoformat()}")
    return start, stop, as_of
