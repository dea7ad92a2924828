"""Ours, by the same statistics the catalogue is made of, on two threads."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import fields, replace

import numpy as np

from experiments.benchmarks.data import Payments, from_microseconds
from experiments.benchmarks.outcome import OURS
from experiments.benchmarks.peers.windows import Windowed
from experiments.benchmarks.race import Contestant
from features.dataset import TRANSACTIONS
from features.filters import Known
from features.history import Flow, History, Subject
from features.history.kept import Kept
from features.slices import BLOCK_ROWS, Means, measured
from features.statistics import Distinct, Statistic, Total
from features.statistics.distribution import Moment, MomentKind, Quantile, QuantileKind
from features.windows import Window, trailing
from features.workspace import Floats, Lens, Workspace

THREADS = 2
HOW = f"{THREADS} threads"
SENDER_OUT, RECEIVER_IN = Lens("sender", "out"), Lens("receiver", "in")
LENSES = (SENDER_OUT, RECEIVER_IN)
_SIDES: tuple[Subject, ...] = ("sender", "receiver")
_FLOWS: tuple[Flow, ...] = ("out", "in")
_MOMENTS: tuple[MomentKind, ...] = ("mean", "variance", "skewness", "kurtosis")
_QUANTILES: tuple[QuantileKind, ...] = ("smallest", "median", "largest")


def history_of(payments: Payments) -> History:
    """Take payments as a history in which nothing is known but who paid whom how much when."""
    first, last = (from_microseconds(int(payments.time[at])) for at in (0, -1))
    empty = History.from_table(
        TRANSACTIONS.empty_table(),
        coverage_from=first,
        as_of=last,
        time_precision="second",
        minor_digits=2,
    )
    columns = {part.name: getattr(empty, part.name) for part in fields(empty)}
    unknown = {
        name: np.full(len(payments), False if kept.dtype == np.bool_ else -1, kept.dtype)
        for name, kept in columns.items()
        if isinstance(kept, np.ndarray)
    }
    told = {part.name: getattr(payments, part.name) for part in fields(payments)}
    return replace(empty, **{**unknown, **told})


def anew(history: History) -> History:
    """Return the same rows with nothing made of them yet."""
    return replace(history, kept=Kept())


def in_blocks(
    payments: Payments, work: Callable[[Workspace], list[Floats]]
) -> Callable[[], list[Floats]]:
    """Return how all is computed: as the product does it, in blocks of rows on threads."""
    columns = history_of(payments)

    def run() -> list[Floats]:
        history = anew(columns)
        blocks = np.array_split(np.arange(len(history)), -(-len(history) // BLOCK_ROWS))
        with ThreadPoolExecutor(THREADS) as pool:
            parts = list(pool.map(lambda rows: work(Workspace(history, rows)), blocks))
        return [np.concatenate(columns) for columns in zip(*parts, strict=True)]

    return run


def windows(payments: Payments, width: int) -> Contestant:
    """Count, sum and distinct counterparties of both sides, from columns in time order."""
    window, history = trailing(width), history_of(payments)
    sought = [statistic for lens in LENSES for statistic in _three(lens, window)]

    def run() -> list[Floats]:
        return list(measured(anew(history), sought, means=Means.of(None, THREADS))[0])

    def read(answer: list[Floats]) -> list[Windowed]:
        sides = ((payments.sender, answer[:3]), (payments.receiver, answer[3:]))
        return [Windowed.sorted(account, payments.time, *part) for account, part in sides]

    return Contestant(OURS, HOW, len(payments), run, read)


def _three(lens: Lens, window: Window) -> tuple[Statistic, ...]:
    return Total(lens, window), Total(lens, window, weighed=True), Distinct(lens, window)


def fan_and_degree(payments: Payments, width: int) -> Contestant:
    """Distinct counterparties and payments between known accounts: out of senders, into receivers.

    The answer is fan out, degree out, fan in, degree in, for each payment.
    """
    window = trailing(width)

    def work(space: Workspace) -> list[Floats]:
        return [
            statistic.value(space)
            for lens in LENSES
            for statistic in (Distinct(lens, window), Total(lens, window, Known()))
        ]

    return Contestant(OURS, HOW, len(payments), in_blocks(payments, work))


def vertex_statistics(payments: Payments, width: int) -> Contestant:
    """Eleven statistics of what each of the two accounts sent and received, 44 a payment."""
    window = trailing(width)
    lenses = [Lens(side, flow) for side in _SIDES for flow in _FLOWS]

    def work(space: Workspace) -> list[Floats]:
        return [values for lens in lenses for values in _eleven(space, lens, window)]

    return Contestant(OURS, HOW, len(payments), in_blocks(payments, work))


def _eleven(space: Workspace, lens: Lens, window: Window) -> list[Floats]:
    """Return them in the order of the Graph Feature Preprocessor."""
    accounts = Distinct(lens, window).value(space)
    payments = Total(lens, window).value(space)
    mean, variance, skewness, kurtosis = (
        Moment(lens, window, "amount", kind).value(space) for kind in _MOMENTS
    )
    smallest, median, largest = (
        Quantile(lens, window, "amount", kind).value(space) for kind in _QUANTILES
    )
    each = payments / np.where(accounts > 0, accounts, np.nan)
    money = Total(lens, window, weighed=True).value(space)
    middle = (mean, money, smallest, largest, median)
    return [accounts, payments, each, *middle, variance, skewness, kurtosis]
