"""Money through virtual assets, as far as the channel tells: cash-out, purchase after receipts."""

from features.catalogue.feature import Feature
from features.catalogue.lenses import RECEIVER_IN, RECEIVER_OUT, SENDER_IN, SENDER_OUT, who
from features.filters import Both, ByChannel, Known, NotBy, RowFilter
from features.places import CrossBorder
from features.statistics import Ratio, Total
from features.statistics.combined import Part
from features.statistics.dwell import Left
from features.windows import DAY, Window, span_words, trailing
from features.workspace import Lens

_CRYPTO, _CASH = ByChannel("crypto"), ByChannel("cash")
_THIRD_PARTY = Both(Known(), NotBy("crypto"))
_WEEK, _MONTH, _QUARTER = trailing(7 * DAY), trailing(28 * DAY), trailing(90 * DAY)


def _balance(inward: Lens, outward: Lens) -> Feature:
    return Feature(
        "geography and channel",
        Part(
            f"{inward.subject}_crypto_in_of_both_{_QUARTER.label}",
            Total(inward, _QUARTER, _CRYPTO, weighed=True),
            Total(outward, _QUARTER, _CRYPTO, weighed=True),
        ),
        "share",
        f"Of the money that {who(inward)} received and paid by crypto {_QUARTER.words}, {{value}} "
        "was received.",
        ("IND-38",),
    )


def _left(
    lens: Lens,
    lots: RowFilter,
    outs: RowFilter,
    within: int,
    window: Window,
    words: tuple[str, ...],
) -> Feature:
    came, went, flag = words
    return Feature(
        "flow-through",
        Ratio(
            f"{lens.subject}_{lots.label}_left_{outs.label}_within_{within // DAY}d_{window.label}",
            Left(lens, window.lookback, lots, outs, within),
            Total(lens, window, lots, weighed=True),
        ),
        "share",
        f"{{value}} of the money that {who(lens)} received {came} {window.words} left {went} at "
        f"most {span_words(within)} after it came (first in, first out).",
        (flag,),
    )


FEATURES = (
    _balance(SENDER_IN, SENDER_OUT),
    _balance(RECEIVER_IN, RECEIVER_OUT),
    *(
        _left(lens, *rest)
        for lens in (SENDER_IN, RECEIVER_IN)
        for rest in (
            (_CRYPTO, _CASH, 3 * DAY, _MONTH, ("by crypto", "in cash", "IND-38")),
            (
                _CRYPTO,
                CrossBorder(),
                3 * DAY,
                _MONTH,
                ("by crypto", "for another country", "IND-38"),
            ),
            (
                _THIRD_PARTY,
                _CRYPTO,
                DAY,
                _WEEK,
                ("from known accounts by other means", "by crypto", "IND-39"),
            ),
            (_CRYPTO, _CRYPTO, 2 * DAY, _MONTH, ("by crypto", "by crypto", "IND-39")),
        )
    ),
)
