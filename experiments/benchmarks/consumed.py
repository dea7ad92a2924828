"""Compute all features of a dataset and drop them: ``… .consumed DATASET MEMORY THREADS``."""

import sys
from pathlib import Path

from features.catalogue import CATALOGUE
from features.dataset import Dataset
from features.slices import Means, parse_size, slices


def main(dataset: str, memory: str, threads: str) -> None:
    """Take one frame after the other, as whoever scores does, and keep none."""
    means = Means.of(parse_size(memory), int(threads))
    for _ in slices(Dataset.open(Path(dataset)), CATALOGUE, means=means, tell=_tell):
        pass


def _tell(message: str) -> None:
    sys.stderr.write(f"{message}\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
