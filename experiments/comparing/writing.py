"""A comparison as files: one JSON, tables, pictures, and pages that a person can read.

What names accounts lies in a folder of its own, so that the rest can be passed on without it.
"""

from collections.abc import Sequence
from pathlib import Path

from experiments.comparing.families import EXPLAINED, beside_all, mean_change
from experiments.comparing.lists import GAINED, LOST, MOVED
from experiments.comparing.outcome import METRICS, Comparison, Measured, named, share_illicit
from experiments.comparing.sealing import ACCOUNTS, JSON, sealed
from experiments.evaluation.pictures import draw_pair
from experiments.evaluation.truth import Scored
from experiments.pages import render
from experiments.recording import write_csv, write_json

_LISTED = 50


def write_comparison(folder: Path, told: Comparison, scored: Sequence[Scored]) -> None:
    """Write a comparison into a folder that is there and empty."""
    pictures: list[str] = []
    if told.measured is not None:
        _write_tables(folder / "tables", told.measured)
        _write_accounts(folder / ACCOUNTS, told, told.measured)
        pictures = _draw(folder / "pictures", told.measured, scored)
    page = _page("comparison.html.j2", told, pictures=pictures, metrics=METRICS, accounts=ACCOUNTS)
    (folder / "index.html").write_text(page, encoding="utf-8")
    write_json(folder / JSON, sealed(told.plain(accounts=False), folder))


def _page(template: str, told: Comparison, **values: object) -> str:
    return render(
        template,
        told=told,
        found=told.measured,
        named=named,
        changes=(GAINED, LOST, MOVED),
        beside_all=beside_all,
        share_illicit=share_illicit,
        explained=EXPLAINED,
        **values,
    )


def _write_accounts(folder: Path, told: Comparison, found: Measured) -> None:
    """Write who is gained, lost and moved: the only files that name accounts."""
    folder.mkdir()
    moves = [move.plain() for move in found.lists.moves]
    write_json(folder / "moves.json", moves)
    write_csv(folder / "candidates.csv", [_without(move, "families") for move in moves])
    page = _page("comparison_accounts.html.j2", told, listed=_LISTED)
    (folder / "index.html").write_text(page, encoding="utf-8")


def _write_tables(folder: Path, found: Measured) -> None:
    folder.mkdir()
    plain = found.plain(accounts=False)
    metrics = [
        {**each, **{f"interval_{end}": each["interval"][end] for end in ("low", "high")}}
        for each in plain["metrics"]
    ]
    write_csv(folder / "metrics.csv", [_without(each, "interval") for each in metrics])
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
