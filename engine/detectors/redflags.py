"""Red flags: how few payments of accounts as active lie as far out, on the side that is suspicious.

Of each theme (what is measured, and of whom) only the most surprising feature counts, so that
many near-copies do not drown what is rare (the least of several tail probabilities: Tippett
1931), and the themes' surprises, ``-log`` of the tail probability, add up (Fisher 1932). What
is compared are payments of accounts with about as many payments in four weeks: a busy shop is
like other busy shops, and accounts are to be judged by what is usual for their kind (FINTRAC,
ML/TF indicators: financial entities, § 3).
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from functools import cached_property
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray

from engine.arrays import Arrays, Floats, Integers, columns_of
from engine.detectors.knowledge import Knowledge
from engine.detectors.rows import column_means
from features.kernels.compile import kernel


@kernel
def classes(X: Floats, columns: Integers, cuts: Floats) -> Integers:
    """Return how many of ``cuts`` each row's sum over ``columns`` reaches; unknown counts as 0.

    ``X`` is (features, rows).
    """
    found, total = np.zeros(X.shape[1], np.int64), np.zeros(X.shape[1])
    for j in columns:
        for i in range(len(total)):
            if X[j, i] > 0.0:
                total[i] += X[j, i]
    for cut in cuts:
        for i in range(len(total)):
            found[i] += 1 if total[i] >= cut else 0
    return found


@kernel
def surprise_at(x: float, first: int, last: int, knots: Floats, surprise: Floats) -> float:
    """Return the surprise of the highest knot that ``x`` reaches; it reaches the first.

    Beyond the last knot, which is the largest value in the reference, the probability is that of
    half a row. From the bottom up, because most values are ordinary.
    """
    k = first
    while k + 1 < last and knots[k + 1] <= x:
        k += 1
    beyond = k + 1 == last and x > knots[k]
    return float(surprise[k] + 0.6931471805599453 if beyond else surprise[k])


@kernel
def knot_scores(x: Floats, knots: Floats, surprise: Floats, scores: Floats) -> None:
    """Fill ``scores`` with what `surprise_at` says of each value, 0 where it reaches no knot.

    All values are compared with one knot after another: no branch to predict, and one instruction
    serves several values.
    """
    scores[:] = 0.0
    for k in range(len(knots)):
        knot, told = knots[k], surprise[k]
        for i in range(len(x)):
            scores[i] = told if x[i] >= knot else scores[i]
    if len(knots):
        last, beyond = knots[len(knots) - 1], surprise[len(knots) - 1] + 0.6931471805599453
        for i in range(len(x)):
            scores[i] = beyond if x[i] > last else scores[i]


@kernel
def raise_greatest(
    X: Floats,
    group: Integers,
    chosen: Integers,
    column: Integers,
    sign: Floats,
    place: Integers,
    base: Integers,
    starts: Integers,
    knots: Floats,
    surprise: Floats,
    greatest: Floats,
) -> None:
    """Raise ``greatest`` (themes, rows) to the surprises of the ``chosen`` features.

    ``group`` is each row's class. Rows of one class have the same knots: they are brought
    together, 256 at a time; what stands beyond the last of them serves nobody.
    """
    most = 0
    for k in group:
        most = max(most, k)
    ends = np.zeros(most + 2, np.int64)
    for k in group:
        ends[k + 1] += 1
    ends, order = np.cumsum(ends), np.empty(len(group), np.int64)
    free = ends.copy()
    for i in range(len(group)):
        order[free[group[i]]] = i
        free[group[i]] += 1
    x, scores = np.zeros(256), np.empty(256)
    for k in range(len(ends) - 1):
        for first in range(ends[k], ends[k + 1], 256):
            rows = order[first : min(first + 256, ends[k + 1])]
            whole = (len(rows) + 31) // 32 * 32
            for c in chosen:
                values, way, best = X[column[c]], sign[c], greatest[place[c]]
                own = slice(starts[base[c] + k], starts[base[c] + k + 1])
                for i in range(len(rows)):
                    x[i] = way * values[rows[i]]
                knot_scores(x[:whole], knots[own], surprise[own], scores[:whole])
                for i in range(len(rows)):
                    best[rows[i]] = max(best[rows[i]], scores[i])


@kernel
def theme_sums(
    X: Floats,
    group: Integers,
    column: Integers,
    sign: Floats,
    theme: Integers,
    side: Integers,
    base: Integers,
    starts: Integers,
    knots: Floats,
    surprise: Floats,
) -> Floats:
    """Return each row's greatest surprise of each theme, added up in the themes' order.

    ``X`` is (features, rows); ``group`` holds three classes a row: of the sender, the receiver,
    and both. NaN reaches no knot and does not surprise.
    """
    place = np.zeros(len(column), np.int64)
    for c in range(1, len(column)):
        place[c] = place[c - 1] + (1 if theme[c] != theme[c - 1] else 0)
    sums = np.zeros(X.shape[1])
    greatest = np.zeros((1 + place[-1] if len(place) else 0, len(sums)))
    for about in range(3):
        alike, chosen = group[about::3].copy(), np.flatnonzero(side == about)
        told = (column, sign, place, base, starts, knots, surprise)
        raise_greatest(X, alike, chosen, *told, greatest)
    for t in range(len(greatest)):
        for i in range(len(sums)):
            sums[i] += greatest[t, i]
    return sums


@kernel
def theme_parts(
    X: Floats,
    least: Floats,
    group: Integers,
    column: Integers,
    sign: Floats,
    theme: Integers,
    side: Integers,
    base: Integers,
    starts: Integers,
    knots: Floats,
    surprise: Floats,
) -> Floats:
    """Return the same by feature: a theme's surprise stands at its first most surprising one.

    ``least`` is what surprises at all: most values do not, and neither does NaN.
    """
    parts = np.zeros(X.shape)
    for i in range(len(X)):
        best, greatest = -1, 0.0
        for c in range(len(column)):
            if c > 0 and theme[c] != theme[c - 1]:
                if best >= 0:
                    parts[i, column[best]] = greatest
                best, greatest = -1, 0.0
            cell = base[c] + group[3 * i + side[c]]
            x = sign[c] * X[i, column[c]]
            if x >= least[cell]:
                told = surprise_at(x, starts[cell], starts[cell + 1], knots, surprise)
                if told > greatest:
                    best, greatest = c, told
        if best >= 0:
            parts[i, column[best]] = greatest
    return parts


@dataclass(frozen=True)
class RedFlags:
    """The tails of the features that speak, each within the classes of activity.

    ``column``, ``sign``, ``theme``, ``side``: see `Knowledge`; a class is how many of the cuts
    an account's activity reaches, for a payment as such the classes of both accounts, halved.
    The knots of feature c in class k are ``starts[base[c] + k]:starts[base[c] + k + 1]``, in
    rising order of suspicion, none where no reference row is of the class. ``usual`` is each
    feature's mean over the training rows.
    """

    name: ClassVar[str] = "redflags"
    reads_features: ClassVar[bool] = True

    column: Integers
    sign: Floats
    theme: Integers
    side: Integers
    sender: Integers
    receiver: Integers
    sender_cuts: Floats
    receiver_cuts: Floats
    base: Integers
    starts: Integers
    knots: Floats
    surprise: Floats
    usual: Floats

    @classmethod
    def of(cls, X: Floats, known: Knowledge, count: int) -> Self:
        """Freeze the tails of rows of features, in ``count`` classes of activity."""
        cuts = [_cuts(X, columns, count) for columns in (known.sender, known.receiver)]
        group = _groups(columns_of(X), known.sender, known.receiver, *cuts)
        sent, received = (len(each) for each in cuts)
        sizes = (sent + 1, received + 1, (sent // 2 + 1) * (received // 2 + 1))
        cells, base = [], [0]
        for column, sign, side in zip(known.column, known.sign, known.side, strict=True):
            values = sign * X[:, column]
            cells += [_tail(values[group[:, side] == k]) for k in range(sizes[side])]
            base.append(len(cells))
        starts = np.cumsum([0, *(len(knots) for knots, _ in cells)]).astype(np.int64)
        new = cls(
            **{each.name: getattr(known, each.name) for each in fields(Knowledge)},
            sender_cuts=cuts[0],
            receiver_cuts=cuts[1],
            base=np.array(base[:-1], np.int64),
            starts=starts,
            knots=np.concatenate([np.empty(0), *(knots for knots, _ in cells)]),
            surprise=np.concatenate([np.empty(0), *(surprise for _, surprise in cells)]),
            usual=np.zeros(X.shape[1]),
        )
        return replace(new, usual=column_means(new._parts(X)))

    def score(self, X: Floats) -> Floats:
        """Return the sum of the themes' greatest surprises, row by row."""
        columns = columns_of(X)
        return theme_sums(columns, *self._told(columns))

    def attribute(self, X: Floats) -> tuple[float, Floats]:
        """Return the mean score of the training rows and what each feature adds to it."""
        return float(self.usual.sum()), self._parts(X) - self.usual

    def _parts(self, X: Floats) -> Floats:
        return theme_parts(np.ascontiguousarray(X), self._least, *self._told(columns_of(X)))

    def _told(self, columns: Floats) -> tuple[Any, ...]:
        cuts = (self.sender_cuts, self.receiver_cuts)
        group = _groups(columns, self.sender, self.receiver, *cuts)
        tails = (self.base, self.starts, self.knots, self.surprise)
        return (group.ravel(), self.column, self.sign, self.theme, self.side, *tails)

    @cached_property
    def _least(self) -> Floats:
        """Return each cell's first knot; where it has none, nothing reaches it."""
        never = np.append(self.knots, np.inf)[self.starts[:-1].clip(max=len(self.knots))]
        return np.where(np.diff(self.starts) > 0, never, np.inf)

    def arrays(self) -> Arrays:
        """Return the frozen state."""
        return {each.name: getattr(self, each.name) for each in fields(self)}

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[np.generic]]) -> Self:
        """Take the frozen state back."""
        kinds = {
            each.name: np.int64 if each.type == Integers else np.float64 for each in fields(cls)
        }
        own: dict[str, Any] = {name: arrays[name].astype(kind) for name, kind in kinds.items()}
        return cls(**own)


