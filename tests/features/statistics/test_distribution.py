import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from oracles import statistics as oracle
from oracles.strategies import worlds
from oracles.worlds import BASE, DAY, HOUR, SECOND, Payment, World, same_bits

from features.catalogue.distribution import FEATURES
from features.catalogue.documentation import null_rules
from features.catalogue.lenses import LENSES, PAIR, PAIR_BACK, SENDER_OUT
from features.filters import Every
from features.statistics import Distinct, Mean, Ratio, Total
from features.statistics import distribution as measured
from features.statistics.distribution import Moment, Quantile
from features.windows import SAME_INSTANT, Window, leading, strictly_before, trailing
from features.workspace import Workspace

WINDOWS = (
    trailing(HOUR),
    trailing(7 * DAY),
    leading(HOUR),
    leading(7 * DAY),
    strictly_before(28 * DAY),
    SAME_INSTANT,
    Window(-35 * DAY, -7 * DAY),
    Window(-DAY, DAY),
)
MEASURES = ("amount", "interval")
MOMENTS = ("mean", "variance", "deviation", "skewness", "kurtosis")
QUANTILES = ("smallest", "median", "largest")


def every(lens, window):
    """Return all there is to tell about one window."""
    return [
        make(lens, window, measure, kind)
        for measure in MEASURES
        for make, kinds in ((Moment, MOMENTS), (Quantile, QUANTILES))
        for kind in kinds
    ]


@pytest.mark.parametrize("precision", ["second", "day"])
@pytest.mark.parametrize("crowd", [0, 256])
def test_a_distribution_equals_its_slow_twin(precision, crowd, monkeypatch):
    monkeypatch.setattr(measured, "_CROWD", crowd)

    @settings(max_examples=6)
    @given(worlds(precision=precision))
    def compare(world):
        space = Workspace(world.history())
        for lens in (*LENSES, PAIR, PAIR_BACK):
            for window in WINDOWS:
                for statistic in every(lens, window):
                    found, wanted = statistic.value(space), oracle.column(statistic, world)
                    np.testing.assert_array_equal(found, wanted, err_msg=repr(statistic))

    compare()


def tell(rows, window, measure, kinds=(*MOMENTS, *QUANTILES)):
    """Return what the last row's sender sees of its payments."""
    space = Workspace(World.of(rows).history())
    return {
        s.kind: s.value(space)[-1]
        for s in every(SENDER_OUT, window)
        if s.measure == measure and s.kind in kinds
    }


def test_intervals_lie_between_consecutive_payments_of_the_window():
    times = (0, 10, 10, 25, 125)
    rows = [Payment(str(n), BASE + time * SECOND) for n, time in enumerate(times)]
    wanted = {"mean": 31.25, "smallest": 0.0, "median": 12.5, "largest": 100.0}
    assert tell(rows, trailing(DAY), "interval", wanted) == wanted
    # Without the first payment, the interval after it is gone too.
    wanted = {"mean": 115 / 3, "smallest": 0.0, "median": 15.0, "largest": 100.0}
    assert tell(rows, trailing(125 * SECOND), "interval", wanted) == wanted


def test_one_payment_has_an_amount_without_variance_and_no_interval():
    rows = [Payment("1", BASE, amount=7)]
    amounts = tell(rows, trailing(DAY), "amount")
    assert [amounts[kind] for kind in ("mean", "variance", "deviation", *QUANTILES)] == [
        7.0, 0.0, 0.0, 7.0, 7.0, 7.0,
    ]  # fmt: skip
    assert np.isnan([amounts["skewness"], amounts["kurtosis"]]).all()
    assert np.isnan(list(tell(rows, trailing(DAY), "interval").values())).all()


def test_a_standing_order_is_as_regular_as_can_be():
    rows = [Payment(str(n), BASE + 3 * n * DAY) for n in range(9)]
    found = tell(rows, trailing(28 * DAY), "interval")
    assert (found["mean"], found["variance"]) == (3 * 86_400, 0.0)
    assert np.isnan([found["skewness"], found["kurtosis"]]).all()


