"""Curves as PNG files, made to be read in a list of runs: one question a picture."""

import itertools
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from engine.arrays import Flags, Floats
from experiments.evaluation.judgement import Judgement
from experiments.evaluation.ranking import rank
from experiments.evaluation.truth import Scored

mpl.use("Agg")

BLUE, ORANGE, GREEN, GREY = "#1f5fa8", "#d1662a", "#3a8f5c", "#8a8f98"
_PAIR = (ORANGE, BLUE)
_THIN = ("#b07aa1", "#76b7b2", "#edc948", "#9c755f", "#8a8f98", "#59a14f", "#ff9da7")


def draw_all(
    folder: Path,
    judged: Judgement,
    scored: Scored,
    calibrated: Judgement | None,
    kind: str,
) -> list[Path]:
    """Draw every picture of a part into a folder.

    ``calibrated`` is the part the probabilities were calibrated on, drawn beside. An anomaly
    percentile is no probability: then there is no reliability picture.
    """
    pictures = {
        "precision_recall": precision_recall(judged, scored),
        "recall_at_capacity": recall_at_capacity(judged),
        "recall_by_pattern": recall_by_pattern(judged),
        "score_distribution": score_distribution(scored, judged.part, kind),
    }
    if kind == "probability":
        parts = [judged] if calibrated is None else [calibrated, judged]
        pictures["calibration"] = reliability(parts)
    return [save_figure(figure, folder / f"{name}.png") for name, figure in pictures.items()]


def precision_recall(judged: Judgement, scored: Scored) -> Figure:
    """Draw precision against recall, for the score and for each column alone."""
    figure, axes = blank_figure(
        f"Precision and recall on the {judged.part} part",
        f"{judged.rows:,} rows, {judged.illicit:,} illicit in {judged.patterns} patterns; "
        f"average precision {judged.average_precision:.3f} "
        f"(95 % {judged.interval.low:.2f} to {judged.interval.high:.2f})",
    )
    illicit = scored.truth.illicit
    for color, (name, column) in zip(itertools.cycle(_THIN), scored.singles.items(), strict=False):
        area = _steps(axes, np.nan_to_num(column, nan=-1.0), illicit, color)
        axes.lines[-1].set(linewidth=1, label=f"{name} ({area:.3f})")
    area = _steps(axes, scored.score, illicit, BLUE)
    axes.lines[-1].set(linewidth=2.4, label=f"score ({area:.3f})")
    axes.set(xlabel="Recall: share of illicit rows found", ylabel="Precision: share found illicit")
    axes.set(xlim=(0, 1), ylim=(0, 1.02))
    axes.legend(loc="upper right", frameon=False)
    return figure


def recall_at_capacity(judged: Judgement) -> Figure:
    """Draw what is found against how many candidates a week can be read."""
    point = judged.capacity
    figure, axes = blank_figure(
        f"What {point.budget} candidates a week find on the {judged.part} part",
        f"{point.listed:.0f} account-weeks listed, {point.listed_illicit:.0f} of them with an "
        f"illicit row: precision {point.precision:.1%}",
    )
    weekly = [each.budget for each in judged.curve]
    lines = {"row_recall": BLUE, "value_recall": GREEN, "recall": ORANGE, "precision": GREY}
    names = ("illicit rows shown", "illicit amount shown", "illicit account-weeks", "precision")
    for (field, color), name in zip(lines.items(), names, strict=True):
        values = [getattr(each, field) for each in judged.curve]
        axes.plot(weekly, values, color=color, marker="o", markersize=3, label=name)
    axes.axvline(point.budget, color=GREY, linestyle=":", label="the budget")
    axes.set_xscale("log")
    axes.set(xlabel="Candidates read a week", ylabel="Share", ylim=(0, 1.02))
    axes.legend(loc="best", frameon=False)
    return figure


def draw_pair(
    folder: Path, judged: tuple[Judgement, Judgement], scored: tuple[Scored, Scored]
) -> list[Path]:
    """Draw two models beside each other: precision and recall, and what a budget finds."""
    pictures = {
        "precision_recall": _two_rankings(judged, scored),
        "recall_at_capacity": _two_budgets(judged),
    }
    return [save_figure(figure, folder / f"{name}.png") for name, figure in pictures.items()]


def _two_rankings(judged: tuple[Judgement, Judgement], scored: tuple[Scored, Scored]) -> Figure:
    figure, axes = blank_figure(
        "Precision and recall on the same rows",
        f"{judged[0].rows:,} rows, {judged[0].illicit:,} illicit in {judged[0].patterns} patterns",
    )
    for name, each, color in zip("AB", scored, _PAIR, strict=True):
        area = _steps(axes, each.score, each.truth.illicit, color)
        axes.lines[-1].set(linewidth=2, label=f"{name} ({area:.3f})")
    axes.set(xlabel="Recall: share of illicit rows found", ylabel="Precision: share found illicit")
    axes.set(xlim=(0, 1), ylim=(0, 1.02))
    axes.legend(loc="upper right", frameon=False)
    return figure


