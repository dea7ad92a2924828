"""Find one candidate of a scored folder and print it."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from engine.wording.peers import standing
from engine.wording.words import probability
from features.errors import InputError

_FEW = 5


def find_candidate(folder: Path, name: str) -> dict[str, Any]:
    """Return the candidate whose id begins with ``name``.

    Raises
    ------
    InputError
        If the folder can't be read, or none or several begin so.
    """
    try:
        table = pq.ParquetFile(folder / "candidates.parquet").read()
    except (OSError, pa.ArrowException) as error:
        raise InputError(f"{folder}: no readable candidates.parquet: {error}") from error
    found = [
        row for row, one in enumerate(table["candidate_id"].to_pylist()) if one.startswith(name)
    ]
    if len(found) != 1:
        some = ", ".join(table["candidate_id"].to_pylist()[:_FEW])
        raise InputError(
            f"{name!r}: {len(found)} candidates have an id that begins so; the first ids: {some}"
        )
    candidate: dict[str, Any] = table.slice(found[0], 1).to_pylist()[0]
    return candidate


def lines(candidate: Mapping[str, Any]) -> list[str]:
    """Put a candidate into plain lines."""
    receipt = candidate["receipt"]
    return [
        (
            f"Candidate {candidate['candidate_id']}: account {candidate['account']}, "
            f"{candidate['period']}, rank {candidate['rank']}"
        ),
        (
            f"  {candidate['score_kind']} {probability(candidate['score'])}; peak transaction "
            f"{candidate['peak_transaction']} as its {candidate['peak_side']}"
        ),
        *_unusual(candidate),
        "Why (log-odds):",
        *map(_line, candidate["reasons"]),
        *(["What speaks against it:"] if candidate["against"] else []),
        *map(_line, candidate["against"]),
        *(["Red flags (rules beside the model):"] if candidate["indicators"] else []),
        *map(_flag, candidate["indicators"]),
        (
            f"Receipt: base {receipt['base']:+.4f}, contributions {receipt['contributions']:+.4f}, "
            f"margin {receipt['margin']:+.4f}, difference {receipt['difference']:.1e}"
        ),
        "A candidate for a person to judge, not a verdict.",
    ]


def _unusual(candidate: Mapping[str, Any]) -> list[str]:
    p_value = candidate.get("p_value")
    return [] if p_value is None else [f"  p-value beside honest accounts in a week {p_value:.2g}"]


def _line(reason: Mapping[str, Any]) -> str:
    cited = f"{len(reason['evidence'])} of {reason['evidence_total']} rows cited"
    return f"  {reason['contribution']:+.3f}  {reason['sentence']}  [{_beside(reason)}; {cited}]"


def _flag(flag: Mapping[str, Any]) -> str:
    cited = f"{len(flag['evidence'])} of {flag['evidence_total']} rows cited"
    named = f"{flag['id']} {flag['name']}"
    return f"  {named}: {flag['sentence']}  [{_beside(flag)}; {cited}; {flag['source']}]"


def _beside(measured: Mapping[str, Any]) -> str:
    return standing(
        *(measured[f"peer_{name}"] for name in ("percentile", "group", "payments", "note"))
    )
