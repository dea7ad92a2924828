"""How much and how often: counts and amounts, inside and outside the known accounts apart.

Both over 28 days, a day and an hour: where times are exact, how many come at once tells more than
how much. Over 7 days money alone: there the order of counts is that of counterparties.
"""

from features.catalogue.feature import Feature
from features.catalogue.lenses import (
    LAST_DAY,
    LAST_HOUR,
    LENSES,
    MONTH,
    NEXT_DAY,
    NEXT_WEEK,
    THREE_DAYS,
    WINDOWS,
    did,
    who,
)
from features.filters import Known, Outside, RowFilter
from features.statistics import Largest, Total
from features.windows import Window
from features.workspace import Lens

_VELOCITY = ("IND-32",)


def _payments(rows: RowFilter, lens: Lens) -> str:
    """Name the rows; money of the world outside has a direction.

    >>> _payments(Outside(), LENSES[0]), _payments(Outside(), LENSES[1])
    ('payments to the world outside', 'payments from the world outside')
    """
    if isinstance(rows, Outside):
        return f"payments {'to' if lens.flow == 'out' else 'from'} the world outside"
    return rows.words


def _count(lens: Lens, window: Window, rows: RowFilter) -> Feature:
    return Feature(
        "volume and velocity",
        Total(lens, window, rows),
        "payments",
        f"{who(lens)} {did(lens)} {{value}} {_payments(rows, lens)} {window.words}.",
        _VELOCITY,
    )


def _amount(lens: Lens, window: Window, rows: RowFilter) -> Feature:
    return Feature(
        "volume and velocity",
        Total(lens, window, rows, weighed=True),
        "money",
        f"{who(lens)} {did(lens)} {_payments(rows, lens)} worth {{value}} {window.words}.",
        _VELOCITY,
    )


def _largest(lens: Lens, window: Window) -> Feature:
    return Feature(
        "volume and velocity",
        Largest(lens, window),
        "money",
        f"The largest payment that {who(lens)} {did(lens)} {window.words} was {{value}}.",
    )


FEATURES = (
    *(
        feature
        for lens in LENSES
        for feature in (
            *(_count(lens, window, Known()) for window in (LAST_HOUR, LAST_DAY, MONTH, NEXT_DAY)),
            *(_amount(lens, window, Known()) for window in (LAST_HOUR, *WINDOWS)),
            _count(lens, MONTH, Outside()),
            *(_amount(lens, window, Outside()) for window in (MONTH, NEXT_WEEK)),
            _largest(lens, MONTH),
        )
    ),
    # What is gathered in three days: IND-18.
    *(_amount(lens, THREE_DAYS, Known()) for lens in LENSES if lens.flow == "in"),
)
