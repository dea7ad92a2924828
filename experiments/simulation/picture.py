"""A picture of a world: its rhythm, and how planted amounts lie among honest ones."""

from pathlib import Path
from typing import Final

import matplotlib as mpl
import numpy as np
import pyarrow as pa
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from experiments.simulation.measures import numbers_of, seconds_of
from experiments.simulation.rows import Floats, Ints

_HONEST: Final = "#8aa0b4"
_PLANTED: Final = "#c0392b"
_HOURS_A_WEEK: Final = 168
_FIRST_MONDAY_HOUR: Final = 96
_PLAIN_TEXT: Final = {"svg.fonttype": "none", "svg.hashsalt": "moneytrail"}


def draw(transactions: pa.Table, label: Ints, out: Path) -> None:
    """Draw the hours of the week and the amounts, honest against planted, as an SVG file."""
    with mpl.rc_context(_PLAIN_TEXT):
        figure = Figure(figsize=(9, 2.8), layout="constrained")
        week, amounts = figure.subplots(1, 2, width_ratios=(3, 2))
        hour = (seconds_of(transactions) // 3600 - _FIRST_MONDAY_HOUR) % _HOURS_A_WEEK
        edges = np.arange(0, _HOURS_A_WEEK + 1, 3)
        _two(week, hour.astype(np.float64), label, edges.astype(np.float64))
        week.set_xticks(np.arange(12, _HOURS_A_WEEK, 24), ["M", "T", "W", "T", "F", "S", "S"])
        week.set_title("share of rows by three hours of the week, UTC", fontsize=9)
        euros = numbers_of(transactions["amount"]) / 100
        _two(amounts, np.maximum(euros, 1), label, np.logspace(0, 5, 31))
        amounts.set_xscale("log")
        amounts.set_title("share of rows by amount, EUR", fontsize=9)
        amounts.legend(fontsize=8, frameon=False)
        figure.savefig(out, metadata={"Date": None})


def _two(axes: Axes, values: Floats, label: Ints, edges: Floats) -> None:
    for which, name, colour in ((0, "honest", _HONEST), (1, "planted", _PLANTED)):
        of_these = values[label == which]
        weights = np.full(len(of_these), 1 / max(len(of_these), 1))
        axes.hist(of_these, list(edges), weights=weights, histtype="step", color=colour, label=name)
    axes.tick_params(labelsize=8)
    axes.spines[["top", "right"]].set_visible(False)
