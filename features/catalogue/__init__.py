"""The catalogue: every feature there is, in one tuple. Reading it is reading the product."""

import hashlib
from collections.abc import Iterable

from features.catalogue import (
    baseline,
    context,
    counterparties,
    flow_through,
    structuring,
    timing,
    volume,
)
from features.catalogue.feature import Direction, Family, Feature, Unit

CATALOGUE: tuple[Feature, ...] = (
    *volume.FEATURES,
    *counterparties.FEATURES,
    *flow_through.FEATURES,
    *structuring.FEATURES,
    *timing.FEATURES,
    *baseline.FEATURES,
    *context.FEATURES,
)

# Raised by hand when a kernel's meaning changes while its description does not.
REVISION = 1


def digest(catalogue: Iterable[Feature]) -> str:
    """Return the SHA-256 of the features' full descriptions, in order.

    >>> digest(CATALOGUE) == digest(tuple(CATALOGUE)), digest(CATALOGUE) == digest(CATALOGUE[1:])
    (True, False)
    """
    text = "\n".join([f"revision {REVISION}", *(repr(feature) for feature in catalogue)])
    return hashlib.sha256(text.encode()).hexdigest()


def pick(names: Iterable[str]) -> tuple[Feature, ...]:
    """Return the features of these names, in this order.

    Raises
    ------
    KeyError
        If there is no such feature.
    """
    by_name = {feature.name: feature for feature in CATALOGUE}
    return tuple(by_name[name] for name in names)


__all__ = ["CATALOGUE", "REVISION", "Direction", "Family", "Feature", "Unit", "digest", "pick"]
