"""What the report reads, as typed records: candidates, their reasons, their transactions."""

import math
from dataclasses import dataclass, fields
from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, TypeAdapter

from engine.wording import COMPANY

Role = Literal["in", "out", "both", "near"]


def known(value: Any) -> Any:
    """Return the value, or None for a float that is no number.

    >>> known(0.5), known(float("nan")), known("text")
    (0.5, None, 'text')
    """
    return None if isinstance(value, float) and math.isnan(value) else value


def listed(value: Any) -> Any:
    """Return the list, an empty one for null."""
    return [] if value is None else value


Measure = Annotated[float | None, BeforeValidator(known)]
Words = Annotated[list[str], BeforeValidator(listed)]


@dataclass(frozen=True, slots=True)
class Transaction:
    """One row of evidence; amounts in minor units of the reporting currency."""

    transaction_id: str
    timestamp: datetime
    sender: str | None
    receiver: str | None
    sender_bank: str | None
    receiver_bank: str | None
    amount: int
    currency: str
    original_amount: Decimal | None
    channel: str
    sender_country: str | None
    receiver_country: str | None
    purpose: str | None
    memo: str | None
    in_period: bool
    first_look: Measure

    def role(self, account: str) -> Role:
        """Say how the row touches ``account``: paid in, out, both (to itself), or only near."""
        if self.receiver == account:
            return "both" if self.sender == account else "in"
        return "out" if self.sender == account else "near"


@dataclass(frozen=True, slots=True)
class Part:
    """One feature's share of a reason's contribution."""

    feature: str
    value: float | None
    contribution: float


@dataclass(frozen=True, slots=True)
class Reason:
    """A behaviour that moved the score; ``contribution`` in log-odds, either sign.

    The contribution is the sum over ``parts``, the features of one theme; ``feature`` is the one
    that leads it, which value, comparison, sentence and evidence are about.
    """

    feature: str
    family: str
    theme: str
    parts: Annotated[list[Part], BeforeValidator(listed)]
    value: Measure
    unit: str
    own_past: Measure
    own_past_note: str | None
    peer_percentile: Measure
    peer_group: str | None
    peer_payments: int | None
    peer_accounts: int | None
    peer_note: str | None
    contribution: float
    sentence: str
    red_flags: Words
    evidence: Words
    evidence_total: int

    @property
    def company(self) -> bool:
        """Whether it adds up what a first model made of the payments it cites."""
        return self.family == COMPANY


@dataclass(frozen=True, slots=True)
class Limit:
    """One condition of an indicator; ``peer_threshold`` where it is a percentile among peers."""

    feature: str
    value: Measure
    unit: str
    op: str
    threshold: Measure
    peer_threshold: Measure
    peer_percentile: Measure


@dataclass(frozen=True, slots=True)
class Indicator:
    """A published red flag that fired on ``payments`` of the account's payments in the period.

    It is shown at ``transaction``; value, comparison and sentence are those of the first of its
    ``conditions``.
    """

    id: str
    name: str
    typology: str
    source: str
    goaml: Words
    side: str
    transaction: str
    on_peak: bool
    payments: int
    feature: str
    value: Measure
    unit: str
    op: str
    threshold: Measure
    peer_threshold: Measure
    peer_percentile: Measure
    peer_group: str | None
    peer_payments: int | None
    peer_accounts: int | None
    peer_note: str | None
    sentence: str
    conditions: Annotated[list[Limit], BeforeValidator(listed)]
    evidence: Words
    evidence_total: int


@dataclass(frozen=True, slots=True)
class NotKnown:
    """An indicator of which it is not known whether it fires, and why."""

    id: str
    name: str
    why: str


@dataclass(frozen=True, slots=True)
class Component:
    """One detector's score of the peak transaction."""

    name: str
    raw: Measure
    percentile: Measure


@dataclass(frozen=True, slots=True)
class Receipt:
    """The proof that base + contributions + difference = margin, in log-odds."""

    base: float
    contributions: float
    margin: float
    score: float
    difference: float


@dataclass(frozen=True, slots=True)
class Activity:
    """The totals of the account in the period, whatever the number of rows listed."""

    in_count: int
    in_amount: int
    out_count: int
    out_amount: int
    counterparties: int
    outside_count: int
    first: datetime | None
    last: datetime | None


@dataclass(frozen=True, slots=True)
class Candidate:
    """An account in a period, with its score, reasons and receipt."""

    candidate_id: str
    account: str
    bank: str | None
    country: str | None
    period: str
    period_start: datetime
    period_stop: datetime
    score: float
    score_kind: str
    percentile: float
    rank: int
    p_value: Measure
    mature: bool
    peak_transaction: str
    peak_side: str
    activity: Activity
    components: Annotated[list[Component], BeforeValidator(listed)]
    receipt: Receipt
    reasons: Annotated[list[Reason], BeforeValidator(listed)]
    against: Annotated[list[Reason], BeforeValidator(listed)]
    rest: float
    indicators: Annotated[list[Indicator], BeforeValidator(listed)]
    not_known: Annotated[list[NotKnown], BeforeValidator(listed)]

    def cited(self) -> dict[str, list[str]]:
        """Map each cited transaction id to what cites it: reasons R1 …, A1 …, red flags F1 …."""
        places: dict[str, list[str]] = {}
        citing = {
            "R": [reason.evidence for reason in self.reasons],
            "A": [reason.evidence for reason in self.against],
            "F": [flag.evidence for flag in self.indicators],
        }
        for letter, lists in citing.items():
            for number, evidence in enumerate(lists, 1):
                for transaction_id in evidence:
                    places.setdefault(transaction_id, []).append(f"{letter}{number}")
        return places


def names(record: type) -> tuple[str, ...]:
    """List a record's columns in order."""
    return tuple(field.name for field in fields(record))


CANDIDATES = TypeAdapter(list[Candidate])
TRANSACTIONS = TypeAdapter(list[Transaction])
