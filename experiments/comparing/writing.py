"""A comparison as files: one JSON, tables, pictures, and a page that a person can read."""

from collections.abc import Sequence
from pathlib import Path

from experiments.comparing.families import EXPLAINED, mean_change
from experiments.comparing.lists import GAINED, LOST, MOVED
from experiments.comparing.outcome import METRICS, Comparison, Measured, named, share_illicit
from experiments.evaluation.pictures import draw_pair
from experiments.evaluation.truth import Scored
from experiments.pages import render
from experiments.recording import write_csv, write_json

JSON = "comparison.json"
_LISTED = 50


def write_comparison(folder: Path, told: Comparison, scored: Sequence[Scored]) -> None:
    """Write a comparison into a folder that is there and empty."""
    write_json(folder / JSON, told.plain())
    pictures: list[str] = []
    if told.measured is not None:
        _write_tables(folder / "tables", told.measured)
        pictures = _draw(folder / "pictures", told.measured, scored)
    page = render(
        "comparison.html.j2",
        told=told,
        found=told.measured,
        named=named,
        pictures=pictures,
        metrics=METRICS,
        changes=(GAINED, LOST, MOVED),
        mean_change=mean_change,
        share_illicit=share_illicit,
        explained=EXPLAINED,
        listed=_LISTED,
    )
    (folder / "index.html").write_text(page, encoding="utf-8")


def _write_tables(folder: Path, found: Measured) -> None:
    folder.mkdir()
    plain = found.plain()
    metrics = [
        {**each, **{f"interval_{end}": each["interval"][end] for end in ("low", "high")}}
        for each in plain["metrics"]
    ]
    write_csv(folder / "metrics.csv", [_without(each, "interval") for each in metrics])
    moves = [_without(move.plain(), "families") for move in found.lists.moves]
    write_csv(folder / "candidates.csv", moves)
    families = [
        {"change": change, "family": name, "mean_change_log_odds": value}
        for change in (GAINED, LOST, MOVED)
        for name, value in mean_change(found.lists.of(change)).items()
    ]
    write_csv(folder / "families.csv", families)


def _draw(folder: Path, found: Measured, scored: Sequence[Scored]) -> list[str]:
    if not found.metrics:
        return []
    folder.mkdir()
    judged, both = found.judgements, tuple(scored)
    drawn = draw_pair(folder, (judged[0], judged[1]), (both[0], both[1]))
    return [path.name for path in drawn]


def _without(row: dict[str, object], name: str) -> dict[str, object]:
    return {key: value for key, value in row.items() if key != name}
