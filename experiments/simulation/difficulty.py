"""How much any one column gives away: average precision of each, alone.

``python -m experiments.simulation.difficulty [SEED]`` prints the tables of ``docs/simulator.md``
and draws its picture.
"""

import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from sklearn.metrics import average_precision_score

from experiments.simulation.building import build_world
from experiments.simulation.config import WorldConfig
from experiments.simulation.measures import categories, derived, numbers
from experiments.simulation.picture import draw
from experiments.simulation.rows import Floats, Ints

_TRAIN: Final = 0.6
_BINS: Final = 100
_PRIOR: Final = 20.0


@dataclass(frozen=True)
class Giveaway:
    """What one column reaches alone, read the way that serves it best."""

    column: str
    reading: str
    average_precision: float
    base_rate: float


def dataset_columns(transactions: pa.Table, accounts: pa.Table, labels: pa.Table) -> list[Giveaway]:
    """Measure every column of the dataset, the strongest first."""
    label = row_labels(transactions, labels)
    words = (by_word(n, c, label) for n, c in categories(transactions, accounts).items())
    sizes = _of_numbers(numbers(transactions, accounts), label)
    return _strongest([*words, *sizes])


def derived_columns(transactions: pa.Table, labels: pa.Table) -> list[Giveaway]:
    """Measure simple columns of behaviour, the strongest first."""
    return _strongest(_of_numbers(derived(transactions), row_labels(transactions, labels)))


def row_labels(transactions: pa.Table, labels: pa.Table) -> Ints:
    """Return the label of every transaction, in their order."""
    ids = labels["transaction_id"].to_numpy(zero_copy_only=False).astype(str)
    order = np.argsort(ids)
    wanted = transactions["transaction_id"].to_numpy(zero_copy_only=False).astype(str)
    spots = order[np.searchsorted(ids[order], wanted)]
    return np.asarray(labels["label"].to_numpy()[spots], dtype=np.int64)


def by_word(column: str, codes: Ints, label: Ints, reading: str = "rate by word") -> Giveaway:
    """Score rows of the last 40 % by their word's rate of planted rows in the first 60 %."""
    cut = int(_TRAIN * len(label))
    codes = codes - codes.min()
    size = int(codes.max()) + 1
    rows = np.bincount(codes[:cut], minlength=size)
    hits = np.bincount(codes[:cut], label[:cut], minlength=size)
    rate = (hits + _PRIOR * label[:cut].mean()) / (rows + _PRIOR)
    score, truth = rate[codes[cut:]], label[cut:]
    return Giveaway(column, reading, average_precision(truth, score), float(truth.mean()))


def by_size(column: str, values: Floats, label: Ints) -> Iterable[Giveaway]:
    """Score all rows by a number, both ways up, and by the rate of its hundredth."""
    base = float(label.mean())
    yield Giveaway(column, "high", average_precision(label, values), base)
    yield Giveaway(column, "low", average_precision(label, -values), base)
    edges = np.unique(np.quantile(values, np.linspace(0, 1, _BINS + 1)[1:-1]))
    yield by_word(column, np.searchsorted(edges, values), label, "rate by hundredth")


def average_precision(label: npt.ArrayLike, score: npt.ArrayLike) -> float:
    """Return average precision; rows of equal score count together."""
    return float(average_precision_score(label, score))


def _of_numbers(columns: Mapping[str, Floats], label: Ints) -> list[Giveaway]:
    best = []
    for name, values in columns.items():
        best.append(max(by_size(name, values, label), key=lambda one: one.average_precision))
    return best


def _strongest(found: list[Giveaway]) -> list[Giveaway]:
    return sorted(found, key=lambda one: -one.average_precision)


def as_table(found: Iterable[Giveaway]) -> str:
    """Return measurements as a Markdown table."""
    lines = ["| column | read by | average precision | base rate |", "|---|---|---|---|"]
    lines += [
        f"| {one.column} | {one.reading} | {one.average_precision:.4f} | {one.base_rate:.4f} |"
        for one in found
    ]
    return "\n".join(lines)


def measure(config: WorldConfig, picture: Path) -> str:
    """Measure a world, draw it, and return the tables of the documentation."""
    transactions, accounts, labels = build_world(config)
    draw(transactions, row_labels(transactions, labels), picture)
    columns = as_table(dataset_columns(transactions, accounts, labels))
    return f"{columns}\n\n{as_table(derived_columns(transactions, labels))}\n"


if __name__ == "__main__":
    seed = int(sys.argv[1]) if len(sys.argv) > 1 else 0
    sys.stdout.write(measure(WorldConfig(seed=seed), Path("docs/simulator.svg")))
