"""The stories of a world, honest and planted, as two lists of the same shape.

Both are told by the same engine; what sets them apart is only what stands here: who takes part,
how much of the money is passed on, how soon, and how often it all comes round. Weights are shares
of the tellings within a list.
"""

from typing import Final

from experiments.simulation.clock import Profile
from experiments.simulation.rows import Topic
from experiments.simulation.stories import Cast, Level, Role, Story

_MEMBERS: Final[Cast] = {Role.MEMBER: 1.0}
_ANYONE: Final[Cast] = {Role.ANYONE: 1.0}
_FIRMS: Final[Cast] = {Role.FIRM: 1.0}
_MIXED: Final[Cast] = {Role.MEMBER: 0.9, Role.FIRM: 0.1}
_SOURCES: Final[Cast] = {Role.MEMBER: 0.85, Role.FIRM: 0.05, Role.BANK: 0.1}
_SINKS: Final[Cast] = {Role.MEMBER: 0.75, Role.FIRM: 0.1, Role.BANK: 0.08, Role.CASH: 0.07}
_ONE: Final = (1, 1)
_QUICK: Final = (0.7, 3.0, 400.0)
_SLOW: Final = (2.0, 150.0, 900.0)
_MOST: Final = (0.88, 1.0)
_SOME: Final = (0.35, 1.15)
_STRANGERS: Final = 0.08
_DRAWS: Final = 2

PLANTED: Final = (
    Story("fan_out", (_ONE, (4, 7)), (_MIXED, _SINKS), _MOST, _QUICK, _STRANGERS, draws=_DRAWS),
    Story("fan_in", ((4, 7), _ONE), (_SOURCES, _MIXED), _MOST, _QUICK, _STRANGERS, draws=_DRAWS),
    Story(
        "gather_scatter", ((2, 5), _ONE, (2, 4)), (_SOURCES, _MIXED, _SINKS),
        _MOST, _QUICK, _STRANGERS, draws=_DRAWS,
    ),
    Story(
        "scatter_gather", (_ONE, (2, 4), _ONE), (_MIXED, _MEMBERS, _MIXED),
        _MOST, _QUICK, _STRANGERS, draws=_DRAWS,
    ),
    Story(
        "cycle", (_ONE, _ONE, _ONE, (0, 1), (0, 1), (0, 1)), (_MIXED,) * 6,
        _MOST, _QUICK, _STRANGERS, draws=_DRAWS, closed=True,
    ),
    Story(
        "random", (_ONE, (1, 2), (1, 2), (0, 2), (0, 2)), (_MIXED,) * 5,
        _MOST, _QUICK, _STRANGERS, draws=_DRAWS, density=0.5,
    ),
    Story(
        "bipartite", ((2, 3), (2, 4)), (_MIXED,) * 2,
        _MOST, _QUICK, _STRANGERS, draws=_DRAWS, density=0.6,
    ),
    Story(
        "stack", ((2, 3), (2, 2), (2, 3)), (_MIXED,) * 3,
        _MOST, _QUICK, _STRANGERS, draws=_DRAWS, density=0.4,
    ),
    Story(
        "street_sales", ((4, 11), _ONE, (1, 3)),
        (
            {Role.ANYONE: 0.85, Role.CASH: 0.15},
            _MEMBERS,
            {Role.MEMBER: 0.5, Role.EXCHANGE: 0.12, Role.CASH: 0.2, Role.GAMBLING: 0.08,
             Role.BANK: 0.1},
        ),
        (0.75, 1.0), _QUICK, _STRANGERS, draws=_DRAWS, level=Level.LADDER, topic=Topic.STREET,
    ),
    Story(
        "mule", (_ONE, (1, 3), (1, 2)),
        (
            {Role.MEMBER: 0.6, Role.BANK: 0.4},
            _MEMBERS,
            {Role.MEMBER: 0.55, Role.BANK: 0.15, Role.FOREIGN: 0.15, Role.CASH: 0.15},
        ),
        (0.9, 0.98), _QUICK, _STRANGERS, draws=_DRAWS, density=0.5,
    ),
    Story(
        "procurement", (_ONE, _ONE, (1, 2)),
        (
            _MIXED,
            {Role.MEMBER: 0.5, Role.FIRM: 0.5},
            {Role.CHEMICAL: 0.4, Role.FOREIGN: 0.4, Role.FREIGHT: 0.2},
        ),
        (0.85, 0.99), _QUICK, _STRANGERS, draws=_DRAWS, repeats=(2, 2), gap_days=(2, 14),
        level=Level.BANDS, profile=Profile.OFFICE, topic=Topic.INVOICE,
    ),
    Story(
        "crypto_cash_out", (_ONE, (1, 2), (1, 3)),
        (
            {Role.EXCHANGE: 0.6, Role.WALLET: 0.4},
            _MEMBERS,
            {Role.MEMBER: 0.45, Role.CASH: 0.35, Role.FOREIGN: 0.2},
        ),
        (0.85, 1.0), _QUICK, _STRANGERS, draws=_DRAWS, density=0.7, payments=(1, 2),
    ),
)  # fmt: skip

