"""How much and how often: counts and amounts, inside and outside the known accounts apart."""

from features.catalogue.feature import Feature
from features.catalogue.lenses import LENSES, WINDOWS, did, who
from features.filters import Known, Outside, RowFilter
from features.statistics import Largest, Total
from features.windows import DAY, Window, leading, trailing
from features.workspace import Lens

_VELOCITY = ("IND-32",)
_LARGEST = (trailing(DAY), trailing(7 * DAY), trailing(28 * DAY), leading(7 * DAY))


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
        make(lens, window, rows)
        for lens in LENSES
        for rows in (Known(), Outside())
        for window in WINDOWS
        for make in (_count, _amount)
    ),
    *(_largest(lens, window) for lens in LENSES for window in _LARGEST),
)
