"""What a page cannot tell, in words that fit the candidate at hand."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from engine.report.reading import Scores
from engine.report.records import Candidate
from engine.wording.promise import promised
from engine.wording.words import moment

_PROOF = (
    "A candidate is a reason to look, not proof of a crime and not a verdict on a person. "
    "A person decides; nothing may follow from the score alone."
)
_CAUSE = (
    "Contributions say why the model gave this score, not why the account acted as it did. "
    "Features that move together share their credit."
)
_COMPANY = (
    "Where a reason adds up a first model's estimates of other payments, no estimate is a finding. "
    "Where it is wrong about a payment, it is wrong about the accounts on both of its sides."
)
_PEERS = (
    "Percentiles compare with the payments of accounts alike in the training rows, frozen then, "
    "not with this batch."
)
_KIND = {
    "probability": (
        "The score is a probability only as far as the training labels hold. Laundering that "
        "nobody found counts as honest there, and what was looked for before is found more "
        "easily (label bias)."
    ),
    "uncalibrated": (
        "The score ranks; it is no probability. There were no labelled payments to calibrate it "
        "on, so a score of 0.3 does not say that 30 in 100 are illicit."
    ),
    "anomaly": (
        "The score was made without labels. It says how unusual the activity is, not how likely "
        "a crime: unusual and lawful is common."
    ),
}


def limits(one: Candidate, scores: Scores, listed: int, *, complete: bool) -> list[str]:
    """List the limits of one page."""
    said = [
        _PROOF,
        _KIND.get(one.score_kind, _KIND["anomaly"]),
        _coverage(scores.manifest["dataset"]),
        _bounds(one, listed, complete=complete),
        _CAUSE,
        _PEERS,
    ]
    if any(reason.company for reason in (*one.reasons, *one.against)):
        said.append(_COMPANY)
    said += promised(scores.manifest)[:1]
    if not one.mature:
        as_of = instant(scores.manifest.get("as_of"), scores.precision)
        said.append(
            f"Part of what follows the peak transaction lies after as-of ({as_of}): values that "
            "look ahead are unknown here, and the score may change once they are known."
        )
    if scores.precision == "day":
        said.append("The source gives days only: no hour of day and no order within a day.")
    else:
        said.append("Payments with the same timestamp have no order among themselves.")
    return said


def instant(text: object, precision: str) -> str:
    """Write an instant of the manifest; what is not one stays as it is.

    >>> instant("2023-04-02T22:10:00+00:00", "minute"), instant(None, "day")
    ('2023-04-02 22:10 UTC', 'unknown')
    """
    if not text:
        return "unknown"
    try:
        time = datetime.fromisoformat(str(text))
    except ValueError:
        return str(text)
    time = time if time.tzinfo else time.replace(tzinfo=UTC)
    if precision == "second" and not time.second:
        precision = "minute"
    return moment(time, precision) + " UTC"


def _coverage(dataset: Mapping[str, Any]) -> str:
    begin = dataset.get("coverage_from")
    since = f"The data begin at {instant(begin, 'minute')}. " if begin else ""
    return (
        f"{since}What came before, and what happened at banks outside the data, is not seen. "
        "A payment without a known other side shows as the world outside."
    )


def _bounds(one: Candidate, listed: int, *, complete: bool) -> str:
    numbers = [(r.evidence_total, len(r.evidence)) for r in (*one.reasons, *one.against)]
    numbers += [(flag.evidence_total, len(flag.evidence)) for flag in one.indicators]
    cut = any(total > shown for total, shown in numbers)
    cited = (
        "Where a reason rests on more transactions than are listed, the full number stands with it."
        if cut
        else "Every transaction that a reason rests on is listed."
    )
    if complete:
        return f"All payments of the account in the period are listed. {cited}"
    total = one.activity.in_count + one.activity.out_count
    return (
        f"{listed:,} of {total:,} payments of the period are listed: totals are complete, the "
        f"pictures and tables are not. {cited}"
    )
