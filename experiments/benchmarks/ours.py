"""Ours, by the same statistics the catalogue is made of, on two threads."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from experiments.benchmarks.data import Payments
from experiments.benchmarks.outcome import OURS
from experiments.benchmarks.peers.windows import Windowed
from experiments.benchmarks.race import Contestant
from features.catalogue import Feature
from features.filters import Known
from features.history import Flow, History, Subject
from features.history.kept import Kept
from features.slices import Means, measured
from features.statistics import Distinct, Ratio, Statistic, Total
from features.statistics.distribution import Moment, MomentKind, Quantile, QuantileKind
from features.windows import Window, trailing
from features.workspace import Floats, Lens

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
    return History.of_payments(
        payments.time, payments.sender, payments.receiver, payments.amount, payments.accounts
    )


def anew(history: History) -> History:
    """Return the same rows with nothing made of them yet."""
    return replace(history, kept=Kept())


def computed(
    payments: Payments, sought: Sequence[Feature | Statistic]
) -> Callable[[], list[Floats]]:
    """Return how all is computed: as the product does it, in blocks of rows on threads."""
    history = history_of(payments)
    return lambda: list(measured(anew(history), sought, means=Means.of(None, THREADS))[0])


def windows(payments: Payments, width: int) -> Contestant:
    """Count, sum and distinct counterparties of both sides, from columns in time order."""
    window = trailing(width)
    run = computed(payments, [statistic for lens in LENSES for statistic in _three(lens, window)])

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
    sought: list[Statistic] = []
    for lens in LENSES:
        sought += [Distinct(lens, window), Total(lens, window, Known())]
    return Contestant(OURS, HOW, len(payments), computed(payments, sought))


def vertex_statistics(payments: Payments, width: int) -> Contestant:
    """Eleven statistics of what each of the two accounts sent and received, 44 a payment."""
    lenses = [Lens(side, flow) for side in _SIDES for flow in _FLOWS]
    sought = [statistic for lens in lenses for statistic in _eleven(lens, trailing(width))]
    return Contestant(OURS, HOW, len(payments), computed(payments, sought))


def _eleven(lens: Lens, window: Window) -> tuple[Statistic, ...]:
    """Return them in the order of the Graph Feature Preprocessor."""
    accounts, payments = Distinct(lens, window), Total(lens, window)
    mean, variance, skewness, kurtosis = (Moment(lens, window, "amount", kind) for kind in _MOMENTS)
    smallest, median, largest = (Quantile(lens, window, "amount", kind) for kind in _QUANTILES)
    each, money = Ratio("each", payments, accounts), Total(lens, window, weighed=True)
    middle = (mean, money, smallest, largest, median)
    return accounts, payments, each, *middle, variance, skewness, kurtosis
