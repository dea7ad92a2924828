"""Write the report: an index, a list a period, a page a candidate, one style sheet, one script."""

from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from engine.report.index import identity, periods, run_facts, search_data
from engine.report.page import OPEN_ROWS, Pages
from engine.report.reading import Scores, read_scores
from engine.report.receipt import link_words
from engine.wording.promise import promised
from engine.wording.words import (
    above,
    day,
    estimate,
    expected,
    moment,
    number,
    percent,
    probability,
    short,
    signed,
    span,
    visible,
)
from features.dataset.staging import refuse_existing, staged_folder

_ASSETS = ("report.css", "report.js")
_SHOWN = (above, day, estimate, expected, moment, number, percent, probability, short, signed, span)


def write_report(scores_folder: Path, out: Path | None = None) -> Path:
    """Write the pages of a scores folder and return the path of the index.

    ``out`` is ``scores_folder/report`` by default. The same scores give the same bytes.

    Raises
    ------
    InputError
        If the scores folder is incomplete, unreadable, changed, or contradicts itself.
    OutputError
        If ``out`` exists already or cannot be written.
    """
    out = scores_folder / "report" if out is None else out
    refuse_existing(out)
    scores = read_scores(scores_folder)
    with staged_folder(out) as staging:
        _write(scores, staging)
    return out / "index.html"


def _write(scores: Scores, folder: Path) -> None:
    environment = _environment()
    shared = {
        "money": scores.money,
        "identity": identity(scores),
        "run": run_facts(scores),
        "promise": promised(scores.manifest),
        "precision": scores.precision,
        "kind": scores.candidates[0].score_kind if scores.candidates else "none",
        "total": len(scores.candidates),
    }
    _write_assets(scores, folder / "assets")
    _write_lists(scores, environment, folder, shared)
    _write_pages(scores, environment, folder / "candidates", shared)


def _write_assets(scores: Scores, folder: Path) -> None:
    folder.mkdir()
    for name in _ASSETS:
        source = files("engine.report") / "assets" / name
        (folder / name).write_bytes(source.read_bytes())
    _save(folder / "candidates.js", search_data(scores.candidates, scores.money))


def _write_lists(
    scores: Scores, environment: Environment, folder: Path, shared: Mapping[str, Any]
) -> None:
    found = periods(scores.candidates)
    (folder / "periods").mkdir()
    page = environment.get_template("index.html.j2")
    _save(folder / "index.html", page.render(root="", periods=found, **shared))
    page = environment.get_template("period.html.j2")
    for place, period in enumerate(found):
        later = found[place - 1] if place else None
        earlier = found[place + 1] if place + 1 < len(found) else None
        text = page.render(root="../", period=period, earlier=earlier, later=later, **shared)
        _save(folder / "periods" / f"{period.name}.html", text)


def _write_pages(
    scores: Scores, environment: Environment, folder: Path, shared: Mapping[str, Any]
) -> None:
    folder.mkdir()
    pages = Pages(scores)
    template = environment.get_template("candidate.html.j2")
    for place, one in enumerate(scores.candidates):
        page = pages.make(place)
        how = link_words(one)
        text = template.render(root="../", page=page, one=one, link_words=how, **shared)
        _save(folder / f"{one.candidate_id}.html", text)


def _save(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8", newline="\n")


def _finish(value: object) -> object:
    """Keep control characters, which come from the data, off the page."""
    return visible(value) if type(value) is str else value


def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("engine.report", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_finish,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters.update({shown.__name__: shown for shown in _SHOWN})
    environment.globals.update(OPEN_ROWS=OPEN_ROWS, f="{:.1f}".format)
    return environment
