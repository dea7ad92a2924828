"""A drawing of each pattern as SVG text: accounts as circles, payments as arrows.

Blue comes first and orange strictly later; where nothing has to be later, all is grey-blue.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import cos, hypot, pi, sin
from typing import Literal

When = Literal["any", "first", "then"]
Point = tuple[float, float]

_COLOUR: Mapping[When, str] = {
    "any": "#5b7083",
    "first": "#1f5fa8",
    "then": "#d1662a",
}
_MEANS: Mapping[When, str] = {
    "any": "in any order",
    "first": "first",
    "then": "then, strictly later",
}
_INK, _PAPER, _ACCOUNT, _CENTRE = "#26323d", "#ffffff", "#eef2f6", "#cfdcea"
_WIDTH, _HEIGHT, _FOOT = 440, 250, 232
_RADIUS, _GAP = 13.0, 4.0
_MIDDLE, _FEW = 118.0, 3


@dataclass(frozen=True)
class Account:
    """A circle; ``centre`` marks the account that the pattern turns on."""

    at: Point
    centre: bool = False


@dataclass(frozen=True)
class Payment:
    """An arrow between two accounts by their numbers, with a number in time where it matters."""

    sender: int
    receiver: int
    when: When = "any"
    hop: str = ""


@dataclass(frozen=True)
class Drawing:
    """What is drawn of one pattern; ``words`` stand at points, ``said`` is for who can't see."""

    said: str
    accounts: tuple[Account, ...]
    payments: tuple[Payment, ...]
    words: tuple[tuple[float, float, str], ...]

    def svg(self) -> str:
        """Return the drawing as an SVG file's text: the same bytes every time."""
        return "\n".join((*self._head(), *self._arrows(), *self._circles(), *self._texts())) + "\n"

    def _head(self) -> Iterator[str]:
        used = dict.fromkeys(payment.when for payment in self.payments)
        yield (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" '
            f'width="{_WIDTH}" height="{_HEIGHT}" role="img" font-family="sans-serif" '
            f'font-size="12" fill="{_INK}">'
        )
        yield f"<title>{self.said}</title>"
        yield "<defs>"
        for when in used:
            yield (
                f'<marker id="{when}" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="6" '
                f'markerHeight="6" orient="auto"><path d="M0 0.5 8 4 0 7.5z" '
                f'fill="{_COLOUR[when]}"/></marker>'
            )
        yield "</defs>"
        yield f'<rect width="{_WIDTH}" height="{_HEIGHT}" rx="8" fill="{_PAPER}"/>'

    def _arrows(self) -> Iterator[str]:
        for payment in self.payments:
            start, end = (self.accounts[k].at for k in (payment.sender, payment.receiver))
            (x1, y1), (x2, y2) = _between(start, end)
            yield (
                f'<path d="M{x1:.1f} {y1:.1f} {x2:.1f} {y2:.1f}" stroke="{_COLOUR[payment.when]}" '
                f'stroke-width="1.6" marker-end="url(#{payment.when})"/>'
            )
            if payment.hop:
                yield _text(*_beside(start, end), payment.hop, _COLOUR[payment.when])

    def _circles(self) -> Iterator[str]:
        for account in self.accounts:
            x, y = account.at
            fill = _CENTRE if account.centre else _ACCOUNT
            yield (
                f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{_RADIUS:.0f}" fill="{fill}" '
                f'stroke="{_INK}" stroke-width="{2 if account.centre else 1}"/>'
            )

    def _texts(self) -> Iterator[str]:
        yield from (_text(*word) for word in self.words)
        used = list(dict.fromkeys(payment.when for payment in self.payments))
        for x, when in zip((172, 252) if used[1:] else (212,), used, strict=False):
            yield (
                f'<path d="M{x - 42} {_FOOT - 4} {x - 20} {_FOOT - 4}" '
                f'stroke="{_COLOUR[when]}" stroke-width="1.6" marker-end="url(#{when})"/>'
            )
            yield f'<text x="{x - 14}" y="{_FOOT}">{_MEANS[when]}</text>'
        yield "</svg>"


def _text(x: float, y: float, words: str, colour: str = _INK) -> str:
    fill = "" if colour == _INK else f' fill="{colour}"'
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="middle"{fill}>{words}</text>'


def _between(start: Point, end: Point) -> tuple[Point, Point]:
    """Return where an arrow leaves one circle and reaches the other."""
    (x1, y1), (x2, y2) = start, end
    length = hypot(x2 - x1, y2 - y1)
    along = ((x2 - x1) / length, (y2 - y1) / length)
    leave, reach = _RADIUS + _GAP / 2, _RADIUS + _GAP
    return (
        (x1 + along[0] * leave, y1 + along[1] * leave),
        (x2 - along[0] * reach, y2 - along[1] * reach),
    )


