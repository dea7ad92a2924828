"""What the index and the period pages show, and the data their search reads."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from engine.report.limits import instant
from engine.report.reading import Scores
from engine.report.records import Candidate
from engine.wording.words import Money, percent, probability, span, visible

ROWS_ON_INDEX, FEWEST = 600, 10
_SENTENCES = 2


@dataclass(frozen=True, slots=True)
class Period:
    """The candidates of one period, best first; the index shows the first ``shown``."""

    name: str
    days: str
    candidates: list[Candidate]
    shown: int

    @property
    def whole(self) -> bool:
        """Whether the index shows all of them."""
        return self.shown >= len(self.candidates)


def periods(candidates: Sequence[Candidate]) -> list[Period]:
    """Group candidates, which come in order of period and rank; the latest period first."""
    groups = [(name, list(own)) for name, own in groupby(candidates, lambda one: one.period)]
    most = max(FEWEST, ROWS_ON_INDEX // max(len(groups), 1))
    return [
        Period(name, span(own[0].period_start, own[0].period_stop), own, min(most, len(own)))
        for name, own in reversed(groups)
    ]


def search_data(candidates: Iterable[Candidate], money: Money) -> str:
    """Write what the search box reads: a script, since a page on a file share may not fetch."""
    rows = [
        [
            one.candidate_id,
            one.period,
            one.rank,
            visible(one.account),
            " · ".join(part for part in (one.bank, one.country) if part),
            probability(one.score),
            money.plain(one.activity.in_amount),
            money.plain(one.activity.out_amount),
            [visible(reason.sentence) for reason in one.reasons[:_SENTENCES]],
            " · ".join(f"{flag.id} {visible(flag.name)}" for flag in one.indicators),
        ]
        for one in candidates
    ]
    lines = ",\n".join(json.dumps(row, separators=(",", ":")) for row in rows)
    return f"window.moneytrailCandidates = [\n{lines}\n];\n"


def run_facts(scores: Scores) -> list[tuple[str, str]]:
    """List what was scored, by which model, as of when, for whom."""
    manifest = scores.manifest
    since = instant(manifest.get("from"), scores.precision)
    until = instant(manifest.get("to"), scores.precision)
    facts = [
        ("Batch", str(manifest["dataset"].get("snapshot_id") or "unknown")),
        ("Rows scored", f"{since} to {until}" if manifest.get("from") else "the whole dataset"),
        ("As of", instant(manifest.get("as_of"), scores.precision)),
        ("Model", model_words(manifest.get("model"))),
        _selection(manifest),
    ]
    if manifest.get("population"):
        facts.append(("Population", _plain(manifest["population"])))
    facts.extend((f"Rows: {_label(k)}", _plain(v)) for k, v in _pairs(manifest.get("rows")))
    return facts


def identity(scores: Scores) -> list[tuple[str, str]]:
    """List what names the model and the data, as the manifest gives it."""
    manifest = scores.manifest
    pairs = [
        (f"{_label(part).capitalize()} {_label(key)}", _plain(value))
        for part in ("model", "dataset")
        for key, value in _pairs(manifest.get(part))
        if not isinstance(value, list | dict)
    ]
    pairs.append(("As of", instant(manifest.get("as_of"), scores.precision)))
    pairs.append(("Engine version", _plain(manifest.get("engine_version"))))
    pairs.append(("Scored at", instant(manifest.get("created_at"), "second")))
    return pairs


def model_words(model: object) -> str:
    """Name a model by the little that tells it from others."""
    if not isinstance(model, Mapping):
        return _plain(model)
    name = next((str(model[key]) for key in ("name", "uri") if model.get(key)), "moneytrail")
    version = model.get("version")
    digests = [str(model[key]) for key in ("digest", "sha256", "bundle_digest") if model.get(key)]
    parts = [name, f"version {version}" if version else "", *(part[:12] for part in digests[:1])]
    return ", ".join(part for part in parts if part)


def _selection(manifest: Mapping[str, Any]) -> tuple[str, str]:
    budget, rate = manifest.get("budget"), manifest.get("fdr")
    if isinstance(rate, float):
        return "Share of false candidates", f"at most {percent(rate)} expected"
    if isinstance(budget, int) and not isinstance(budget, bool):
        return "Budget", f"{budget:,} candidates per period"
    return "Budget", _plain(budget)


def _pairs(part: object) -> list[tuple[str, Any]]:
    return list(part.items()) if isinstance(part, Mapping) else []


def _label(key: str) -> str:
    return key.replace("_", " ")


def _plain(value: object) -> str:
    if value is None:
        return "not stated"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return f"{value:,}"
    return value if isinstance(value, str) else json.dumps(value, sort_keys=True)
