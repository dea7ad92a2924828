import numpy as np

from experiments.evaluation.planted import PER_PLANTED, planted_recall
from features.patterns import Instance


def instance(strength, *rows):
    return Instance("cycle", rows, ("hop",) * len(rows), strength)


PATTERN = np.array([0, 0, 0, 0, 1, 1, -1, -1])


def found(instances, reported):
    points = planted_recall("cycle", instances, PATTERN)
    return {point.reported: point.found for point in points}[reported]


def test_half_of_the_rows_in_one_instance_are_enough():
    assert found([instance(1.0, 0, 1, 6)], 1) == 1
    assert found([instance(1.0, 0, 6)], 1) == 0


def test_two_instances_do_not_add_up():
    assert found([instance(1.0, 0), instance(1.0, 1)], 2) == 0


def test_the_strongest_are_opened_first():
    weak, strong = instance(1.0, 0, 1), instance(2.0, 6, 7)
    assert found([weak, strong], 2) == 1
    fillers = [strong] * 4
    points = planted_recall("cycle", [weak, *fillers], PATTERN)
    assert [(point.reported, point.found) for point in points] == [(2, 0), (4, 0), (5, 1)]


def test_one_instance_can_find_two_planted_ones():
    (point,) = planted_recall("cycle", [instance(1.0, 0, 1, 4)], PATTERN)
    assert (point.planted, point.found, point.recall) == (2, 2, 1.0)


def test_the_curve_never_falls():
    random = np.random.default_rng(0)
    many = [instance(float(s), *random.integers(0, 8, 3)) for s in random.random(500)]
    recalls = [point.recall for point in planted_recall("cycle", many, PATTERN)]
    assert recalls == sorted(recalls)
    assert len(recalls) == len(PER_PLANTED) + 1
    assert recalls[-1] == 1.0
