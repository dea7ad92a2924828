"""A protocol as files: one JSON, tables, pictures, and a page that a person can read."""

from dataclasses import asdict
from pathlib import Path

from experiments.pages import render
from experiments.protocol.contest import OURS
from experiments.protocol.outcome import AT_CAPACITY, RECALL, Outcome, Result
from experiments.protocol.pictures import draw_precisions
from experiments.recording import write_csv, write_json


def write_protocol(folder: Path, told: Outcome) -> None:
    """Write a protocol into a folder that is there and empty."""
    write_json(folder / "protocol.json", told.plain())
    tables, pictures = folder / "tables", folder / "pictures"
    tables.mkdir()
    pictures.mkdir()
    write_csv(tables / "metrics.csv", list(told.metrics()))
    for result in told.results:
        prefix = f"{result.cut}_{result.mode.replace('-', '_')}"
        write_csv(tables / f"{prefix}_found_by_group.csv", [asdict(one) for one in result.groups])
        for name, rows in result.first.tables().items():
            write_csv(tables / f"{prefix}_first_seed_{name}.csv", rows)
    page = render(
        "protocol.html.j2",
        told=told,
        ours=OURS,
        recall=RECALL,
        at_capacity=AT_CAPACITY,
        pictures=[_draw(pictures, result) for result in told.results],
    )
    (folder / "index.html").write_text(page, encoding="utf-8")


def _draw(folder: Path, result: Result) -> str:
    path = folder / f"{result.cut}_{result.mode.replace('-', '_')}.png"
    draw_precisions(path, result)
    return path.name
