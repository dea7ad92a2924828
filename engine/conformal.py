"""How often an honest account scores as high in a week: conformal p-values, and lists from them.

A block of time that nothing else used gives the scores of accounts in a week that are not known to
be illicit. The p-value of a score is the share of these that are as high, itself counted with them
(Bates, Candes, Lei, Romano and Sesia, "Testing for outliers with conformal p-values", 2023). The
list is that of Benjamini and Hochberg over all account-weeks of a run (Jin and Candes, "Selection
by prediction with conformal p-values", 2023).

A payment counts for both of its sides, so scores come in twos: one odd payment puts two accounts on
a list. What is exchangeable is therefore the pair, and a score is counted with its twin: two, where
a score of its own would count one.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from math import ceil, inf
from typing import Any, Self

import numpy as np
from scipy.stats import false_discovery_control

from engine.arrays import Arrays, Flags, Floats, Integers

_SCORES = "scores"
_SIDES = 2
_ROUNDING = 1e-12


@dataclass(frozen=True)
class Block:
    """What honest account-weeks score: a sorted array, and where it comes from.

    ``facts`` are plain values: ``start``, ``stop`` and ``weeks`` of the block, ``seen_until`` when,
    how many ``account_weeks`` there are and how many were ``left_out`` as known to be illicit, and
    what is known of them: ``labels`` (the dataset's completeness, or "ignored") and how many have
    rows ``without_label``.
    """

    scores: Floats
    facts: Mapping[str, Any]

    @classmethod
    def of(cls, scores: Floats, facts: Mapping[str, Any]) -> Self:
        """Sort the scores of honest account-weeks."""
        return cls(np.sort(scores), {**facts, "account_weeks": len(scores)})

    @classmethod
    def from_arrays(cls, arrays: Arrays, facts: Mapping[str, Any]) -> Self:
        """Take what a bundle keeps.

        Raises
        ------
        KeyError, ValueError
            If the array is missing or not what the facts say.
        """
        scores = np.asarray(arrays[_SCORES], np.float64)
        if scores.ndim != 1 or len(scores) != facts["account_weeks"] or (np.diff(scores) < 0).any():
            raise ValueError("the scores of honest account-weeks are not as described")
        return cls(scores, facts)

    def arrays(self) -> Arrays:
        """Return what a bundle keeps."""
        return {_SCORES: self.scores}

    @property
    def smallest(self) -> float:
        """The smallest p-value there can be."""
        return _SIDES / (len(self.scores) + _SIDES)

    def p_values(self, scores: Floats) -> Floats:
        """Return each score's p-value; equal scores count as higher.

        >>> block = Block.of(np.array([0.1, 0.1, 0.2, 0.2, 0.2, 0.3, 0.8, 0.9]), {})
        >>> block.p_values(np.array([0.95, 0.9, 0.2, 0.0])).tolist()
        [0.2, 0.3, 0.8, 1.0]
        """
        below = np.searchsorted(self.scores, scores, side="left")
        p: Floats = (_SIDES + len(self.scores) - below) / (len(self.scores) + _SIDES)
        return p


def as_high(p_value: float, account_weeks: int) -> int:
    """Return how many of a block of so many score as high as what has this p-value.

    >>> as_high(0.3, 8)
    1
    """
    return round(p_value * (account_weeks + _SIDES)) - _SIDES


@dataclass(frozen=True)
class Discovery:
    """The list whose expected share of false candidates is at most ``rate``: a least score.

    ``threshold`` is the lowest score listed, None where there is none to list. ``above`` account-
    weeks of the run beat every one of the block; ``needed`` would have to for a list to begin
    there, or the block would have to have ``enough`` (None: none is above). ``upper_half`` is the
    share that scores in the upper half of the block: about a half where the run is like the block.
    """

    rate: float
    account_weeks: int
    listed: int
    threshold: float | None
    above: int
    needed: int
    enough: int | None
    upper_half: float

    @property
    def least(self) -> float:
        """The score from which account-weeks are listed."""
        return inf if self.threshold is None else self.threshold

    def plain(self) -> dict[str, float | int | None]:
        """Return it as plain values."""
        return asdict(self)


def discover(block: Block, scores: Floats, rate: float) -> Discovery:
    """Choose account-weeks of a run by Benjamini and Hochberg's procedure at ``rate``.

    >>> block = Block.of(np.arange(98) / 100, {})
    >>> found = discover(block, np.array([0.995, 0.992, 0.5, 0.1]), 0.1)
    >>> found.listed, found.threshold, found.needed
    (2, 0.992, 1)
    """
    p = block.p_values(scores)
    chosen: Flags = np.zeros(0, np.bool_)
    if len(p):
        chosen = false_discovery_control(p) <= rate * (1 + _ROUNDING)
    above = int((p == block.smallest).sum())
    return Discovery(
        rate=rate,
        account_weeks=len(scores),
        listed=int(chosen.sum()),
        threshold=float(scores[chosen].min()) if chosen.any() else None,
        above=above,
        needed=_up(len(scores) * block.smallest / rate),
        enough=_up(_SIDES * len(scores) / (rate * above)) - _SIDES if above else None,
        upper_half=float((p <= 1 / 2).mean()) if len(p) else 0.0,
    )


def least_block(rate: float) -> int:
    """Return how many honest account-weeks there must be for any list at a rate.

    >>> least_block(0.1), Block.of(np.zeros(18), {}).smallest
    (18, 0.1)
    """
    return _up(_SIDES / rate) - _SIDES


def _up(value: float) -> int:
    """Round up, but for what float rounding added."""
    return ceil(value * (1 - _ROUNDING))


def account_weeks(
    time: Integers, sender: Integers, receiver: Integers, begin: int, width: int
) -> tuple[Integers, Integers]:
    """Number the accounts' weeks that rows fall into, counted from ``begin``.

    Returns each row's number as its sender's and as its receiver's, -1 for the world outside.

    >>> account_weeks(np.array([0, 6, 7]), np.array([0, 1, 0]), np.array([1, -1, 0]), 0, 7)
    (array([0, 1, 2]), array([ 1, -1,  2]))
    """
    account = np.concatenate([sender, receiver]).astype(np.int64)
    week = np.tile((time - begin) // width, 2)
    known = account >= 0
    number = np.full(len(account), -1, np.int64)
    if known.any():
        keys = week[known] * (account.max() + 1) + account[known]
        number[known] = np.unique(keys, return_inverse=True)[1]
    return number[: len(time)], number[len(time) :]
