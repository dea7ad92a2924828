"""The receipt as lines that add up, each with its place in a small waterfall."""

import math
from dataclasses import dataclass

from engine.report.records import Candidate
from engine.wording.words import signed

DIGITS = 6
_SAME = 1e-9


@dataclass(frozen=True, slots=True)
class Line:
    """One line: what, how much, the sum so far; ``start`` and ``width`` are shares of the range."""

    kind: str
    code: str
    label: str
    value: str
    total: str
    start: float
    width: float
    sign: str


def receipt_lines(one: Candidate) -> list[Line]:
    """List base, contributions, rest, difference and margin, with the running total."""
    receipt = one.receipt
    parts = [("base", "", "Base value: where the model starts", receipt.base)]
    parts += [
        ("reason", f"{letter}{number}", reason.theme, reason.contribution)
        for letter, reasons in (("R", one.reasons), ("A", one.against))
        for number, reason in enumerate(reasons, 1)
    ]
    parts.append(("rest", "", "All other features together", one.rest))
    parts.append(("difference", "", "Float rounding, as stored", receipt.difference))
    totals = [math.fsum(part[3] for part in parts[: n + 1]) for n in range(len(parts))]
    low, high = min(0.0, *totals), max(0.0, *totals, receipt.margin)
    wide = (high - low) or 1.0
    lines, before = [], 0.0
    for (kind, code, label, value), total in zip(parts, totals, strict=True):
        start = (min(before, total) - low) / wide
        width = abs(total - before) / wide
        sign = "sum" if kind == "base" else "up" if value >= 0 else "down"
        texts = signed(value, DIGITS), signed(total, DIGITS)
        lines.append(Line(kind, code, label, *texts, start, width, sign))
        before = total
    return [*lines, _margin(receipt.margin, low, wide)]


def _margin(margin: float, low: float, wide: float) -> Line:
    text = signed(margin, DIGITS)
    start, width = (min(0.0, margin) - low) / wide, abs(margin) / wide
    return Line("margin", "", "Margin", text, text, start, width, "sum")


def link_words(one: Candidate) -> str:
    """Say how the margin becomes the score; the plain formula only where it holds."""
    logistic = 1 / (1 + math.exp(-max(min(one.receipt.margin, 700.0), -700.0)))
    if abs(logistic - one.receipt.score) <= _SAME:
        return "score = 1 / (1 + exp(-margin))"
    return "through the model's calibration, which never changes the order"
