"""Where to cut a ranking: the threshold that gives the best F1, chosen on validation rows."""

import numpy as np

from engine.arrays import Flags, Floats
from experiments.evaluation.ranking import rank


def best_threshold(score: Floats, illicit: Flags) -> float:
    """Return the score from which on flagging gives the highest F1; of equals, the highest.

    Without an illicit row nothing is flagged: infinity.

    >>> best_threshold(np.array([0.9, 0.8, 0.7, 0.1]), np.array([True, False, True, False]))
    0.7
    """
    ranking = rank(score)
    found, seen = ranking.cumulated(illicit)
    if not len(found) or found[-1] == 0:
        return float("inf")
    best = int(np.argmax(2 * found / (seen + found[-1])))
    return float(score[ranking.order[ranking.ends[best] - 1]])