def _two_budgets(judged: tuple[Judgement, Judgement]) -> Figure:
    figure, axes = blank_figure(
        "What a weekly budget finds", "full: illicit account-weeks; dashed: illicit rows shown"
    )
    for name, each, color in zip("AB", judged, _PAIR, strict=True):
        weekly = [point.budget for point in each.curve]
        axes.plot(weekly, [p.recall for p in each.curve], color=color, marker="o", markersize=3)
        axes.lines[-1].set(label=name)
        axes.plot(weekly, [p.row_recall for p in each.curve], color=color, linestyle="--")
    axes.axvline(judged[0].capacity.budget, color=GREY, linestyle=":", label="the budget")
    axes.set_xscale("log")
    axes.set(xlabel="Candidates read a week", ylabel="Share found", ylim=(0, 1.02))
    axes.legend(loc="best", frameon=False)
    return figure


def recall_by_pattern(judged: Judgement) -> Figure:
    """Draw recall of each pattern type among the top 1 % of rows."""
    figure, axes = blank_figure(
        f"Illicit rows found by pattern type, {judged.part} part",
        "in brackets: illicit rows / patterns",
    )
    top, listed = judged.kinds_top_1pct, judged.kinds_at_capacity
    place = np.arange(len(top))
    axes.barh(place - 0.2, [each.row_recall for each in top], 0.38, color=BLUE, label="top 1 %")
    axes.barh(place + 0.2, [each.row_recall for each in listed], 0.38, color=ORANGE)
    axes.containers[1].set_label("at capacity")
    axes.set_yticks(place, [f"{each.kind} ({each.rows} / {each.patterns})" for each in top])
    axes.invert_yaxis()
    axes.set(xlabel="Share of illicit rows found", xlim=(0, 1.02))
    axes.legend(loc="lower right", bbox_to_anchor=(1, 1), ncols=2, frameon=False)
    return figure


def score_distribution(scored: Scored, part: str, kind: str) -> Figure:
    """Draw how many honest and illicit rows get which score."""
    score, illicit = scored.score, scored.truth.illicit
    figure, axes = blank_figure(
        f"Scores on the {part} part", f"{len(score):,} rows; kind of score: {kind}"
    )
    bins = list(np.linspace(0, 1, 51))
    axes.hist(score[~illicit], bins, color=GREY, alpha=0.75, label="honest or unknown")
    if illicit.any():
        axes.hist(score[illicit], bins, color=ORANGE, alpha=0.8, label="illicit")
    axes.set_yscale("log")
    axes.set(xlabel="Score", ylabel="Rows (log scale)", xlim=(0, 1))
    axes.legend(loc="upper right", frameon=False)
    return figure


def reliability(parts: list[Judgement]) -> Figure:
    """Draw the share of illicit rows against the score, bin by bin."""
    figure, axes = blank_figure(
        "Does the probability mean what it says?",
        "; ".join(f"{each.part}: Brier {each.brier:.4f}" for each in parts)
        + "; on the line is right, above is too low",
    )
    axes.plot([0, 1], [0, 1], color=GREY, linestyle=":")
    for each, color in zip(reversed(parts), (BLUE, GREEN), strict=False):
        said = [entry.mean_score for entry in each.bins]
        true = [entry.illicit_share for entry in each.bins]
        sizes = [20 + 8 * np.log10(entry.rows) ** 2 for entry in each.bins]
        axes.plot(said, true, color=color, linewidth=1)
        axes.scatter(said, true, s=sizes, color=color, alpha=0.7, label=f"{each.part} part")
    axes.set(xlabel="Mean score in the bin", ylabel="Share illicit in the bin")
    axes.set(xlim=(-0.02, 1.02), ylim=(-0.02, 1.02))
    axes.legend(loc="upper left", frameon=False)
    return figure


def draw_importance(path: Path, sizes: Sequence[Mapping[str, Any]], shown: int = 20) -> Path:
    """Draw the features that contribute most to the highest scores."""
    most = list(sizes)[:shown]
    figure, axes = blank_figure(
        "What makes rows stand out",
        f"the {len(most)} features that move the highest scores of the calibration part most",
    )
    place = np.arange(len(most))
    values = [row["mean_absolute_contribution"] for row in most]
    axes.barh(place, values, color=BLUE)
    axes.set_yticks(place, [str(row["feature"]) for row in most], fontsize=8)
    axes.invert_yaxis()
    axes.set(xlabel="Mean absolute contribution, in log-odds")
    return save_figure(figure, path)


def _steps(axes: Axes, score: Floats, illicit: Flags, color: str) -> float:
    ranking = rank(score)
    found, seen = ranking.cumulated(illicit)
    if len(found) and found[-1]:
        recall, precision = found / found[-1], found / seen
        axes.step(np.append(0, recall), np.append(precision[:1], precision), "-", color=color)
        axes.lines[-1].set_drawstyle("steps-pre")
    else:
        axes.plot([], [], color=color)
    return ranking.average_precision(illicit)


def blank_figure(title: str, subtitle: str) -> tuple[Figure, Axes]:
    """Return a figure with a title and a line under it."""
    figure = Figure(figsize=(8, 5.2), dpi=110, layout="constrained")
    axes = figure.add_subplot()
    axes.set_title(f"{title}\n", loc="left", fontsize=13, fontweight="bold")
    axes.text(0, 1.02, subtitle, transform=axes.transAxes, fontsize=9, color="#555b66")
    axes.spines[["top", "right"]].set_visible(False)
    axes.grid(color="#e3e6ea", linewidth=0.8)
    axes.set_axisbelow(True)
    return figure, axes


def save_figure(figure: Figure, path: Path) -> Path:
    """Write a figure as PNG; the same figure gives the same bytes."""
    figure.savefig(path, metadata={"Software": None})
    return path
