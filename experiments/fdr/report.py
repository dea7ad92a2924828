"""What the trials came to, as a table and as the page ``docs/false_discovery.md``."""

from collections.abc import Iterator, Sequence

import numpy as np

from experiments.fdr.trial import CONFIG, LEVELS, RATES, SCENARIOS, WORLD, Listed


def page(found: Sequence[Listed]) -> str:
    """Return the page as Markdown."""
    return "\n".join([*_head(found), *table(found), "", *_p_values(found)]) + "\n"


def _head(found: Sequence[Listed]) -> Iterator[str]:
    seeds = sorted({one.seed for one in found})
    own = [one for one in found if one.scenario == SCENARIOS[0]]
    yield "<!-- Written by `python -m experiments.fdr`: run it again, don't edit. -->"
    yield "# Does a list keep the share of false candidates it promises?"
    yield ""
    families = ", ".join(CONFIG.features.families)
    yield (
        f"{len(seeds)} simulated worlds (seeds {seeds[0]} to {seeds[-1]}), {WORLD.transactions:,} "
        f"payments in {WORLD.days} days, {WORLD.illicit_share:.0%} planted. A model is trained on "
        f"each (families {families}; some features look ahead), {_mean(own, 'block'):,.0f} honest "
        "account-weeks are set aside on average, and two whole weeks after these are scored: "
        f"{_mean(own, 'account_weeks'):,.0f} account-weeks, {_mean(own, 'illicit'):,.0f} with an "
        "illicit payment. A candidate without one is false."
    )
    yield ""
    asked = f"--seeds {len(seeds)} --first {seeds[0]}"
    yield f"    python -m experiments.fdr {asked} --out docs/false_discovery.md"
    yield ""
    yield (
        "The share of an empty list counts as 0. The promise is about the mean: it is kept where "
        "the mean less two standard errors is at most what was asked. "
        "[How](scoring.md#a-share-of-false-candidates) · "
        "[why](decisions/0016-conformal-selection.md)"
    )
    yield ""


def table(found: Sequence[Listed]) -> Iterator[str]:
    """Return what became of every scenario at every rate."""
    yield (
        "| scored | asked | mean share false | standard error | less two | kept | lists not empty "
        "| mean listed | illicit among them |"
    )
    yield "|---|---|---|---|---|---|---|---|---|"
    for scenario in SCENARIOS:
        for rate in RATES:
            own = [one for one in found if (one.scenario, one.rate) == (scenario, rate)]
            if own:
                yield _line(scenario, rate, own)


def _line(scenario: str, rate: float, own: Sequence[Listed]) -> str:
    shares = np.array([one.false_share for one in own])
    mean, error = shares.mean(), shares.std(ddof=1) / np.sqrt(len(own)) if len(own) > 1 else 0.0
    full = sum(one.listed > 0 for one in own)
    right = np.mean([one.listed - one.false for one in own])
    cells = (
        scenario,
        f"{rate:g}",
        *(f"{value:.3f}" for value in (mean, error, mean - 2 * error)),
        "yes" if mean - 2 * error <= rate else "no",
        f"{full} of {len(own)}",
        f"{_mean(own, 'listed'):.1f}",
        f"{right:.1f} of {_mean(own, 'illicit'):.1f}",
    )
    return f"| {' | '.join(cells)} |"


def _p_values(found: Sequence[Listed]) -> Iterator[str]:
    yield "## P-values of honest account-weeks"
    yield ""
    yield (
        "If the weeks scored are like those set aside, a share of at most x of them has a p-value "
        "of at most x."
    )
    yield ""
    yield "| scored | illicit in the block | " + " | ".join(f"{x:g}" for x in LEVELS) + " |"
    yield "|---|---|" + "---|" * len(LEVELS)
    for scenario in SCENARIOS:
        own = [one for one in found if (one.scenario, one.rate) == (scenario, RATES[0])]
        if own:
            shares = " | ".join(f"{x:.3f}" for x in np.mean([one.unusual for one in own], axis=0))
            yield f"| {scenario} | {_mean(own, 'contaminated'):.1%} | {shares} |"


def _mean(found: Sequence[Listed], name: str) -> float:
    return float(np.mean([getattr(one, name) for one in found]))