def _beside(start: Point, end: Point, by: float = 12.0) -> Point:
    """Return a point a little to the left of the middle of an arrow."""
    (x1, y1), (x2, y2) = start, end
    length = hypot(x2 - x1, y2 - y1)
    return (
        (x1 + x2) / 2 + by * (y2 - y1) / length,
        (y1 + y2) / 2 - by * (x2 - x1) / length + 4,
    )


def _column(x: float, count: int, *, centre: bool = False) -> tuple[Account, ...]:
    """Stand accounts one above the other, in the middle of the picture."""
    step = 46.0 if count > _FEW else 56.0
    top = _MIDDLE - step * (count - 1) / 2
    return tuple(Account((x, top + step * k), centre) for k in range(count))


def _all(senders: range, receivers: range, when: When = "any") -> tuple[Payment, ...]:
    return tuple(Payment(s, r, when) for s in senders for r in receivers)


def _fan_in() -> Drawing:
    return Drawing(
        "Four accounts each pay one account.",
        (*_column(90, 4), Account((350, _MIDDLE), centre=True)),
        _all(range(4), range(4, 5)),
        ((90, 28, "senders, new to it"), (350, 98, "hub")),
    )


def _fan_out() -> Drawing:
    return Drawing(
        "One account pays four accounts.",
        (Account((90, _MIDDLE), centre=True), *_column(350, 4)),
        _all(range(1), range(1, 5)),
        ((90, 98, "hub"), (350, 28, "receivers, new to it")),
    )


def _gather_scatter() -> Drawing:
    return Drawing(
        "Three accounts pay a hub, which then pays three others.",
        (*_column(70, 3), Account((220, _MIDDLE), centre=True), *_column(370, 3)),
        (*_all(range(3), range(3, 4), "first"), *_all(range(3, 4), range(4, 7), "then")),
        ((70, 38, "senders"), (220, 96, "hub"), (370, 38, "receivers")),
    )


def _scatter_gather() -> Drawing:
    return Drawing(
        "One account pays three intermediaries; each of them then pays the same account.",
        (Account((70, _MIDDLE)), *_column(220, 3, centre=True), Account((370, _MIDDLE))),
        (*_all(range(1), range(1, 4), "first"), *_all(range(1, 4), range(4, 5), "then")),
        ((70, 98, "origin"), (220, 38, "intermediaries"), (370, 98, "beneficiary")),
    )


def _cycle() -> Drawing:
    turn = [2 * pi * k / 5 - pi / 2 for k in range(5)]
    ring = tuple(
        Account((220 + 82 * cos(angle), 116 + 82 * sin(angle)), centre=not k)
        for k, angle in enumerate(turn)
    )
    when: tuple[When, ...] = ("first", "then", "then", "then", "then")
    return Drawing(
        "Five accounts pay each other in a ring, each hop later than the one before.",
        ring,
        tuple(Payment(k, (k + 1) % len(when), when[k], str(k + 1)) for k in range(len(when))),
        ((282, 32, "first and last"),),
    )


def _chain() -> Drawing:
    places = ((50.0, 145.0), (135.0, 85.0), (220.0, 145.0), (305.0, 85.0), (390.0, 145.0))
    when: tuple[When, ...] = ("first", "then", "then", "then")
    return Drawing(
        "Money passes through five accounts, each hop later than the one before.",
        tuple(Account(at, centre=0 < k < len(places) - 1) for k, at in enumerate(places)),
        tuple(Payment(k, k + 1, when[k], str(k + 1)) for k in range(len(when))),
        ((50, 175, "origin"), (220, 175, "passing on"), (390, 175, "end")),
    )


def _bipartite() -> Drawing:
    return Drawing(
        "Each of three accounts pays each of three others.",
        (*_column(100, 3), *_column(340, 3)),
        _all(range(3), range(3, 6)),
        ((100, 38, "originators"), (340, 38, "beneficiaries")),
    )


def _stack() -> Drawing:
    return Drawing(
        "Three accounts pay three others, who then pay three more.",
        (*_column(70, 3), *_column(220, 3, centre=True), *_column(370, 3)),
        (*_all(range(3), range(3, 6), "first"), *_all(range(3, 6), range(6, 9), "then")),
        ((70, 38, "first layer"), (220, 38, "second layer"), (370, 38, "third layer")),
    )


DRAWINGS: Mapping[str, Drawing] = {
    "fan-in": _fan_in(),
    "fan-out": _fan_out(),
    "gather-scatter": _gather_scatter(),
    "scatter-gather": _scatter_gather(),
    "temporal-cycle": _cycle(),
    "chain": _chain(),
    "bipartite": _bipartite(),
    "stack": _stack(),
}
"""Each pattern's drawing, by its name."""