# Payments one at a time, each (sender, receiver, second, amount), and what the Graph Feature
# Preprocessor of Snap ML 1.17.2 says of the last one's sender and receiver, out and in, in its
# order: fan, degree, degree over fan, mean, sum, smallest, largest, median, variance, skewness,
# kurtosis.
NOTHING = (0.0,) * 11
SINGLE = (1, 1, 1)
GFP = {
    "a row counts itself": (
        [("a", "b", 10, 5)],
        (*SINGLE, 5, 5, 5, 5, 5, 0, 0, 0),
        NOTHING,
        NOTHING,
        (*SINGLE, 5, 5, 5, 5, 5, 0, 0, 0),
    ),
    "two amounts": (
        [("a", "b", 10, 5), ("a", "c", 20, 7)],
        (2, 2, 1, 6, 12, 5, 7, 6, 1, 0, 1),
        NOTHING,
        NOTHING,
        (*SINGLE, 7, 7, 7, 7, 7, 0, 0, 0),
    ),
    "back and forth": (
        [("a", "b", 10, 5), ("a", "c", 20, 7), ("a", "b", 21, 11), ("b", "a", 25, 4)],
        (*SINGLE, 4, 4, 4, 4, 4, 0, 0, 0),
        (1, 2, 2, 8, 16, 5, 11, 8, 9, 0, 1),
        (2, 3, 1.5, 23 / 3, 23, 5, 11, 7, 56 / 9, 0.381801774160607, 1.5),
        (*SINGLE, 4, 4, 4, 4, 4, 0, 0, 0),
    ),
    "a skewed account": (
        [
            ("a", "b", 10, 5),
            ("a", "c", 20, 7),
            ("a", "b", 21, 11),
            ("b", "a", 25, 4),
            ("a", "d", 40, 20),
            ("a", "b", 41, 20),
        ],
        (3, 5, 5 / 3, 12.6, 63, 5, 20, 11, 40.24, 0.15024535653114, 1.2750949570964),
        (*SINGLE, 4, 4, 4, 4, 4, 0, 0, 0),
        (*SINGLE, 4, 4, 4, 4, 4, 0, 0, 0),
        (1, 3, 3, 12, 36, 5, 20, 11, 38, 0.239063146929, 1.5),
    ),
}


def vertex_statistics(lens, window):
    """Return the eleven, in their order."""
    degree, fan = Total(lens, window, Every()), Distinct(lens, window)
    return (
        fan,
        degree,
        Ratio("ratio", degree, fan),
        Mean(lens, window),
        Total(lens, window, weighed=True),
        *(Quantile(lens, window, "amount", kind) for kind in ("smallest", "largest", "median")),
        *(Moment(lens, window, "amount", kind) for kind in ("variance", "skewness", "kurtosis")),
    )


@pytest.mark.parametrize("graph", GFP)
def test_all_eleven_vertex_statistics_are_here(graph):
    """Where there is nothing to tell, theirs are 0 and ours are not known."""
    edges, *wanted = GFP[graph]
    rows = [Payment(str(n), BASE + t * SECOND, a, b, m) for n, (a, b, t, m) in enumerate(edges)]
    space = Workspace(World.of(rows).history())
    sender_out, sender_in, receiver_in, receiver_out = LENSES
    for lens, theirs in zip(
        (sender_out, sender_in, receiver_out, receiver_in), wanted, strict=True
    ):
        ours = [s.value(space)[-1] for s in vertex_statistics(lens, trailing(DAY))]
        np.testing.assert_allclose(np.nan_to_num(ours), theirs, rtol=1e-10, atol=1e-12)


