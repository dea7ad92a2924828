"""Start as a fresh process does: ``python -m experiments.benchmarks.startup first`` or ``all``."""

import sys

import numpy as np

from experiments.benchmarks.data import with_hubs
from experiments.benchmarks.dataset import history_of_table, table_of
from features.catalogue import CATALOGUE
from features.workspace import Workspace

_ROWS, _ACCOUNTS, _DAYS = 300, 20, 90


def main(wanted: str) -> None:
    """Compute the first feature, or the value and the evidence of all, of a few payments."""
    history = history_of_table(table_of(with_hubs(_ROWS, _ACCOUNTS, _DAYS)))
    features = CATALOGUE if wanted == "all" else CATALOGUE[:1]
    space = Workspace(history, np.arange(len(history)))
    for feature in features:
        feature.value(space)
        if wanted == "all":
            feature.evidence(space, len(history) - 1)


if __name__ == "__main__":
    main(sys.argv[1])
