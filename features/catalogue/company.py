"""The company a payment is in: what a first look makes of the other payments of its accounts.

They are no part of the catalogue that is always computed: there must be a first look to be had.
"""

from features.catalogue.feature import Feature
from features.catalogue.lenses import LENSES, did, who
from features.statistics.company import Expected
from features.windows import DAY, Window, leading, trailing
from features.workspace import Lens

_WINDOWS = (
    *(trailing(days * DAY) for days in (1, 7, 28, 84)),
    *(leading(days * DAY) for days in (1, 7)),
)


def _expected(lens: Lens, window: Window) -> Feature:
    return Feature(
        "company",
        Expected(lens, window),
        "suspicious payments",
        f"Of the other payments that {who(lens)} {did(lens)} {window.words}, the expected number "
        "of illicit ones is {value} (a first model's estimate, not a fact).",
    )


FEATURES = tuple(_expected(lens, window) for lens in LENSES for window in _WINDOWS)
