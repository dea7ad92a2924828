"""What happened, in plain words: sentences made of facts alone, each from the rows or totals."""

from collections import Counter
from collections.abc import Sequence

from engine.report.neighbours import Neighbour
from engine.report.records import Candidate, Transaction
from engine.wording.words import Money, count, day, percent, short, span


def tell(
    one: Candidate,
    rows: Sequence[Transaction],
    payers: Sequence[Neighbour],
    payees: Sequence[Neighbour],
    money: Money,
) -> list[str]:
    """Tell who, what, when and how; nothing here comes from a model."""
    own = [row for row in rows if row.in_period and row.role(one.account) != "near"]
    complete = not any(node.kind == "unlisted" for node in (*payers, *payees))
    said = [_flows(one, money), _partners(one), _when(one)]
    if complete:
        said += [_largest(payers, "pays it most", money), _largest(payees, "is paid most", money)]
        said += [_channels(one, own), _borders(own)]
    return [sentence for sentence in said if sentence]


def _flows(one: Candidate, money: Money) -> str:
    activity = one.activity
    came = f"received {money.words(activity.in_amount)} in {count(activity.in_count, 'payment')}"
    went = f"paid out {money.words(activity.out_amount)} in {count(activity.out_count, 'payment')}"
    days = span(one.period_start, one.period_stop)
    if not activity.out_count:
        return f"In the period {days} the account {came} and paid nothing out."
    if not activity.in_count:
        return f"In the period {days} the account {went} and received nothing."
    share = ""
    if activity.in_amount:
        part = percent(activity.out_amount / activity.in_amount)
        share = f"; what went out equals {part} of what came in"
    return f"In the period {days} the account {came} and {went}{share}."


def _partners(one: Candidate) -> str:
    activity = one.activity
    partners = count(activity.counterparties, "known counterparty", "known counterparties")
    if not activity.outside_count:
        return f"It dealt with {partners}."
    rows = count(activity.outside_count, "payment")
    return (
        f"It dealt with {partners}; {rows} came from or went to the world outside "
        "(cash or a bank that is not monitored)."
    )


def _when(one: Candidate) -> str:
    first, last = one.activity.first, one.activity.last
    if first is None or last is None:
        return ""
    if first.date() == last.date():
        return f"All of it happened on {day(first)}."
    return f"The first of these payments was on {day(first)}, the last on {day(last)}."


def _largest(nodes: Sequence[Neighbour], verb: str, money: Money) -> str:
    known = [node for node in nodes if node.kind == "account"]
    if len(known) <= 1:
        return ""
    top = known[0]
    rows = count(top.rows, "payment")
    if verb == "is paid most":
        return f"It pays {short(top.name, 40)} most: {money.words(top.amount)} in {rows}."
    return f"{short(top.name, 40)} {verb}: {money.words(top.amount)} in {rows}."


def _channels(one: Candidate, rows: Sequence[Transaction]) -> str:
    ways = []
    for side, verb in (("in", "came in by"), ("out", "went out by")):
        own = [row.channel for row in rows if row.role(one.account) in {side, "both"}]
        ranked = sorted(Counter(own).items(), key=lambda kind: (-kind[1], kind[0]))
        if ranked:
            ways.append(f"{verb} {', '.join(f'{name} ({number:,})' for name, number in ranked)}")
    return f"The money {' and '.join(ways)}." if ways else ""


def _borders(rows: Sequence[Transaction]) -> str:
    crossing = [
        row
        for row in rows
        if row.sender_country
        and row.receiver_country
        and row.sender_country != row.receiver_country
    ]
    if not crossing:
        return ""
    places = {place for row in crossing for place in (row.sender_country, row.receiver_country)}
    listed = ", ".join(sorted(place for place in places if place))
    return f"{count(len(crossing), 'payment')} crossed a border ({listed})."
