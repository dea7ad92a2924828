"""Who paid the account and whom it paid, as the geometry of a picture."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from engine.report.records import Candidate, Transaction
from engine.wording.words import Money, count, short

WIDTH, MOST = 880.0, 12
OUTSIDE = "Outside world"
_LEFT_BAR, _MIDDLE, _RIGHT_BAR, _THICK = 300.0, 440.0, 580.0, 8.0
_TOP, _SLOT, _ROOM, _LEAST = 34.0, 37.0, 170.0, 1.5
_FEW = 2
Link = Callable[[str], tuple[str, str] | None]


@dataclass(slots=True)
class Neighbour:
    """A counterparty on one side of the account; ``account`` is None for a group of rows."""

    account: str | None
    name: str
    amount: int = 0
    rows: int = 0
    members: int = 1
    kind: str = "account"
    country: str | None = None
    cited: set[str] = field(default_factory=set)
    channels: Counter[str] = field(default_factory=Counter)

    def add(self, row: Transaction, cited: Iterable[str]) -> None:
        """Count one payment."""
        self.amount += row.amount
        self.rows += 1
        self.channels[row.channel] += 1
        self.cited.update(cited)


@dataclass(frozen=True, slots=True)
class Node:
    """A neighbour, placed: its bar, its ribbon to the account, its words."""

    y: float
    bar_y: float
    bar_height: float
    ribbon: str
    label: str
    detail: str
    title: str
    kind: str
    cited: bool
    href: str | None


@dataclass(frozen=True, slots=True)
class _Pen:
    money: Money
    link: Link
    middle: float


@dataclass(frozen=True, slots=True)
class Side:
    """All nodes left (payers) or right (payees) of the account."""

    side: str
    bar_x: float
    label_x: float
    nodes: list[Node]


@dataclass(frozen=True, slots=True)
class Picture:
    """Everything the template draws."""

    height: float
    account_y: float
    account_height: float
    sides: list[Side]


def gather(one: Candidate, rows: Sequence[Transaction], side: str) -> list[Neighbour]:
    """Sum the listed rows of the period by counterparty, largest first.

    The world outside comes last but one; what the totals hold and the list does not, last.
    """
    cited = one.cited()
    found: dict[str | None, Neighbour] = {}
    for row in rows:
        if not row.in_period or row.role(one.account) not in {side, "both"}:
            continue
        other = row.sender if side == "in" else row.receiver
        country = row.sender_country if side == "in" else row.receiver_country
        kind = "outside" if other is None else "account"
        fresh = Neighbour(other, other or OUTSIDE, kind=kind, country=country)
        found.setdefault(other, fresh).add(row, cited.get(row.transaction_id, ()))
    outside = found.pop(None, None)
    known = sorted(found.values(), key=lambda node: (-node.amount, node.name))
    return [*known, *([outside] if outside else []), *_unlisted(one, rows, side)]


def _unlisted(one: Candidate, rows: Sequence[Transaction], side: str) -> list[Neighbour]:
    listed = [row for row in rows if row.in_period and row.role(one.account) in {side, "both"}]
    total, amount = one.activity.in_count, one.activity.in_amount
    if side == "out":
        total, amount = one.activity.out_count, one.activity.out_amount
    missing = total - len(listed)
    if missing <= 0:
        return []
    rest = max(amount - sum(row.amount for row in listed), 0)
    return [Neighbour(None, "Not listed here", rest, missing, kind="unlisted")]


def fold(neighbours: Sequence[Neighbour]) -> list[Neighbour]:
    """Keep the ``MOST`` largest accounts and make one node of the others."""
    known = [node for node in neighbours if node.kind == "account"]
    others = known[MOST:]
    if len(others) < _FEW:
        return list(neighbours)
    rest = [node for node in neighbours if node.kind != "account"]
    group = Neighbour(None, f"{len(others):,} others", kind="others", members=len(others))
    group.amount = sum(node.amount for node in others)
    group.rows = sum(node.rows for node in others)
    group.cited = set().union(*(node.cited for node in others))
    return [*known[:MOST], group, *rest]


def draw_neighbours(
    payers: Sequence[Neighbour], payees: Sequence[Neighbour], money: Money, link: Link
) -> Picture:
    """Place payers left, the account in the middle, payees right; widths by amount."""
    sides = (fold(payers), fold(payees))
    most = max(sum(node.amount for node in nodes) for nodes in sides)
    scale = _ROOM / most if most else 0.0
    thick = [[max(node.amount * scale, _LEAST) for node in nodes] for nodes in sides]
    slots = [[max(_SLOT, t + 10) for t in side] for side in thick]
    tall = max(*(sum(side) for side in slots), 2 * _SLOT)
    account = max(*(sum(side) for side in thick), 14.0)
    middle = _TOP + tall / 2
    pen = _Pen(money, link, middle)
    placed = [
        _place(name, nodes, t, s, pen)
        for name, nodes, t, s in zip(("in", "out"), sides, thick, slots, strict=True)
    ]
    return Picture(_TOP + tall + 12, middle - account / 2, account, placed)


def _place(
    side: str,
    nodes: Sequence[Neighbour],
    thick: Sequence[float],
    slots: Sequence[float],
    pen: _Pen,
) -> Side:
    top, inner, placed = pen.middle - sum(slots) / 2, pen.middle - sum(thick) / 2, []
    bar_x = _LEFT_BAR if side == "in" else _RIGHT_BAR
    for node, high, slot in zip(nodes, thick, slots, strict=True):
        y = top + slot / 2
        ribbon = _ribbon(side, y - high / 2, inner, high)
        placed.append(_node(node, y, high, ribbon, pen))
        top, inner = top + slot, inner + high
    label_x = bar_x - _THICK if side == "in" else bar_x + 2 * _THICK
    return Side(side, bar_x, label_x, placed)


def _ribbon(side: str, outer: float, inner: float, high: float) -> str:
    """Draw a band of even height between a neighbour's bar and the account's."""
    start, end = (_LEFT_BAR + _THICK, _MIDDLE - _THICK)
    if side == "out":
        start, end = _RIGHT_BAR, _MIDDLE + _THICK
    bend = f"{(start + end) / 2:.1f}"
    over = f"C{bend} {outer:.1f} {bend} {inner:.1f} {end:.1f} {inner:.1f}"
    outer, inner = outer + high, inner + high
    back = f"C{bend} {inner:.1f} {bend} {outer:.1f} {start:.1f} {outer:.1f}"
    return f"M{start:.1f} {outer - high:.1f}{over}V{inner:.1f}{back}Z"


def _node(node: Neighbour, y: float, high: float, ribbon: str, pen: _Pen) -> Node:
    detail = f"{pen.money.words(node.amount)} · {count(node.rows, 'payment')}"
    if node.cited:
        detail += " · cited"
    found = pen.link(node.account) if node.account else None
    if found:
        detail += f" · {found[1]}"
    label = short(node.name, 30)
    if node.kind == "outside":
        label = f"{OUTSIDE}: {', '.join(name for name, _ in node.channels.most_common(2))}"
    elif node.country:
        label = f"{short(node.name, 26)} {node.country}"
    return Node(
        y=y,
        bar_y=y - high / 2,
        bar_height=high,
        ribbon=ribbon,
        label=label,
        detail=detail,
        title=f"{node.name}: {detail}",
        kind=node.kind,
        cited=bool(node.cited),
        href=found[0] if found else None,
    )
