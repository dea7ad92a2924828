"""What a model's judgement on a dataset comes to: for a person, and for machines."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

from experiments.evaluation.judgement import Judgement
from experiments.evaluation.means import Mean
from experiments.evaluation.words import lines
from experiments.judging.listing import Cited
from experiments.judging.model import Model
from experiments.judging.scoring import Table
from experiments.judging.span import Judged
from experiments.recording import without_nan

FORMAT = "moneytrail-evaluation"
FORMAT_VERSION = 1
_TIME = "%Y-%m-%d %H:%M:%S"


@dataclass(frozen=True)
class Evaluation:
    """A finished evaluation.

    ``sure`` are metrics with their intervals, ``cited`` what the reasons of candidates of a pattern
    cite. ``looks`` is which look at the test part it was, by digest of the split; empty where none
    of its rows was judged. ``run`` and ``store`` say where it is recorded, if anywhere.
    """

    model: Model
    table: Table
    judged: Judged
    judgement: Judgement
    sure: Mapping[str, Mean]
    cited: tuple[Cited, ...]
    looks: Mapping[str, int]
    run: str | None
    store: str
    out: Path

    def lines(self) -> list[str]:
        """Return the result in a few plain lines."""
        kind = self.model.bundle.ensemble.score_kind
        return [
            f"{self.model.asked} ({kind}, {self.model.bundle.digest[:12]}) on {self.dataset}.",
            f"Rows from {self.judged.start:{_TIME}}, as of {self.judged.as_of:{_TIME}}.",
            *(f"Note: {note}." for note in self.judged.notes),
            *lines(self.judgement),
            *looked(self.looks),
            *([f"Run {self.run} in {self.store}."] if self.run else []),
            f"Open {self.out / 'index.html'} in a browser.",
        ]

    @property
    def dataset(self) -> str:
        """The name of the dataset's folder."""
        return self.table.dataset.path.name

    def intervals(self) -> list[dict[str, Any]]:
        """Return each metric with the interval of draws of whole patterns."""
        return [
            {
                "metric": name,
                "value": mean.mean,
                "low": mean.interval.low,
                "high": mean.interval.high,
            }
            for name, mean in self.sure.items()
        ]

    def plain(self) -> dict[str, Any]:
        """Return everything as plain JSON values."""
        judgement, prefix = self.judgement, f"{self.judgement.part}_"
        manifest = self.table.dataset.manifest
        told = {
            "format": FORMAT,
            "format_version": FORMAT_VERSION,
            "engine_version": version("moneytrail"),
            "model": self.model.plain(),
            "dataset": {
                "name": self.dataset,
                "snapshot_id": manifest.snapshot_id,
                "labels": manifest.labels,
            },
            "rows": {
                **self.judged.plain(),
                "judged": len(self.table.at),
                "labelled": judgement.rows,
                "illicit": judgement.illicit,
                "patterns": judgement.patterns,
            },
            "looks": dict(self.looks),
            "metrics": {
                name.removeprefix(prefix): value for name, value in judgement.headline().items()
            },
            "intervals": self.intervals(),
            "evidence": [asdict(family) for family in self.cited],
            "account_weeks": asdict(judgement.account_weeks),
            "expected_illicit": judgement.expected_illicit,
            "at_capacity": asdict(judgement.capacity),
            "tables": judgement.tables(),
        }
        plain: dict[str, Any] = without_nan(told)
        return plain


def looked(looks: Mapping[str, int]) -> list[str]:
    """Say how often a test part has been looked at.

    >>> looked({"ab": 1}), looked({})
    (['  look 1 at this test part.'], [])
    """
    return [
        f"  look {count} at this test part"
        + ("." if count == 1 else ": the more looks, the more its numbers flatter.")
        for count in looks.values()
    ]
