"""The model card: what a model is for and not for, how it was made, how good it is, where it fails.

Its sections are those of Mitchell et al. 2019, "Model cards for model reporting" (FAT* 2019), in
the words of this trade: pattern types stand where theirs has groups of people, about whom a
payment says nothing that may be used.
"""

from collections.abc import Mapping

from experiments.config import ExperimentConfig
from experiments.evaluation.judgement import Judgement
from experiments.model_card import drift, measured, use
from experiments.monitoring.report import Monitored
from experiments.split import Split
from features.dataset import Manifest

__all__ = ["model_card"]


def model_card(
    *,
    config: ExperimentConfig,
    manifest: Manifest,
    split: Split,
    facts: Mapping[str, object],
    judgements: Mapping[str, Judgement],
    looks: int | None,
    monitored: Monitored,
) -> str:
    """Write a model card in Markdown.

    ``facts`` holds plain values to print: detectors, features, score kind, notes, versions.
    """
    sections = [
        *use.sections(config, manifest, facts),
        use.data(config, manifest),
        measured.parts(split),
        *measured.sections(judgements, looks, manifest),
        drift.section(monitored),
        use.limits(manifest, facts),
        use.harm(),
        use.made_with(facts),
    ]
    return f"# Model card: {config.name}\n\n" + "\n\n".join(sections) + "\n"
