"""Drift and families as PNG files, one question a picture."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from experiments.evaluation.pictures import (
    BLUE,
    GREEN,
    GREY,
    ORANGE,
    blank_figure,
    save_figure,
)
from experiments.monitoring.drift import FamilyDrift, FeatureDrift, ScoreWeek
from experiments.monitoring.importance import FamilyImportance
from experiments.monitoring.stability import LARGE, LITTLE

_HIGHEST_SHOWN = 3.0
_COLORS = {"tuning": GREY, "calibration": GREEN, "test": BLUE}


def draw_families(path: Path, found: Sequence[FamilyImportance]) -> Path:
    """Draw which families the highest scores come from."""
    figure, axes = blank_figure(
        "Which families make rows stand out",
        "mean size of a family's contribution to the 300 highest scores of the calibration part",
    )
    place = np.arange(len(found))
    axes.barh(place, [each.mean_absolute_contribution for each in found], color=BLUE)
    axes.set_yticks(place, [f"{each.family} ({each.features})" for each in found])
    axes.invert_yaxis()
    axes.set(xlabel="Mean absolute contribution, in log-odds; in brackets: features")
    return save_figure(figure, path)


def draw_drift(
    path: Path, families: Sequence[FamilyDrift], drift: Sequence[FeatureDrift], part: str
) -> Path:
    """Draw how far every feature moved from the training rows, family by family."""
    figure, axes = blank_figure(
        "How far features have moved since training",
        f"training rows and {part} part; a dot a feature, the bar is the middle one; "
        f"{LITTLE} is some, {LARGE} is large",
    )
    for place, family in enumerate(families):
        psi = [each.psi for each in drift if each.family == family.family]
        shown = np.minimum(psi, _HIGHEST_SHOWN)
        axes.scatter(shown, np.full(len(psi), place), s=14, color=BLUE, alpha=0.4)
        axes.plot([family.psi_median] * 2, [place - 0.3, place + 0.3], color=ORANGE, linewidth=3)
    for limit in (LITTLE, LARGE):
        axes.axvline(limit, color=GREY, linestyle=":")
    axes.set_yticks(np.arange(len(families)), [each.family for each in families])
    axes.set_xscale("symlog", linthresh=LITTLE)
    axes.set_xticks([0, 0.05, LITTLE, LARGE, 1, 3], ["0", "0.05", "0.1", "0.25", "1", "3"])
    axes.minorticks_off()
    axes.invert_yaxis()
    axes.set(xlabel="Population stability index", xlim=(-0.005, _HIGHEST_SHOWN * 1.1))
    return save_figure(figure, path)


def draw_missing(path: Path, families: Sequence[FamilyDrift], part: str) -> Path:
    """Draw how often features are unknown, in training and now."""
    figure, axes = blank_figure(
        "How often features are unknown",
        "mean over a family's features; what happens next is unknown near the end of a part",
    )
    place = np.arange(len(families))
    axes.barh(place - 0.2, [each.missing_train for each in families], 0.38, color=GREY)
    axes.containers[0].set_label("training rows")
    axes.barh(place + 0.2, [each.missing for each in families], 0.38, color=BLUE)
    axes.containers[1].set_label(f"{part} part")
    axes.set_yticks(place, [each.family for each in families])
    axes.invert_yaxis()
    axes.set(xlabel="Share of values that are unknown", xlim=(0, 1.02))
    axes.legend(loc="lower right")
    return save_figure(figure, path)


def draw_score(path: Path, weeks: Sequence[ScoreWeek], kind: str) -> Path:
    """Draw how the score goes from week to week."""
    figure, axes = blank_figure(
        "The score from week to week",
        f"kind of score: {kind}; weeks from Monday, UTC; near the end of a part it is not known "
        "what happens next",
    )
    names = list(dict.fromkeys(each.week_from for each in weeks))
    for part in dict.fromkeys(each.part for each in weeks):
        own = [each for each in weeks if each.part == part]
        at = [names.index(each.week_from) for each in own]
        color = _COLORS.get(part, ORANGE)
        axes.plot(at, [each.score_99pct for each in own], color=color, marker="o", markersize=4)
        axes.lines[-1].set_label(f"{part}: 99 % of rows are below")
        axes.plot(at, [each.mean_score for each in own], color=color, linestyle="--")
        axes.lines[-1].set_label(f"{part}: mean")
    step = max(1, len(names) // 12)
    axes.set_xticks(range(0, len(names), step), names[::step], rotation=45, ha="right", fontsize=8)
    axes.set(ylabel="Score", ylim=(0, None))
    axes.legend(loc="best", frameon=False, fontsize=8)
    return save_figure(figure, path)
