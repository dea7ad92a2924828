"""What the kernels of the ensemble compute, one value after another, as plainly as can be.

The numbers are added in the order in which the engine promises to add them, so that a comparison
needs no tolerance.
"""

import json
import math

import numpy as np


def leaf(tree, row):
    """Walk down a tree of XGBoost's own description; return the leaf's value."""
    node = 0
    while tree["left_children"][node] >= 0:
        x, cut = row[tree["split_indices"][node]], np.float32(tree["split_conditions"][node])
        left = bool(tree["default_left"][node]) if np.isnan(x) else x < cut
        node = tree["left_children" if left else "right_children"][node]
    return float(np.float32(tree["split_conditions"][node]))


def margins(booster, X):
    """Add up the leaves that each row reaches, in the trees' order, on top of the base."""
    learner = json.loads(booster.save_raw("json"))["learner"]
    trees = learner["gradient_booster"]["model"]["trees"]
    chance = float(learner["learner_model_param"]["base_score"].strip("[]"))
    start = float(np.log(chance / (1.0 - chance)))
    return np.array([start + in_order(leaf(tree, row) for tree in trees) for row in X])


def in_order(values):
    """Add from first to last (the built-in sum compensates for rounding in some versions)."""
    total = 0.0
    for value in values:
        total += value
    return total


def straight(x, centre, rate):
    """Return ``10 asinh`` of a value, by the engine's own series, in float32."""
    if math.isnan(x):
        return 0.0
    t = min(abs(x - centre) * rate, 1e150)
    fraction, power = math.frexp(t + math.sqrt(t * t + 1.0))
    grown, power = 2.0 * fraction, power - 1
    s = (grown - 1.0) / (grown + 1.0)
    q, rest = s * s, 1.0 / 17.0
    rest = 1.0 / 15.0 + q / 17.0
    for odd in (13.0, 11.0, 9.0, 7.0, 5.0, 3.0):
        rest = 1.0 / odd + q * rest
    z = 10.0 * (2.0 * s * (1.0 + q * rest) + power * 0.6931471805599453)
    return float(np.float32(z if x >= centre else -z))


def detector_columns(X, median, rate, gaps, sizes):
    """Straighten every value of every row, and count the unknown ones of each gap."""
    rows = []
    for row in X:
        unknown = [0.0] * len(sizes)
        for x, gap in zip(row, gaps, strict=True):
            if gap >= 0 and math.isnan(x):
                unknown[gap] += 1.0
        shares = [float(np.float32(n / size)) for n, size in zip(unknown, sizes, strict=True)]
        told = zip(row, median, rate, strict=True)
        rows.append([straight(*each) for each in told] + shares)
    return np.array(rows)


def bin_score(z, edges, surprise, tolerance):
    """Return the score of the bin ``(edge, next edge]`` of a value, or of one beside them."""
    if z <= edges[0]:
        near = edges[0] - z <= (edges[1] - edges[0]) * tolerance
        return surprise[0] if near else max(surprise)
    if z > edges[-1]:
        near = z - edges[-1] <= (edges[-1] - edges[-2]) * tolerance
        return surprise[-1] if near else max(surprise)
    return next(surprise[k] for k in range(len(surprise)) if edges[k] < z <= edges[k + 1])


def histogram_sum(row, edges, surprise, tolerance):
    """Add up a row's scores, column by column."""
    told = zip(row, edges, surprise, strict=False)
    return in_order(bin_score(*each, tolerance) for each in told)


def distance(row, centre, root):
    """Return the distance of a row to a point, a column counting ``root`` times."""
    apart = [z * times - c * times for z, c, times in zip(row, centre, root, strict=False)]
    return math.sqrt(in_order(each * each for each in apart))


def theme_sum(flags, row, classes):
    """Add up the greatest surprise of each theme: the highest knot reached, or beyond the last."""
    greatest = {}
    told = (flags.column, flags.sign, flags.theme, flags.side, flags.base)
    for column, sign, theme, side, base in zip(*told, strict=True):
        cell = base + classes[side]
        own = slice(flags.starts[cell], flags.starts[cell + 1])
        found = surprise(sign * row[column], flags.knots[own], flags.surprise[own])
        greatest[theme] = max(greatest.get(theme, 0.0), found)
    return in_order(greatest.values())


def surprise(x, knots, surprises):
    """Return the surprise of the highest knot that a value reaches; NaN reaches none."""
    reached = [told for knot, told in zip(knots, surprises, strict=True) if knot <= x]
    if not reached:
        return 0.0
    beyond = math.log(2.0) if x > knots[-1] else 0.0
    return reached[-1] + beyond


def classes(flags, row):
    """Return how many cuts the activity of the sender, and of the receiver, reaches; and both."""

    def reached(columns, cuts):
        activity = in_order(row[j] for j in columns if row[j] > 0.0)
        return sum(1 for cut in cuts if activity >= cut)

    sent = reached(flags.sender, flags.sender_cuts)
    received = reached(flags.receiver, flags.receiver_cuts)
    return sent, received, sent // 2 * (len(flags.receiver_cuts) // 2 + 1) + received // 2