@given(worlds())
def test_evidence_is_what_the_value_is_told_from(world):
    space = Workspace(world.history())
    for window in (trailing(7 * DAY), strictly_before(28 * DAY), Window(-DAY, DAY)):
        for statistic in every(SENDER_OUT, window):
            values = statistic.value(space)
            for at in np.flatnonzero(~np.isnan(values)):
                rows = [world.visible[row] for row in statistic.evidence(space, at)]
                assert oracle.distribution.told(statistic, rows) == values[at], statistic.label


def test_an_extreme_cites_the_rows_that_have_it_and_the_closest_payments_are_a_pair():
    rows = [
        Payment("1", BASE, amount=9),
        Payment("2", BASE + HOUR, amount=5),
        Payment("3", BASE + HOUR + SECOND, amount=9),
        Payment("4", BASE + 3 * HOUR, amount=7),
    ]
    space, window = Workspace(World.of(rows).history()), trailing(DAY)

    def cited(measure, kind):
        return Quantile(SENDER_OUT, window, measure, kind).evidence(space, 3).tolist()

    assert cited("amount", "smallest") == [1]
    assert cited("amount", "largest") == [0, 2]
    assert cited("interval", "smallest") == [1, 2]
    assert cited("amount", "median") == cited("interval", "largest") == [0, 1, 2, 3]


@settings(max_examples=10)
@given(worlds(), st.data())
def test_some_rows_asked_for_in_any_order_are_answered_as_all_are(world, data):
    history = world.history()
    rows = data.draw(st.lists(st.integers(0, max(len(history) - 1, 0)), max_size=8))
    rows = np.array(rows if len(history) else [], np.int64)
    whole, some = Workspace(history), Workspace(history, rows)
    for statistic in every(LENSES[1], trailing(28 * DAY)):
        assert same_bits(statistic.value(some), statistic.value(whole)[rows]).all()


@settings(max_examples=10)
@given(worlds(), st.randoms(use_true_random=False))
def test_what_was_asked_before_changes_nothing(world, chance):
    history = world.history()
    space = Workspace(history)
    asked = [s for lens in LENSES[:2] for window in WINDOWS[:3] for s in every(lens, window)]
    for order in (chance.sample(asked, len(asked)), sorted(asked, key=lambda s: s.kind)):
        for statistic in order:
            alone = statistic.value(Workspace(history))
            assert same_bits(statistic.value(space), alone).all(), statistic.label


def test_the_moments_of_one_window_are_computed_once_and_only_the_last_are_kept(monkeypatch):
    calls = []
    monkeypatch.setattr(
        measured,
        "moments_between",
        lambda *given: calls.append(given) or [np.zeros(len(given[0]))] * 4,
    )
    space = Workspace(World.of([Payment("1", BASE)]).history())
    for feature in FEATURES:
        feature.value(space)
    assert len(calls) == len({(s.lens, s.window, s.measure) for s in parts() if type(s) is Moment})
    assert len(space.shared("moments", dict)) == len(space.shared("quantiles", dict)) == 1


def parts():
    """Return what the catalogue's features of this family are made of."""
    for feature in FEATURES:
        statistic = feature.statistic
        yield from (statistic.upper, statistic.lower) if type(statistic) is Ratio else (statistic,)


def test_the_own_past_is_the_window_just_before_and_as_long():
    for statistic in every(SENDER_OUT, trailing(7 * DAY)):
        assert statistic.earlier().window == Window(-14 * DAY, -7 * DAY)
        assert statistic.earlier().label.endswith("_14d_to_7d_ago")
    assert all(s.earlier() is None for s in every(SENDER_OUT, SAME_INSTANT))


def test_null_rules_say_what_a_window_needs():
    assert null_rules(Moment(SENDER_OUT, trailing(DAY), "amount", "mean")) == ("side", "none")
    ahead = Quantile(SENDER_OUT, leading(HOUR), "interval", "median")
    assert null_rules(ahead) == ("side", "ahead", "clock", "none")