def _cuts(X: Floats, columns: Integers, count: int) -> Floats:
    """Return where accounts' activity is cut into classes with about equally many payments."""
    activity = np.nan_to_num(X[:, columns]).sum(axis=1)
    cuts: Floats = np.unique(np.quantile(activity, np.arange(1, count) / count))
    above: Floats = cuts[cuts > activity.min(initial=np.inf)]
    return above


def _groups(
    X: Floats, sender: Integers, receiver: Integers, sender_cuts: Floats, receiver_cuts: Floats
) -> Integers:
    """Return the classes of sender, receiver, and both: (rows, 3); ``X`` is (features, rows)."""
    sent, received = classes(X, sender, sender_cuts), classes(X, receiver, receiver_cuts)
    both = sent // 2 * (len(receiver_cuts) // 2 + 1) + received // 2
    return np.column_stack([sent, received, both])


def _tail(values: Floats) -> tuple[Floats, Floats]:
    """Return the knots of the upper half of the known values, and the surprise at each.

    Knots stand at ranks from the top that grow by a factor: the ends of a tail matter most.
    """
    known = np.sort(values[~np.isnan(values)])
    if not len(known):
        return known, known
    steps = np.unique((2.0 ** np.arange(0.0, np.log2(len(known)) + 0.01, 0.5)).astype(np.int64))
    knots = np.unique(known[len(known) - steps.clip(1, len(known))])
    share = 1.0 - np.searchsorted(known, knots, "left") / len(known)
    rare = share <= 0.5  # noqa: PLR2004
    return knots[rare], -np.log(share[rare])
