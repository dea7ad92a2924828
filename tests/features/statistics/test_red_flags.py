"""The statistics of the published red flags against their slow twins, and the cases that matter."""

import numpy as np
import pytest
from hypothesis import given, settings
from oracles import statistics as oracle
from oracles.strategies import worlds
from oracles.worlds import DAY, HOUR

from features.amounts import Amounts, AtLeast, Below, NearMultiple
from features.catalogue.lenses import LENSES, PAIR, RECEIVER_IN, RECEIVER_OUT, SENDER_OUT
from features.filters import (
    Both,
    ByChannel,
    ByChannels,
    Every,
    Exchanged,
    Known,
    NewPair,
    Night,
    NotBy,
    Returned,
)
from features.places import Banked, Between, CrossBorder, Listed, NewCorridor, Placed
from features.statistics import Alike, Total, commission
from features.statistics.activity import Age, Asleep
from features.statistics.arithmetic import Fixed, Floored
from features.statistics.clock import SameClock
from features.statistics.combined import Part
from features.statistics.commission import Commission
from features.statistics.different import Commonest, Different
from features.statistics.dwell import Left, Stayed
from features.statistics.given import Condition, Given, Holds
from features.statistics.mix import MixShift
from features.statistics.peaks import Busiest, LargestOf
from features.statistics.spike import Spike
from features.statistics.successor import Successor
from features.windows import leading, strictly_before, trailing
from features.workspace import Workspace

CASH = ByChannel("cash")
SIDES = (SENDER_OUT, RECEIVER_OUT)
WINDOWS = (trailing(DAY), trailing(7 * DAY), strictly_before(28 * DAY), leading(7 * DAY))
FILTERS = (
    ByChannels("ordinary", ("card", "cheque", "ach")),
    NotBy("cash"),
    Below(1000),
    Amounts(850, 1000),
    Amounts(1000, 3000, open=True),
    AtLeast(1000),
    NearMultiple(1000, 2),
    Exchanged(),
    Returned(7 * DAY),
    Returned(DAY),
    Both(CASH, Below(3000)),
    Both(Night(22, 6), NewPair(7 * DAY)),
    Placed(),
    CrossBorder(),
    Listed("receiver", "list", "2025", ("FR", "XX")),
    Listed("sender", "list", "2025", ("DE",)),
    Listed("sender", "list", "2025", ("XX",)),
    Banked("sender"),
    Between("corridor", "2025", ("DE",), ("FR",)),
    NewCorridor(7 * DAY),
)
ODD = (Every(), CASH, NewCorridor(DAY), Both(Night(22, 6), Below(3000)))
KINDS = {
    "filtered": [
        Total(lens, w, rows) for lens in (*SIDES, PAIR) for w in WINDOWS for rows in FILTERS
    ],
    "different": [
        Different(lens, window, kind, rows)
        for lens in LENSES
        for window in WINDOWS
        for kind in ("accounts", "banks", "currencies", "amounts")
        for rows in ODD
    ],
    "commonest": [
        Commonest(lens, window, kind, most, rows)
        for lens in LENSES
        for window in WINDOWS
        for kind, most in (("banks", 1), ("amounts", 1), ("amounts", 2), ("accounts", 5))
        for rows in ODD
    ],
    "largest": [LargestOf(lens, window, CASH) for lens in (*LENSES, PAIR) for window in WINDOWS],
    "busiest": [
        Busiest(lens, window, span, rows)
        for lens in LENSES
        for window in WINDOWS
        for span in (HOUR, DAY, 2 * DAY)
        for rows in (Every(), CASH)
    ],
    "clock": [SameClock(lens, w, least) for lens in LENSES for w in WINDOWS for least in (1, 3)],
    "spike": [
        Spike(lens, weeks, weighed) for lens in LENSES for weeks in (1, 3) for weighed in (0, 1)
    ],
    "mix": [
        MixShift(lens, recent, past)
        for lens in LENSES
        for recent, past in ((DAY, 7 * DAY), (7 * DAY, 35 * DAY))
    ],
    "asleep": [
        Asleep(lens, w, h) for lens in SIDES for w in (DAY, 7 * DAY) for h in (DAY, 28 * DAY)
    ],
    "age": [Age(lens, w, h) for lens in SIDES for w in (DAY, 7 * DAY) for h in (DAY, 28 * DAY)],
    "left": [
        Left(lens, width, lots, outs, within)
        for lens in SIDES
        for width in (DAY, 28 * DAY)
        for lots, outs in ((Every(), Every()), (CASH, NotBy("cash")), (Known(), CrossBorder()))
        for within in (DAY, 3 * DAY)
    ],
    "stayed": [
        Stayed(lens, width, lots, outs, tenths)
        for lens in SIDES
        for width in (DAY, 28 * DAY)
        for lots, outs in ((Every(), Every()), (CASH, NotBy("cash")))
        for tenths in (1, 5, 9)
    ],
    "commission": [
        Commission(lens, window, kind, within, low, high, least)
        for lens in SIDES
        for window in WINDOWS
        for kind, least in (("count", 3), ("amount", 3), ("spread", 1), ("spread", 2))
        for within in (DAY, 3 * DAY)
        for low, high in ((50, 1000), (0, 5000))
    ],
    "successor": [
        Successor(RECEIVER_IN, span, silent, least, hub, busy, moving)
        for span in (7 * DAY, 28 * DAY)
        for silent in (DAY, 7 * DAY)
        for least, hub, busy, moving in ((1, 99, 99, 1), (2, 3, 99, 1), (2, 99, 1, 1), (2, 3, 2, 2))
    ],
    "given": [
        Given(
            "g",
            Alike(lens, trailing(7 * DAY), 900, 1100),
            (Condition(Total(lens, trailing(DAY)), 2, 4), Condition(Holds(*asked), 1)),
            otherwise,
            apart,
        )
        for lens in SIDES
        for asked in ((Placed(), Placed()), (CASH,), (NewPair(DAY),))
        for otherwise in (0.0, np.nan)
        for apart in (False, True)
    ],
    "holds": [Holds(rows, asked) for rows in FILTERS for asked in (None, Placed())],
    "arithmetic": [
        Fixed(3000),
        *(Floored(LargestOf(lens, trailing(DAY), CASH), 950_00.0) for lens in SIDES),
        *(Part("p", Total(SENDER_OUT, w, CASH), Total(SENDER_OUT, w, Known())) for w in WINDOWS),
    ],
}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("precision", ["second", "day"])
def test_a_statistic_equals_its_slow_twin(kind, precision):
    @settings(max_examples=12)
    @given(worlds(precision=precision))
    def compare(world):
        space = Workspace(world.history())
        for statistic in KINDS[kind]:
            found, wanted = statistic.value(space), oracle.column(statistic, world)
            np.testing.assert_array_equal(found, wanted, err_msg=repr(statistic))

    compare()


@given(worlds())
def test_how_many_accounts_are_matched_together_changes_nothing(world):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(commission, "_TOGETHER", 2)
        few = Workspace(world.history())
        cut = [statistic.value(few) for statistic in KINDS["commission"]]
    space = Workspace(world.history())
    whole = [statistic.value(space) for statistic in KINDS["commission"]]
    np.testing.assert_array_equal(cut, whole)
