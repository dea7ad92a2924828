"""Money that comes and goes: turnover, passing on, matching amounts less a commission."""

from features.catalogue.feature import Feature
from features.catalogue.lenses import (
    LAST_DAY,
    MONTH,
    NEXT_WEEK,
    RECEIVER_IN,
    RECEIVER_OUT,
    SENDER_IN,
    SENDER_OUT,
    THREE_DAYS,
    WEEK,
)
from features.filters import Known
from features.statistics import Alike, Ratio, RowFact, Total, Turnover
from features.windows import DAY, SAME_INSTANT, Window, leading, strictly_before
from features.workspace import Lens

_PASS = ("IND-11", "IND-12")
_COMMISSION = ("IND-13",)
_TURNOVER_WINDOWS = (LAST_DAY, THREE_DAYS, MONTH)


def _turnover(subject_in: Lens, subject_out: Lens, window: Window) -> Feature:
    subject = subject_in.subject
    return Feature(
        "flow-through",
        Turnover(
            f"{subject}_turnover_{window.label}",
            Total(subject_in, window, weighed=True),
            Total(subject_out, window, weighed=True),
        ),
        "share",
        f"What {{{subject}}} received and what it paid out in payments {window.words} "
        "matched to {value}.",
        _PASS,
    )


def _funded(width: int) -> Feature:
    window = strictly_before(width)
    return Feature(
        "flow-through",
        Ratio(
            f"sender_funded_{window.label}",
            Total(SENDER_IN, window, Known(), weighed=True),
            RowFact("amount"),
        ),
        "times",
        f"{{sender}} received {{value}} times the amount from known accounts {window.words}.",
        _PASS,
    )


def _passed_on(width: int) -> Feature:
    window = leading(width)
    return Feature(
        "flow-through",
        Ratio(
            f"receiver_passed_on_{window.label}",
            Total(RECEIVER_OUT, window, weighed=True),
            RowFact("amount"),
        ),
        "times",
        f"{{receiver}} paid out {{value}} times the amount {window.words}.",
        _PASS,
    )


def _commission_before() -> Feature:
    window = strictly_before(7 * DAY)
    return Feature(
        "flow-through",
        Alike(SENDER_IN, window, 1005, 1111),
        "payments",
        "{sender} had received {value} payments that this one equals less 0.5 to 10 % "
        f"{window.words}.",
        _COMMISSION,
    )


def _commission_after() -> Feature:
    window = NEXT_WEEK
    return Feature(
        "flow-through",
        Alike(RECEIVER_OUT, window, 900, 995),
        "payments",
        f"{{receiver}} made {{value}} payments of this amount less 0.5 to 10 % {window.words}.",
        _COMMISSION,
    )


def _same_size(lens: Lens, window: Window) -> Feature:
    verb = "made" if lens.flow == "out" else "received"
    return Feature(
        "flow-through",
        Alike(lens, window, 950, 1050),
        "payments",
        f"{{{lens.subject}}} {verb} {{value}} payments within 5 % of this amount {window.words}.",
        ("IND-24",),
    )


FEATURES = (
    *(
        _turnover(*lenses, window)
        for lenses in ((SENDER_IN, SENDER_OUT), (RECEIVER_IN, RECEIVER_OUT))
        for window in _TURNOVER_WINDOWS
    ),
    *(_funded(width) for width in (DAY, 7 * DAY)),
    *(_passed_on(width) for width in (DAY, 7 * DAY)),
    _commission_before(),
    _commission_after(),
    *(
        _same_size(lens, window)
        for lens in (SENDER_OUT, RECEIVER_IN)
        for window in (WEEK, NEXT_WEEK)
    ),
    _same_size(RECEIVER_IN, LAST_DAY),  # the day of IND-24
    Feature(
        "flow-through",
        Total(SENDER_IN, SAME_INSTANT, Known(), weighed=True),
        "money",
        "{sender} received {value} from known accounts at the same instant as this payment.",
        _PASS,
    ),
    Feature(
        "flow-through",
        Total(RECEIVER_OUT, SAME_INSTANT, Known(), weighed=True),
        "money",
        "{receiver} paid {value} to known accounts at the same instant as this payment.",
        _PASS,
    ),
)
