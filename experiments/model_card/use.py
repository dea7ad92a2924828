"""What a model is for and not for, what its score means, what it came from, whom it can harm."""

from collections.abc import Mapping

from experiments.config import ExperimentConfig
from features.dataset import Manifest

_POPULATION = {"all": "all payments", "internal": "payments with both sides known"}
_LABELS = {
    "complete": "every payment carries one",
    "partial": "some payments carry one; the others are unknown and are left out",
    "positive-only": "only illicit payments carry one; all others count as honest, so precision "
    "is a lower bound and recall is relative to what is known",
    "none": "there are none",
}
_SCORE = {
    "probability": "It is a probability that the payment is illicit, as the labels of the "
    "training data say it: of 100 payments that score 0.3, about 30 should be. The section "
    "on calibration says how far that held.",
    "uncalibrated": "It ranks. It is not a probability: there were no labelled payments to "
    "calibrate it on.",
    "anomaly": "It is the share of training payments that are less unusual. It is not a "
    "probability: a score of 0.99 says that 1 in 100 is as unusual, not that anything is illicit.",
}


def sections(
    config: ExperimentConfig, manifest: Manifest, facts: Mapping[str, object]
) -> list[str]:
    """Return the intended use, what it is not for, and how to read the score."""
    return [_intended(facts), _not_for(config, manifest), _score(config, facts)]


def _intended(facts: Mapping[str, object]) -> str:
    learned = facts["score_kind"] != "anomaly"
    trees = "trees that learned from labelled cases" if learned else "no labels, so no trees"
    return (
        "## What it is for\n\n"
        "Ranks payments, and through them accounts in a week, so that an investigator of a "
        "financial intelligence unit reads the most suspicious first, with the reasons and the "
        "payments that show them. What it lists is a candidate for a person to look into, never "
        "a verdict.\n\n"
        f"It is made of detectors of the unusual ({facts['detectors']}) over "
        f"{facts['features']} features of behaviour, and {trees}."
    )


def _not_for(config: ExperimentConfig, manifest: Manifest) -> str:
    channels = ", ".join(config.evaluate.exclude_channels)
    judged = _POPULATION[config.population.evaluate] + (f" but {channels}" if channels else "")
    return "\n".join(
        [
            "## What it is not for",
            "",
            (
                "* Deciding about a person or an account: nothing may be blocked, refused or "
                "reported on its word alone."
            ),
            "* Clearing anybody: who is not listed was ranked lower, not found innocent.",
            (
                f"* Payments unlike those it was judged on, which were {judged}, with amounts in "
                f"{manifest.reporting_currency} and times to the {manifest.time_precision}."
            ),
            (
                "* Data of another source or another time without judging it there first "
                "(`moneytrail evaluate`)."
            ),
        ]
    )


def _score(config: ExperimentConfig, facts: Mapping[str, object]) -> str:
    looked = "Some of" if config.features.leading else "None of"
    return (
        "## What the score means\n\n"
        f"Between 0 and 1, higher is more suspicious. {_SCORE[str(facts['score_kind'])]}"
        f"{_uncalibrated(facts)}\n\n"
        f"{looked} its features say what happened to the money after the payment"
        + (
            ": the score of a recent payment can change as more becomes known."
            if config.features.leading
            else ": a score does not change when more becomes known."
        )
    )


def _uncalibrated(facts: Mapping[str, object]) -> str:
    """Warn of a probability that could not be made one on rows of its own."""
    if facts["score_kind"] != "probability":
        return ""
    if not any("calibrat" in note for note in listed(facts.get("notes"))):
        return ""
    return (
        " **Here it could not be calibrated as it should be (see the limits): read it as a rank, "
        "not as a probability.**"
    )


def data(config: ExperimentConfig, manifest: Manifest) -> str:
    """Say what it was made from."""
    population = config.population
    source = ", ".join(f"{name} {value}" for name, value in manifest.source.items())
    return (
        "## Data\n\n"
        f"Snapshot `{manifest.snapshot_id}`: {manifest.rows['transactions']:,} payments from "
        f"{manifest.coverage_from:%Y-%m-%d} to {manifest.coverage_to:%Y-%m-%d} "
        f"(source: {source or 'not said'}). Labels: {_LABELS[manifest.labels]}.\n\n"
        f"Trees learn from {_POPULATION[population.fit]}; detectors, and what counts as usual, "
        f"from {_POPULATION[population.reference]}; judged on {_POPULATION[population.evaluate]}."
    )


def limits(manifest: Manifest, facts: Mapping[str, object]) -> str:
    """Say where it fails, and what was done in place of what was asked for."""
    notes = [f"* In this training: {note}." for note in listed(facts.get("notes"))]
    simulated = "simulator" in manifest.source
    return "\n".join(
        [
            "## Limits",
            "",
            (
                "* It finds what resembles the illicit payments it was trained on, and what is "
                "unusual there. What is new and looks usual escapes it."
            ),
            (
                "* Labels say what was found out, not what happened: laundering nobody noticed "
                "counts as honest, in training and in the numbers above."
            ),
            "* Payments of one pattern go together, so few patterns make wide intervals.",
            "* The newest payments lack the features that say what happened to the money next.",
            (
                "* Numbers hold for data like the test part; base rates elsewhere differ, and "
                "average precision with them."
            ),
            *(["* The data is simulated: the numbers say nothing of the real world."] * simulated),
            *notes,
        ]
    )


_HARM = (
    (
        "Somebody honest who is listed: looked into without cause. Most of what is listed can be "
        "honest; precision above says how much. Reasons, evidence and what speaks against are "
        "shown so that a person can see the mistake."
    ),
    (
        "Groups of people: nothing about a person is a feature, neither name, origin, age nor "
        "sex. Habits can stand in for them all the same (cash, round amounts, payments abroad, "
        "night hours). The data do not say who belongs to which group, so this was not measured."
    ),
)


def harm() -> str:
    """Say whom it can harm, and what stands against that."""
    return "\n".join(["## Whom it can harm", "", *(f"* {each}" for each in _HARM)])


def made_with(facts: Mapping[str, object]) -> str:
    """Name the libraries."""
    return "## Made with\n\n" + ", ".join(listed(facts["versions"])) + "."


def listed(value: object) -> list[str]:
    """Return a list of words; nothing is an empty one."""
    return [str(item) for item in value] if isinstance(value, list | tuple) else []
