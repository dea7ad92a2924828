"""Where a value stands among others like it, in words."""

import math

from engine.wording.words import above, count

LOW = 0.25


def is_low(percentile: float | None) -> bool:
    """Whether a value lies so low among its peers that it is said to be "only" that.

    >>> is_low(0.09), is_low(0.6), is_low(None)
    (True, False, False)
    """
    return percentile is not None and percentile <= LOW


def standing(
    percentile: float | None, group: str | None, payments: int | None, note: str | None = None
) -> str:
    """Say where a value stands among the payments of a group.

    >>> standing(0.9712, "accounts in NL", 1240)
    'more than 97.1 % of 1,240 payments of accounts in NL'
    >>> standing(0.09, "all accounts", 500, "not enough history")
    'less than 91 % of 500 payments of all accounts (not enough history)'
    >>> standing(1.0, "accounts in NL", 3), standing(None, None, None)
    ('more than any of 3 payments of accounts in NL', 'not known')
    """
    if percentile is None or not math.isfinite(percentile) or group is None or payments is None:
        return "not known"
    high = percentile >= 1 / 2
    beyond = percentile if high else 1 - percentile
    share = "any" if beyond == 1 else above(beyond)
    said = f"{'more' if high else 'less'} than {share} of {count(payments, 'payment')} of {group}"
    return f"{said} ({note})" if note else said
