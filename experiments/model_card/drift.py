"""What had changed by the newest rows, and when to look again."""

from engine.wording.words import percent
from experiments.monitoring.report import Monitored
from experiments.monitoring.stability import LARGE, LITTLE

_SHOWN = 5


def section(found: Monitored) -> str:
    """Say how far features and scores had moved between training and the test part."""
    rows = "\n".join(
        f"| {each.family} | {each.features} | {each.psi_median:.3f} | {each.moved_far} "
        f"| `{each.moved_most}` ({each.psi_highest:.2f}) | {percent(each.missing_train)} "
        f"| {percent(each.missing)} |"
        for each in list(found.families)[:_SHOWN]
    )
    rest = len(found.families) - _SHOWN
    return (
        "## Drift\n\n"
        f"The population stability index says how far a distribution moved: below {LITTLE} is "
        f"usually called little, above {LARGE} large. From the calibration part to the test part "
        f"the score moved by {found.score_psi:.3f} ({_word(found.score_psi)}). Features, from the "
        "training rows to the test part:\n\n"
        "| family | features | index, middle one | large | moved most | unknown in training "
        "| unknown now |\n|---|---|---|---|---|---|---|\n"
        + rows
        + (f"\n\nThe other {rest} families moved less." if rest > 0 else "")
        + "\n\nWhat grows with the history there is (all of a past of 28 days) moves between the "
        "first weeks of a dataset and its later ones without anybody behaving otherwise. Watch "
        "the same index on new data, and judge the model anew where the score's is large: "
        "`tables/drift_by_feature.csv` and `tables/score_by_week.csv` show where it began. In the "
        "last days of a part it is not known what happens next, which moves scores too."
    )


def _word(psi: float) -> str:
    """Call an index little, some or large.

    >>> _word(0.02), _word(0.2), _word(0.4)
    ('little', 'some', 'large')
    """
    if psi < LITTLE:
        return "little"
    return "some" if psi < LARGE else "large"
