"""Everybody's average precision in one picture, with its interval."""

from pathlib import Path

from experiments.evaluation.pictures import BLUE, GREY, ORANGE, blank_figure, save_figure
from experiments.protocol.contest import OURS
from experiments.protocol.outcome import Result


def draw_precisions(path: Path, result: Result) -> None:
    """Draw a point for each seed and the interval of the mean, a line for each ranking."""
    whole = result.tables[0]
    figure, axes = blank_figure(
        f"Average precision, cut by {result.cut}, {result.mode}",
        f"{whole.illicit:,} of {whole.judged:,} rows illicit; points: seeds, lines: 95 % intervals",
    )
    names = list(whole.entrants)[::-1]
    for height, name in enumerate(names):
        mean = whole.entrants[name]["average_precision"]
        color = BLUE if name == OURS else ORANGE if name.startswith(("without ", "with ")) else GREY
        axes.plot([mean.interval.low, mean.interval.high], [height] * 2, color=color, linewidth=2)
        axes.scatter(mean.values, [height] * len(mean.values), color=color, s=18, zorder=3)
    axes.axvline(whole.base_rate, color=GREY, linewidth=1, linestyle=":")
    axes.set(xlim=(0, 1), yticks=range(len(names)), yticklabels=names)
    axes.set_xlabel("Average precision (dotted: chance)")
    save_figure(figure, path)
