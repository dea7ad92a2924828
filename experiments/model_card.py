"""The model card: what a model is for, what it was made from, how good it is, where it fails."""

from collections.abc import Mapping

from experiments.config import ExperimentConfig
from experiments.evaluation.judgement import Judgement
from experiments.split import Split
from features.dataset import Manifest

_POPULATION = {"all": "all rows", "internal": "rows with both sides known"}
_LABELS = {
    "complete": "every row carries a label",
    "partial": "some rows carry a label; the others are unknown and are left out",
    "positive-only": "only illicit rows carry a label; all others count as honest, so precision "
    "is a lower bound and recall is relative to what is known",
    "none": "there are none",
}


def model_card(
    *,
    config: ExperimentConfig,
    manifest: Manifest,
    split: Split,
    facts: Mapping[str, object],
    judgements: Mapping[str, Judgement],
    looks: int | None,
) -> str:
    """Write a model card in Markdown.

    ``facts`` holds plain values to print: detectors, features, score kind, notes, versions.
    """
    sections = [
        _purpose(facts),
        _data(config, manifest),
        _split(split),
        _measured(judgements, looks),
        _limits(manifest, facts),
        _made_with(facts),
    ]
    return f"# Model card: {config.name}\n\n" + "\n\n".join(sections) + "\n"


def _purpose(facts: Mapping[str, object]) -> str:
    meaning = {
        "probability": "a calibrated probability that the payment is illicit, as the labels say",
        "anomaly": "the share of training rows that are less unusual; it is not a probability",
    }[str(facts["score_kind"])]
    return (
        "## Purpose\n\n"
        "Ranks payments, and through them accounts in a week, so that an investigator reads the "
        "most suspicious first. The output is a candidate for a person to look into, never a "
        f"verdict. The score is {meaning}.\n\n"
        f"Detectors: {facts['detectors']}. Features: {facts['features']}. "
        f"Trees learned from labels: {'yes' if facts['score_kind'] == 'probability' else 'no'}."
    )


def _data(config: ExperimentConfig, manifest: Manifest) -> str:
    excluded = ", ".join(config.evaluate.exclude_channels) or "none"
    population = config.population
    return (
        "## Data\n\n"
        f"Snapshot `{manifest.snapshot_id}`: {manifest.rows['transactions']:,} payments from "
        f"{manifest.coverage_from:%Y-%m-%d} to {manifest.coverage_to:%Y-%m-%d}, amounts in "
        f"{manifest.reporting_currency}, times to the {manifest.time_precision}. "
        f"Labels: {_LABELS[manifest.labels]}.\n\n"
        f"Trees learn from {_POPULATION[population.fit]}; detectors and reference from "
        f"{_POPULATION[population.reference]}; judged on {_POPULATION[population.evaluate]}, "
        f"channels left out: {excluded}."
    )


def _split(split: Split) -> str:
    rows = "\n".join(
        f"| {part.name} | {part.start:%Y-%m-%d %H:%M:%S} | {part.stop:%Y-%m-%d %H:%M:%S} "
        f"| {part.rows:,} |"
        for part in split.parts
    )
    return (
        "## Split\n\n"
        "In time, cut between timestamps. In each part only what was known at its end is used: "
        "later payments and later labels are hidden.\n\n"
        "| part | from | before | evaluated rows |\n|---|---|---|---|\n" + rows
    )


def _measured(judgements: Mapping[str, Judgement], looks: int | None) -> str:
    if not judgements:
        return "## Measured\n\nNothing: there are no labels to measure against."
    lines = [
        (
            "| part | rows | illicit | base rate | average precision (95 %) | recall, top 1 % "
            "| precision at capacity | Brier |"
        ),
        "|---|---|---|---|---|---|---|---|",
        *(_row(judged) for judged in judgements.values()),
    ]
    looked = f"The test part of this split has been looked at {looks} time(s)." if looks else ""
    return (
        "## Measured\n\n" + "\n".join(lines) + "\n\n"
        "The interval comes from drawing whole patterns again and again. Capacity is the budget "
        "of candidates (account-weeks) a week. " + looked + "\n\n" + _kinds(judgements)
    )


def _row(judged: Judgement) -> str:
    numbers = judged.headline()
    value = {name.removeprefix(f"{judged.part}_"): number for name, number in numbers.items()}
    nan = float("nan")
    return (
        f"| {judged.part} | {judged.rows:,} | {judged.illicit:,} | {judged.base_rate:.4f} "
        f"| {value.get('average_precision', nan):.3f} ({judged.interval.low:.2f} to "
        f"{judged.interval.high:.2f}) | {value.get('recall_top_1pct', nan):.3f} "
        f"| {value.get('precision_at_capacity', nan):.3f} | {value.get('brier', nan):.4f} |"
    )


def _kinds(judgements: Mapping[str, Judgement]) -> str:
    judged = judgements.get("test")
    if judged is None or not judged.illicit:
        return ""
    rows = "\n".join(
        f"| {top.kind} | {top.rows} | {top.patterns} | {top.row_recall:.2f} "
        f"| {listed.row_recall:.2f} |"
        for top, listed in zip(judged.kinds_top_1pct, judged.kinds_at_capacity, strict=True)
    )
    return (
        "Illicit rows of the test part found, by pattern type:\n\n"
        "| pattern | rows | patterns | in the top 1 % | at capacity |\n"
        "|---|---|---|---|---|\n" + rows
    )


def _limits(manifest: Manifest, facts: Mapping[str, object]) -> str:
    notes = [f"* {note}." for note in _list(facts.get("notes"))]
    simulated = "simulator" in manifest.source
    return "\n".join(
        [
            "## Limits",
            "",
            (
                "* It finds what resembles the illicit rows it was trained on, and what is unusual "
                "there. What is new and usual-looking escapes it."
            ),
            "* Rows of one pattern go together, so few patterns make wide intervals.",
            "* The newest rows lack the features that say what happened to the money next.",
            (
                "* Numbers hold for data like the test part; base rates elsewhere differ, and "
                "average precision with them."
            ),
            *(["* The data is simulated: the numbers say nothing of the real world."] * simulated),
            *notes,
        ]
    )


def _made_with(facts: Mapping[str, object]) -> str:
    return "## Made with\n\n" + ", ".join(_list(facts["versions"])) + "."


def _list(value: object) -> list[str]:
    return [str(item) for item in value] if isinstance(value, list | tuple) else []
