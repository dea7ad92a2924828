"""What a comparison of two models comes to: for a person, and for machines."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

from experiments.comparing.differences import Difference
from experiments.comparing.families import beside_all, mean_change
from experiments.comparing.lists import GAINED, LOST, MOVED, Lists, Move
from experiments.evaluation.judgement import Judgement
from experiments.evaluation.paired import Paired
from experiments.judging.model import Model
from experiments.judging.outcome import looked
from experiments.judging.scoring import Table
from experiments.judging.span import Judged
from experiments.recording import without_nan

FORMAT = "moneytrail-comparison"
FORMAT_VERSION = 2
METRICS = {
    "average_precision": "average precision of payments",
    "account_week_average_precision": "average precision of account-weeks",
    "precision_at_capacity": "precision at capacity",
    "recall_at_capacity": "illicit account-weeks listed",
    "row_recall_at_capacity": "illicit payments shown",
    "value_recall_at_capacity": "illicit amount shown",
    "network_recall_at_capacity": "networks shown",
    "brier": "Brier score (lower is better)",
    "calibration_error": "calibration error (lower is better)",
}
_SHOWN, _FEW = 12, 4


@dataclass(frozen=True)
class Measured:
    """Both models on the same rows; ``judgements`` and ``metrics`` are empty without labels."""

    table: Table
    judged: Judged
    notes: tuple[str, ...]
    judgements: tuple[Judgement, ...]
    metrics: Sequence[Paired]
    lists: Lists
    looks: Mapping[str, int]

    @property
    def dataset(self) -> str:
        """The name of the dataset's folder."""
        return self.table.dataset.path.name

    def plain(self, *, accounts: bool = True) -> dict[str, Any]:
        """Return everything as plain JSON values; ``accounts``: those whose place differs too."""
        found = self.lists
        moves = {"moves": [move.plain() for move in found.moves]} if accounts else {}
        return {
            "dataset": {
                "name": self.dataset,
                "snapshot_id": self.table.dataset.manifest.snapshot_id,
            },
            "rows": {
                **self.judged.plain(),
                "judged": len(self.table.at),
                "labelled": int(self.table.known.sum()),
                "notes": list(self.notes),
            },
            "looks": dict(self.looks),
            "metrics": [
                {**asdict(each), "difference": each.difference, "verdict": each.verdict}
                for each in self.metrics
            ],
            "candidates": {
                "budget": found.budget,
                "listed_a": found.listed_a,
                "listed_b": found.listed_b,
                "at_the_same_rank": found.unchanged,
                **{change: found.counts()[change] for change in (GAINED, LOST, MOVED)},
                "families": {
                    change: mean_change(found.of(change)) for change in (GAINED, LOST, MOVED)
                },
                **moves,
            },
        }


@dataclass(frozen=True)
class Comparison:
    """A finished comparison.

    ``recorded`` are the metrics the two training runs left in the store, where both did on the
    same split; ``measured`` is None where no data was given.
    """

    a: Model
    b: Model
    differences: Sequence[Difference]
    recorded: Mapping[str, tuple[float, float]]
    measured: Measured | None
    run: str | None
    store: str
    out: Path | None

    def plain(self, *, accounts: bool = True) -> dict[str, Any]:
        """Return everything as plain JSON values; ``accounts``: those whose place differs too."""
        plain: dict[str, Any] = without_nan(
            {
                "format": FORMAT,
                "format_version": FORMAT_VERSION,
                "engine_version": version("moneytrail"),
                "a": self.a.plain(),
                "b": self.b.plain(),
                "differences": [{**asdict(d), "words": d.words} for d in self.differences],
                "recorded": {name: {"a": a, "b": b} for name, (a, b) in self.recorded.items()},
                "measured": self.measured.plain(accounts=accounts) if self.measured else None,
            }
        )
        return plain

    def lines(self) -> list[str]:
        """Return the result in a few plain lines."""
        return [
            f"A: {named(self.a)}",
            f"B: {named(self.b)}",
            *self._differing(),
            *(self._recorded() if self.measured is None else self._measured(self.measured)),
            *([f"Run {self.run} in {self.store}."] if self.run else []),
            *([f"Open {self.out / 'index.html'} in a browser."] if self.out else []),
        ]

    def _differing(self) -> list[str]:
        if not self.differences:
            return ["They differ in nothing but what chance and the bytes of the model hold."]
        told = [f"  {each.words}" for each in self.differences[:_SHOWN]]
        rest = len(self.differences) - _SHOWN
        return ["What differs:", *told, *([f"  and {rest} more"] if rest > 0 else [])]

    def _recorded(self) -> list[str]:
        ask = "Give --data to measure both on the same rows and to see which candidates change."
        if not self.recorded:
            return ["No metrics recorded on the same test part.", ask]
        told = [f"  {name:<40} {a:>9.4f} {b:>9.4f}" for name, (a, b) in self.recorded.items()]
        return [f"Recorded when they were trained, on the same split:{'A':>4}{'B':>10}", *told, ask]

    def _measured(self, found: Measured) -> list[str]:
        rows = f"On the same {len(found.table.at):,} rows of {found.dataset}"
        head = f"{'':<40}{'A':>8}{'B':>8}{'B - A':>9}  95 % of the difference"
        return [
            *(f"Note: {note}." for note in found.notes),
            *([f"{rows}:", head, *map(_metric, found.metrics)] if found.metrics else []),
            *looked(found.looks),
            *_listed(found.lists),
        ]


def named(model: Model) -> str:
    """Name a model in one line."""
    digest = model.bundle.digest[:12]
    uri = "" if model.uri == model.asked else f" = {model.uri}"
    return f"{model.asked}{uri} (bundle {digest}, {model.bundle.ensemble.score_kind})"


def _metric(each: Paired) -> str:
    low, high = f"{each.interval.low:+.4f}", f"{each.interval.high:+.4f}"
    return (
        f"  {METRICS[each.name]:<38}{each.a:>8.4f}{each.b:>8.4f}{each.difference:>+9.4f}"
        f"  {low} to {high}: {each.verdict}"
    )


def _listed(found: Lists) -> list[str]:
    counts = found.counts()
    return [
        (
            f"Candidates, {found.budget} a week: {found.listed_b:,} listed by B, "
            f"{found.listed_a:,} by A; {counts[GAINED]:,} gained, {counts[LOST]:,} lost, "
            f"{counts[MOVED]:,} at another rank, {found.unchanged:,} where they were."
        ),
        *(
            f"  {change}: {share_illicit(found.of(change))}{_why(found.of(change), found.moves)}"
            for change in (GAINED, LOST)
            if counts[change]
        ),
    ]


def share_illicit(moves: Sequence[Move]) -> str:
    """Say how many of some candidates hold an illicit payment."""
    known = [move.illicit for move in moves if move.illicit is not None]
    if not known:
        return "no labels"
    return f"{sum(known)} of {len(known)} hold an illicit payment"


def _why(moves: Sequence[Move], everyone: Sequence[Move]) -> str:
    few = list(beside_all(moves, everyone).items())[:_FEW]
    said = ", ".join(f"{name} {value:+.2f}" for name, value in few)
    return f"; moved more than the others by {said} (mean log-odds)" if said else ""
