"""What honest accounts score in a week, measured on the part of the split that is set aside.

A row scores otherwise once it is known what happened to its money next, and a run has rows of both
kinds. So the part is scored twice, as of its end and as of the time when nothing of it can change
any more, and the higher of the two scores counts. The second look sees later payments, never their
labels; of the test part it takes nothing else.
"""

from dataclasses import replace

import numpy as np

from engine.arrays import Flags, Floats, Integers
from engine.conformal import Block, account_weeks
from engine.ensemble import Ensemble
from experiments.preparation import PartRows, Preparation
from experiments.rows import micros
from experiments.split import ASIDE, WEEK, Split
from features.slices import Reach

NO_BLOCK = "no weeks were set aside to learn what honest accounts score: `score --fdr` will refuse"


def honest_block(prepared: Preparation, ensemble: Ensemble) -> Block | None:
    """Score the accounts' weeks of the part set aside; None where there is no such part.

    Those with a row that was known to be illicit at the end of the part are left out. Weeks are
    counted from the beginning of the part; as in a list of candidates, the highest of its
    evaluated rows speaks for an account.
    """
    if ASIDE not in prepared.split:
        return None
    part, rows, later = prepared.split[ASIDE], prepared.judged(ASIDE), _settled(prepared)
    number = _numbers(prepared, rows)
    count = int(number.max(initial=-1)) + 1
    best = highest(number, ensemble.score(rows.X).score, count)
    if later is not prepared:
        again = later.judged(ASIDE)
        high = highest(_numbers(prepared, again), ensemble.score(again.X).score, count)
        best = np.maximum(best, high)
    illicit, unlabelled = (touched(number, rows.label == label, count) for label in (1, -1))
    return Block.of(
        best[~illicit],
        {
            "start": part.start.isoformat(),
            "stop": part.stop.isoformat(),
            "seen_until": later.split[ASIDE].as_of.isoformat(),
            "weeks": (micros(part.stop) - micros(part.start)) // WEEK,
            "left_out": int(illicit.sum()),
            "without_label": int((unlabelled & ~illicit).sum()),
            "labels": _labels(prepared),
        },
    )


def _settled(prepared: Preparation) -> Preparation:
    """Let the part set aside be seen as of when its leading values are known."""
    ahead = Reach.of(prepared.catalogue).lookahead
    if not ahead:
        return prepared
    split, last = prepared.split, prepared.split["test"].as_of
    parts = tuple(
        replace(part, as_of=max(part.as_of, min(part.stop + ahead, last)))
        if part.name == ASIDE
        else part
        for part in split.parts
    )
    return replace(prepared, split=Split(parts, split.digest))


def _numbers(prepared: Preparation, part: PartRows) -> Integers:
    """Number the account-weeks of a part's rows: those of the senders, those of the receivers."""
    rows, begin = prepared.rows, micros(prepared.split[ASIDE].start)
    sides = rows.time[part.at], rows.sender[part.at], rows.receiver[part.at]
    return np.stack(account_weeks(*sides, begin, WEEK))


def highest(number: Integers, score: Floats, count: int) -> Floats:
    """Return the highest score of each account-week.

    >>> highest(np.array([[0, 1, 0], [1, -1, 2]]), np.array([0.5, 0.9, 0.2]), 3).tolist()
    [0.5, 0.9, 0.2]
    """
    order = np.argsort(score, kind="stable")
    best = np.empty(count + 1)  # the last entry stands for the world outside
    rising = number[:, order]
    best[rising.T.ravel()] = np.repeat(score[order], len(number))  # the last one written stays
    return best[:count]


def touched(number: Integers, rows: Flags, count: int) -> Flags:
    """Return which account-weeks have one of some rows.

    >>> touched(np.array([[0, 1], [-1, 0]]), np.array([False, True]), 2).tolist()
    [True, True]
    """
    touched = np.zeros(count + 1, np.bool_)
    touched[number[:, rows]] = True
    return touched[:count]


def _labels(prepared: Preparation) -> str:
    """Say how much is known of the labels: the dataset's word, or that they are not used."""
    told = prepared.dataset.manifest.labels
    return "ignored" if prepared.config.labels == "ignore" and told != "none" else told
