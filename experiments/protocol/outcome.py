"""What a protocol comes to: for a person, and for machines."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from importlib.metadata import version
from math import isnan
from pathlib import Path
from typing import Any

from experiments.evaluation.judgement import Judgement
from experiments.evaluation.means import Mean
from experiments.evaluation.truth import CHANCE
from experiments.protocol.contest import OURS
from experiments.protocol.cuts import Cut
from experiments.protocol.entrant import Entrant
from experiments.protocol.misses import FalseAlarms, Group
from experiments.protocol.plan import Mode, Plan
from experiments.protocol.subsets import ALL
from experiments.protocol.unlabelled import TOGETHER
from experiments.recording import without_nan
from experiments.split import Split
from features.dataset import Manifest

FORMAT = "moneytrail-protocol"
FORMAT_VERSION = 1
RECALL, AT_CAPACITY = "recall of ", "recall at capacity of "
_FEW = ("average_precision", "f1", "precision_at_capacity", "recall_at_capacity")


@dataclass(frozen=True)
class Table:
    """All who took part, measured on some of the test rows; metrics by name, by entrant."""

    rows: str
    about: str
    judged: int
    illicit: int
    patterns: int
    entrants: Mapping[str, Mapping[str, Mean]]

    @property
    def base_rate(self) -> float:
        """The share of illicit rows: what chance reaches."""
        return self.illicit / self.judged if self.judged else float("nan")


@dataclass(frozen=True)
class Result:
    """One cut in one mode. ``first`` is the judgement of the first seed in full.

    ``groups`` say which illicit rows the model finds, ``alarms`` which honest ones it flags.
    """

    cut: Cut
    mode: Mode
    features: int
    entrants: tuple[Entrant, ...]
    missing: tuple[str, ...]
    tables: tuple[Table, ...]
    first: Judgement
    groups: tuple[Group, ...]
    alarms: FalseAlarms

    @property
    def name(self) -> str:
        """Cut and mode."""
        return f"{self.cut}, {self.mode}"

    @property
    def headline(self) -> Mapping[str, Mean]:
        """The model on the whole test part."""
        return self.tables[0].entrants[OURS]

    @property
    def kinds(self) -> list[str]:
        """The pattern types among the illicit rows."""
        return [name.removeprefix(RECALL) for name in self.headline if name.startswith(RECALL)]


@dataclass(frozen=True)
class Outcome:
    """A finished protocol; ``looks`` is which look at the test part it was, by cut."""

    plan: Plan
    dataset: str
    manifest: Manifest
    splits: Mapping[Cut, Split]
    looks: Mapping[Cut, int]
    results: tuple[Result, ...]
    feature_seconds: float
    run: str
    store: str
    out: Path

    def lines(self) -> list[str]:
        """Return the result in a few plain lines."""
        told = [line for result in self.results for line in _lines(result)]
        looks = [
            f"Look {count} at the test part of the {cut} cut"
            + ("." if count == 1 else ": the more looks, the more its numbers flatter.")
            for cut, count in self.looks.items()
        ]
        rehearsal = ["A rehearsal: the test part was left alone."] if self.plan.rehearse else []
        return [
            *rehearsal,
            *told,
            *looks,
            f"Run {self.run} in {self.store}.",
            f"Open {self.out / 'index.html'} in a browser.",
        ]

    def plain(self) -> dict[str, Any]:
        """Return everything as plain JSON values."""
        told = {
            "format": FORMAT,
            "format_version": FORMAT_VERSION,
            "engine_version": version("moneytrail"),
            "asked": self.plan.plain(),
            "config": self.plan.config.plain(),
            "dataset": {
                "name": self.dataset,
                "snapshot_id": self.manifest.snapshot_id,
                "labels": self.manifest.labels,
            },
            "splits": {
                cut: {"digest": split.digest, "parts": split.plain()}
                for cut, split in self.splits.items()
            },
            "looks": dict(self.looks),
            "feature_seconds": self.feature_seconds,
            "results": [_plain(result) for result in self.results],
        }
        plain: dict[str, Any] = without_nan(told)
        return plain

    def metrics(self) -> Iterator[dict[str, Any]]:
        """Yield every number as a row of a table: means, intervals, differences."""
        for result in self.results:
            for table in result.tables:
                for name, metrics in table.entrants.items():
                    for mean in metrics.values():
                        yield {
                            "cut": result.cut,
                            "mode": result.mode,
                            "rows": table.rows,
                            "ranking": name,
                            **_told(mean),
                        }

    def top(self) -> dict[str, float]:
        """Return the few metrics for a list of runs."""
        found = dict[str, float]()
        for result in self.results:
            prefix, whole = f"{result.cut}_{result.mode.replace('-', '_')}", result.tables[0]
            found |= {f"{prefix}_{name}": result.headline[name].mean for name in _FEW}
            found[f"{prefix}_no_labels_{_FEW[0]}"] = whole.entrants[TOGETHER][_FEW[0]].mean
        return {name: value for name, value in found.items() if not isnan(value)}


def _plain(result: Result) -> dict[str, Any]:
    return {
        "cut": result.cut,
        "mode": result.mode,
        "features": result.features,
        "rankings": {
            one.name: {
                "about": one.about,
                "notes": list(one.notes),
                "seconds": list(one.seconds),
                "thresholds": [ranked.threshold for ranked in one.rankings],
            }
            for one in result.entrants
        },
        "missing": list(result.missing),
        "rows": {
            table.rows: {
                "about": table.about,
                "judged": table.judged,
                "illicit": table.illicit,
                "patterns": table.patterns,
                "base_rate": table.base_rate,
                "metrics": {
                    name: [_told(mean) for mean in metrics.values()]
                    for name, metrics in table.entrants.items()
                },
            }
            for table in result.tables
        },
        "found_by_group": [asdict(group) for group in result.groups],
        "false_alarms": asdict(result.alarms),
        "first_seed": result.first.tables(),
    }


def _told(mean: Mean) -> dict[str, Any]:
    beyond = mean.beyond
    return {
        "metric": mean.name,
        "mean": mean.mean,
        "low": mean.interval.low,
        "high": mean.interval.high,
        "seeds": len(mean.values),
        "spread_over_seeds": mean.spread,
        "below_ours_low": None if beyond is None else -beyond.high,
        "below_ours_high": None if beyond is None else -beyond.low,
        "values": " ".join(f"{value:.6g}" for value in mean.values),
    }


def _lines(result: Result) -> Iterator[str]:
    whole = result.tables[0]
    yield (
        f"Cut by {result.cut}, {result.mode}: {whole.judged:,} rows, {whole.illicit:,} illicit, in "
        f"{whole.patterns} patterns; mean over seeds, 95 % interval over whole patterns."
    )
    for name, metrics in whole.entrants.items():
        yield f"  {name:34} {_words(metrics)}"
    for table in result.tables[1:]:
        ours = table.entrants.get(OURS)
        chance = table.entrants.get(CHANCE)
        if table.rows != ALL and ours is not None and chance is not None:
            yield f"  {'only ' + table.rows:34} {_words(ours)}  (chance {table.base_rate:.4f})"
    yield from (f"  Not there: {why}." for why in result.missing)


def _words(metrics: Mapping[str, Mean]) -> str:
    precision, f1 = metrics["average_precision"], metrics["f1"]
    return (
        f"average precision {precision.mean:.3f} ({precision.interval.low:.2f} to "
        f"{precision.interval.high:.2f})  F1 {f1.mean:.3f}"
    )