HONEST: Final = (
    # A present, a bonus, pocket money: one pays many.
    Story(
        "presents", (_ONE, (2, 8)), ({Role.MEMBER: 0.6, Role.FIRM: 0.4}, _MEMBERS),
        _SOME, _SLOW, 0.7, 1.5, repeats=(1, 4),
    ),
    # Sharing the cost of a trip, a meal, a gift: many pay one.
    Story(
        "shared_cost", ((2, 9), _ONE), (_MEMBERS, _MEMBERS),
        _SOME, _SLOW, 0.6, 2.0, repeats=(1, 3), spread=0.25,
    ),
    # Flatmates pay one of them, who pays the landlord.
    Story(
        "flat", ((2, 4), _ONE, _ONE),
        (_MEMBERS, _MEMBERS, {Role.LANDLORD: 0.7, Role.MEMBER: 0.3}),
        (0.95, 1.3), _SLOW, 0.8, 1.0, repeats=(1, 4), gap_days=(27, 33), topic=Topic.RENT,
        spread=0.1,
    ),
    # A treasurer collects for a club or a class and pays out.
    Story(
        "treasurer", ((3, 12), _ONE, (1, 5)),
        (_MEMBERS, _MEMBERS, {Role.MEMBER: 0.5, Role.FIRM: 0.3, Role.BANK: 0.1, Role.CASH: 0.1}),
        (0.5, 1.05), _SLOW, 0.5, 1.0, repeats=(1, 3), spread=0.2,
    ),
    # Parents pay children, who pay one school, shop or relative.
    Story(
        "allowance", (_ONE, (2, 4), _ONE), (_MEMBERS, _MEMBERS, _MIXED),
        _SOME, _SLOW, 0.8, 1.0, repeats=(1, 3),
    ),
    # A family sends money round.
    Story(
        "family_round", (_ONE, _ONE, (0, 1), (0, 1), (0, 1)), (_MEMBERS,) * 5,
        (0.6, 1.1), _SLOW, 0.85, 1.2, repeats=(1, 4), closed=True,
    ),
    # Work is passed on from firm to firm, each keeping its margin.
    Story(
        "subcontract", (_ONE, _ONE, (1, 2), (0, 2), (0, 1)), (_FIRMS, *(_MIXED,) * 4),
        (0.5, 0.95), _SLOW, 0.1, 1.2, repeats=(1, 3), level=Level.INVOICES,
        profile=Profile.OFFICE, topic=Topic.INVOICE,
    ),
    # Parents pay both the coach and the club; shops buy from the same wholesalers.
    Story(
        "club", ((2, 5), (2, 3)), ({Role.MEMBER: 0.8, Role.FIRM: 0.2}, _MIXED),
        _SOME, _SLOW, 0.4, 1.0, repeats=(1, 4), density=0.7, spread=0.25,
    ),
    Story(
        "supply_chain", ((2, 4), (1, 3), (1, 3)), (_FIRMS, _FIRMS, _FIRMS),
        (0.4, 1.1), _SLOW, 0.1, 0.8, repeats=(1, 3), density=0.6, level=Level.INVOICES,
        profile=Profile.OFFICE, topic=Topic.INVOICE,
    ),
    # A tutor, a barber, a seller of old clothes: strangers pay round prices, the takings are used.
    Story(
        "small_trade", ((4, 16), _ONE, (0, 3)),
        (
            {Role.ANYONE: 0.9, Role.CASH: 0.1},
            _MEMBERS,
            {Role.MEMBER: 0.25, Role.FIRM: 0.35, Role.CASH: 0.3, Role.EXCHANGE: 0.04,
             Role.GAMBLING: 0.02, Role.BANK: 0.04},
        ),
        (0.2, 1.0), _SLOW, 0.4, 1.6, repeats=(1, 4), level=Level.LADDER, topic=Topic.SALES,
    ),
    # A student or a relative receives money and forwards part of it; a car is sold and one bought.
    Story(
        "forwarding", (_ONE, (1, 2), (1, 2)),
        (
            {Role.MEMBER: 0.45, Role.BANK: 0.4, Role.FOREIGN: 0.15},
            _MEMBERS,
            {Role.MEMBER: 0.6, Role.FIRM: 0.15, Role.BANK: 0.1, Role.FOREIGN: 0.05,
             Role.CASH: 0.1},
        ),
        (0.5, 1.05), _SLOW, 0.45, 2.5, repeats=(1, 3), density=0.6,
    ),
    # An agent orders a sample and then a load, and a haulier brings it.
    Story(
        "trade_agent", (_ONE, _ONE, (1, 2)),
        (
            {Role.FIRM: 0.9, Role.MEMBER: 0.1},
            {Role.FIRM: 0.8, Role.MEMBER: 0.2},
            {Role.CHEMICAL: 0.2, Role.FOREIGN: 0.4, Role.FREIGHT: 0.2, Role.FIRM: 0.2},
        ),
        (0.6, 0.98), _SLOW, 0.1, 0.8, repeats=(1, 4), level=Level.BANDS,
        profile=Profile.OFFICE, topic=Topic.INVOICE,
    ),
    # Coins are sold and the money is used.
    Story(
        "coin_sale", (_ONE, _ONE, (1, 3)),
        (
            {Role.EXCHANGE: 0.6, Role.WALLET: 0.4},
            _MEMBERS,
            {Role.MEMBER: 0.4, Role.CASH: 0.3, Role.FOREIGN: 0.1, Role.FIRM: 0.2},
        ),
        (0.3, 1.05), _SLOW, 0.5, 1.0, payments=(1, 3),
    ),
)  # fmt: skip
