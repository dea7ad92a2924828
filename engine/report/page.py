"""What a candidate's page shows, worked out before any HTML: rows, reasons, receipt, links."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from engine.report.limits import limits
from engine.report.neighbours import Neighbour, Picture, draw_neighbours, gather
from engine.report.reading import Scores
from engine.report.receipt import Line, receipt_lines
from engine.report.records import Candidate, Indicator, Reason, Role, Transaction
from engine.report.story import tell
from engine.report.timeline import Timeline, draw_timeline
from engine.wording.limits import asked
from engine.wording.peers import standing
from engine.wording.promise import beside_honest
from engine.wording.quantity import quantity
from engine.wording.words import moment, original

OPEN_ROWS = 25
_MILLION = 1_000_000
_WAYS = {"in": "▲ in", "out": "▼ out", "both": "▲▼ to itself", "near": "between others"}


@dataclass(frozen=True, slots=True)
class Row:
    """One transaction as a table shows it.

    ``in_period``: the account took part and it was in the period; ``outside``: it was not in it.
    """

    anchor: str
    time: str
    way: str
    side: str
    other: str | None
    place: str
    amount: str
    paid: str
    channel: str
    text: str
    cited: list[str]
    peak: bool
    in_period: bool
    outside: bool
    net: str
    first_look: float | None
    transaction_id: str


@dataclass(frozen=True, slots=True)
class Adding:
    """How much of the company expected the listed rows make up, and how much so many others.

    ``share``: what is listed as a share of all; None where nothing is expected.
    """

    listed: float
    share: float | None
    others: int
    left: float


@dataclass(frozen=True, slots=True)
class ReasonView:
    """One reason as a card shows it; ``bar`` is its share of the largest contribution.

    ``pages``: where a row is the peak of a candidate, its page and rank, by transaction id.
    ``adding``: of a reason on company.
    """

    code: str
    reason: Reason
    value: str
    past: str | None
    beside: str
    flags: list[tuple[str, str]]
    bar: float
    rows: list[Row]
    pages: dict[str, tuple[str, str]]
    adding: Adding | None


@dataclass(frozen=True, slots=True)
class FlagView:
    """One red flag as a card shows it; ``limits``: of each condition, what was found and asked."""

    code: str
    flag: Indicator
    value: str
    beside: str
    limits: list[tuple[str, str, str]]
    at: Row | None
    rows: list[Row]


@dataclass(frozen=True, slots=True)
class Page:
    """Everything the candidate template needs."""

    one: Candidate
    story: list[str]
    timeline: Timeline
    picture: Picture
    payers: list[Neighbour]
    payees: list[Neighbour]
    rows: list[Row]
    peak: Row | None
    reasons: list[ReasonView]
    against: list[ReasonView]
    flags: list[FlagView]
    receipt: list[Line]
    limits: list[str]
    complete: bool
    honest: str | None
    elsewhere: list[Candidate]
    before: Candidate | None
    after: Candidate | None
    in_period: int


class Pages:
    """Makes pages one after another; knows which accounts are candidates, and where."""

    def __init__(self, scores: Scores) -> None:
        self._scores = scores
        self.counts: dict[str, int] = {}
        self._accounts: dict[str, list[Candidate]] = {}
        self._peaks: dict[str, Candidate] = {}
        for one in scores.candidates:
            self._peaks.setdefault(one.peak_transaction, one)
            self.counts[one.period] = self.counts.get(one.period, 0) + 1
            self._accounts.setdefault(one.account, []).append(one)

    def make(self, place: int) -> Page:
        """Work out the page of the candidate at a place in the list."""
        scores, candidates = self._scores, self._scores.candidates
        one, money = candidates[place], scores.money
        found = scores.evidence.of(one.candidate_id)
        payers, payees = gather(one, found, "in"), gather(one, found, "out")
        complete = not any(node.kind == "unlisted" for node in (*payers, *payees))
        rows = _rows(one, found, scores, complete=complete)
        by_id = {row.transaction_id: row for row in rows}
        return Page(
            one=one,
            story=tell(one, found, payers, payees, money),
            timeline=draw_timeline(one, found, money, scores.precision),
            picture=draw_neighbours(payers, payees, money, lambda a: self._link(a, one)),
            payers=payers,
            payees=payees,
            rows=rows,
            peak=by_id.get(one.peak_transaction),
            reasons=self._reasons(one, "R", one.reasons, by_id),
            against=self._reasons(one, "A", one.against, by_id),
            flags=self._flags(one, by_id),
            receipt=receipt_lines(one),
            limits=limits(one, scores, sum(row.in_period for row in rows), complete=complete),
            complete=complete,
            honest=beside_honest(one.p_value, scores.manifest.get("honest")),
            elsewhere=[other for other in self._accounts[one.account] if other is not one],
            before=candidates[place - 1] if place else None,
            after=candidates[place + 1] if place + 1 < len(candidates) else None,
            in_period=self.counts[one.period],
        )

    def _link(self, account: str, one: Candidate) -> tuple[str, str] | None:
        """Find the page of a neighbour that is a candidate too, best in the same period."""
        found = self._accounts.get(account)
        if not found or account == one.account:
            return None
        same = [other for other in found if other.period == one.period]
        other = same[0] if same else found[-1]
        page, place = _page(other, one)
        return page, f"candidate {place}"

    def _peak_pages(self, one: Candidate, ids: Sequence[str]) -> dict[str, tuple[str, str]]:
        """Find the pages of the best candidates that have payments as their peaks."""
        found = {each: self._peaks[each] for each in ids if each in self._peaks}
        return {each: _page(other, one) for each, other in found.items()}

    def _reasons(
        self, one: Candidate, letter: str, reasons: Sequence[Reason], rows: Mapping[str, Row]
    ) -> list[ReasonView]:
        every = (*one.reasons, *one.against)
        most = max((abs(reason.contribution) for reason in every), default=0.0) or 1.0
        money, codes = self._scores.money, _flag_codes(one)
        shown = [_shown(one, reason, rows) for reason in reasons]
        return [
            ReasonView(
                code=f"{letter}{number}",
                reason=reason,
                value=quantity(reason.value, reason.unit, money),
                past=_past(reason, self._scores),
                beside=_beside(reason),
                flags=[codes[flag] for flag in reason.red_flags if flag in codes],
                bar=abs(reason.contribution) / most,
                rows=own,
                pages=self._peak_pages(one, reason.evidence),
                adding=_adding(reason, own),
            )
            for number, (reason, own) in enumerate(zip(reasons, shown, strict=True), 1)
        ]

    def _flags(self, one: Candidate, rows: Mapping[str, Row]) -> list[FlagView]:
        money = self._scores.money
        return [
            FlagView(
                code=f"F{number}",
                flag=flag,
                value=quantity(flag.value, flag.unit, money),
                beside=_beside(flag),
                limits=[
                    (limit.feature, quantity(limit.value, limit.unit, money), asked(limit, money))
                    for limit in flag.conditions
                ],
                at=rows.get(flag.transaction),
                rows=[rows[each] for each in dict.fromkeys(flag.evidence)],
            )
            for number, flag in enumerate(one.indicators, 1)
        ]


def _page(other: Candidate, one: Candidate) -> tuple[str, str]:
    """Return the page of a candidate and its rank, as seen from the page of another."""
    week = "" if other.period == one.period else f" in {other.period}"
    return f"{other.candidate_id}.html", f"no. {other.rank}{week}"


def _shown(one: Candidate, reason: Reason, rows: Mapping[str, Row]) -> list[Row]:
    """Return the rows a reason rests on: no company where it cites the peak, for want of others."""
    ids = dict.fromkeys(reason.evidence)
    if reason.company:
        ids.pop(one.peak_transaction, None)
    return [rows[each] for each in ids]


def _adding(reason: Reason, rows: Sequence[Row]) -> Adding | None:
    """Add up what the listed rows make of the value, in whole millionths as it was added."""
    if not reason.company:
        return None
    listed = sum(round((row.first_look or 0.0) * _MILLION) for row in rows)
    total = round((reason.value or 0.0) * _MILLION)
    share = listed / total if total else None
    others = reason.evidence_total - len(rows)
    return Adding(listed / _MILLION, share, others, (total - listed) / _MILLION)


def _flag_codes(one: Candidate) -> dict[str, tuple[str, str]]:
    """Map each red flag of a candidate to its place on the page and its name."""
    return {flag.id: (f"F{k}", flag.name) for k, flag in enumerate(one.indicators, 1)}


def _beside(measured: Reason | Indicator) -> str:
    return standing(
        measured.peer_percentile, measured.peer_group, measured.peer_payments, measured.peer_note
    )


def _past(reason: Reason, scores: Scores) -> str | None:
    known = reason.own_past is not None
    value = quantity(reason.own_past, reason.unit, scores.money) if known else None
    return ", ".join(part for part in (value, reason.own_past_note) if part) or None


def _rows(
    one: Candidate, found: Sequence[Transaction], scores: Scores, *, complete: bool
) -> list[Row]:
    cited, net, rows = one.cited(), 0, []
    for number, row in enumerate(found, 1):
        role = row.role(one.account)
        if row.in_period:
            net += {"in": row.amount, "out": -row.amount}.get(role, 0)
        known = complete and row.in_period and role != "near"
        text = scores.money.plain(net).replace("-", "\N{MINUS SIGN}") if known else ""
        rows.append(_row(one, row, scores, anchor=f"t{number}", cited=cited, net=text))
    return rows


def _row(
    one: Candidate,
    row: Transaction,
    scores: Scores,
    *,
    anchor: str,
    cited: Mapping[str, list[str]],
    net: str,
) -> Row:
    money, role = scores.money, row.role(one.account)
    other, place = _other_side(row, role)
    foreign = row.currency != money.currency
    return Row(
        anchor=anchor,
        time=moment(row.timestamp, scores.precision),
        way=_WAYS[role],
        side=role,
        other=other,
        place=place,
        amount=money.plain(row.amount),
        paid=original(row.original_amount, row.currency) if foreign else "",
        channel=row.channel,
        text=" · ".join(part for part in (row.purpose, row.memo) if part),
        cited=cited.get(row.transaction_id, []),
        peak=row.transaction_id == one.peak_transaction,
        in_period=row.in_period,
        outside=not one.period_start <= row.timestamp < one.period_stop,
        net=net,
        first_look=row.first_look,
        transaction_id=row.transaction_id,
    )


def _other_side(row: Transaction, role: Role) -> tuple[str | None, str]:
    if role == "near":
        return f"{row.sender or 'outside'} → {row.receiver or 'outside'}", ""
    if role == "out":
        other, where = row.receiver, (row.receiver_bank, row.receiver_country)
    else:
        other, where = row.sender, (row.sender_bank, row.sender_country)
    return other, " · ".join(part for part in where if part)
