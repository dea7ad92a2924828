"""Where indicators fire, row by row and rule by rule: the slow twin of ``watch_rows``."""

import math

from features.catalogue.documentation import null_rules

ASKED = {
    ">=": lambda x, limit: x >= limit,
    ">": lambda x, limit: x > limit,
    "<=": lambda x, limit: x <= limit,
    "<": lambda x, limit: x < limit,
}


def state(indicators, id_, side, row, peers, group, horizon):
    """Return True where an indicator fires, None where that is not known, else False.

    ``row`` has the ``time`` and the ``values`` by feature, ``horizon`` from when to when the data
    know, and whether they know the clock.
    """
    states = [
        _all(
            _condition(condition, side, row, peers, group, horizon) for condition in rule.conditions
        )
        for rule in indicators.by_id[id_].rules
        if rule.side == side
    ]
    if True in states:
        return True
    return None if None in states else False


def _all(states):
    states = list(states)
    if False in states:
        return False
    return None if None in states else True


def _condition(condition, side, row, peers, group, horizon):
    value = row["values"][condition.feature.name]
    if math.isnan(value):
        return None if _unknown(condition.feature, row["time"], horizon) else False
    if not condition.peers:
        minor = 100 if condition.feature.unit == "money" else 1
        return ASKED[condition.op](value, condition.threshold * minor)
    share = peers.percentile(side, condition.feature.name, *group(value))[0]
    return None if math.isnan(share) else bool(ASKED[condition.op](share, condition.threshold))


def _unknown(feature, time, horizon):
    begin, end, clock = horizon
    rules, statistic = null_rules(feature.statistic), feature.statistic
    return (
        ("history" in rules and time - statistic.lookback < begin)
        or ("ahead" in rules and time + statistic.lookahead > end)
        or ("clock" in rules and not clock)
        or "source" in rules
    )
