"""Blocks of accounts that pay the same accounts, and blocks stacked on blocks."""

from features.catalogue.feature import Feature, Unit
from features.catalogue.settings import pattern_settings
from features.patterns.blocks import BlockRule
from features.statistics.patterns.blocks import Block, Measure
from features.statistics.patterns.stacks import Stack, StackMember
from features.windows import DAY

RULE = pattern_settings("blocks", BlockRule)
_WIDTH = 7 * DAY
_FLAGS = ("IND-22",)
_SHARE = f"{RULE.low_permille / 10:g} to {RULE.high_permille / 10:g} %"
_SAID: dict[Measure, tuple[Unit, str]] = {
    "butterflies": (
        "number",
        (
            "There were {value} ways to make a square of {sender}, {receiver}, a second sender "
            "and a second receiver, each sender paying each receiver,"
        ),
    ),
    "senders": (
        "accounts",
        "{value} other accounts paid {receiver} and at least one more that {sender} paid",
    ),
    "receivers": (
        "accounts",
        "{value} accounts, {receiver} among them, were paid by both {sender} and one same other",
    ),
    "pairs": (
        "number",
        (
            f"There were {{value}} paying pairs in a block of {RULE.least_accounts} or more "
            f"senders and {RULE.least_accounts} or more receivers with {{sender}} and {{receiver}}"
        ),
    ),
}
_BESIDE = {
    False: "Beside {sender}, {value} accounts paid {receiver} and one more that it paid, after two "
    "or more accounts had paid both",
    True: "Beside {receiver}, {value} accounts were paid by {sender} and one more that paid it, "
    "and then both paid two or more same accounts",
}


def _block(measure: Measure, *, ahead: bool) -> Feature:
    statistic, (unit, said) = Block(_WIDTH, ahead, RULE, measure), _SAID[measure]
    return Feature("patterns", statistic, unit, f"{said} {statistic.window.words}.", _FLAGS)


def _stack(*, ahead: bool, conserving: bool) -> Feature:
    statistic = Stack(_WIDTH, ahead, RULE, conserving)
    kept = f"; it and they passed on {_SHARE} of what they had received" if conserving else ""
    said = f"{_BESIDE[ahead]} {statistic.window.words}{kept}."
    return Feature("patterns", statistic, "accounts", said, _FLAGS)


def _member() -> Feature:
    statistic = StackMember(_WIDTH, True, RULE)
    said = (
        "{value} accounts each stood beside {sender}, paid before by two or more same accounts, "
        "and beside {receiver}, later paying two or more same accounts, within "
        f"{_WIDTH // DAY} days of this payment."
    )
    return Feature("patterns", statistic, "accounts", said, _FLAGS)


FEATURES = (
    *(_block(measure, ahead=ahead) for ahead in (False, True) for measure in _SAID),
    *(
        _stack(ahead=ahead, conserving=conserving)
        for ahead in (False, True)
        for conserving in (False, True)
    ),
    _member(),
)
