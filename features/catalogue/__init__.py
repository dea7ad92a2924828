"""The catalogue: every feature there is, in one tuple. Reading it is reading the product."""

import hashlib
from collections.abc import Iterable

from features.catalogue import (
    baseline,
    cash,
    company,
    context,
    corridors,
    counterparties,
    crypto,
    distribution,
    dormancy,
    dwell,
    flow_through,
    patterns,
    relations,
    rhythm,
    structuring,
    thresholds,
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
    *thresholds.FEATURES,
    *cash.FEATURES,
    *dwell.FEATURES,
    *relations.FEATURES,
    *corridors.FEATURES,
    *crypto.FEATURES,
    *dormancy.FEATURES,
    *rhythm.FEATURES,
    *distribution.FEATURES,
    *patterns.FEATURES,
)

# What a first look must be given for.
COMPANY: tuple[Feature, ...] = company.FEATURES
ALL: tuple[Feature, ...] = CATALOGUE + COMPANY

# Raised by hand when a kernel's meaning changes while its description does not.
REVISION = 1


def definition(feature: Feature) -> str:
    """Return the SHA-256 of all that a feature's numbers depend on: not of how it is worded."""
    said = (REVISION, feature.family, feature.unit, feature.statistic)
    return hashlib.sha256(repr(said).encode()).hexdigest()


def digest(catalogue: Iterable[Feature]) -> str:
    """Return the SHA-256 of the features' definitions, in order.

    >>> digest(CATALOGUE) == digest(tuple(CATALOGUE)), digest(CATALOGUE) == digest(CATALOGUE[1:])
    (True, False)
    """
    text = "\n".join(definition(feature) for feature in catalogue)
    return hashlib.sha256(text.encode()).hexdigest()


def pick(names: Iterable[str]) -> tuple[Feature, ...]:
    """Return the features of these names, in this order.

    Raises
    ------
    KeyError
        If there is no such feature.
    """
    by_name = {feature.name: feature for feature in ALL}
    return tuple(by_name[name] for name in names)


def company_of(features: Iterable[Feature]) -> tuple[Feature, ...]:
    """Return those features that ask how suspicious other payments are: a first look must be taken.

    >>> company_of(ALL) == COMPANY
    True
    """
    return tuple(feature for feature in features if feature.family == "company")


__all__ = [
    "ALL",
    "CATALOGUE",
    "COMPANY",
    "REVISION",
    "Direction",
    "Family",
    "Feature",
    "Unit",
    "company_of",
    "definition",
    "digest",
    "pick",
]
