"""What a story is: a flow of money through layers of accounts, with the odds of its details."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

from experiments.simulation.clock import Profile
from experiments.simulation.rows import Topic


class Role(Enum):
    """Who may stand in a layer of a story."""

    MEMBER = "one of the story's own people"
    ANYONE = "any person near"
    FIRM = "any business near"
    LANDLORD = "a landlord"
    CHEMICAL = "a chemical or laboratory supplier"
    FREIGHT = "a haulier"
    EXCHANGE = "a crypto exchange"
    GAMBLING = "a gambling house"
    BANK = "an account at a bank that is not monitored"
    FOREIGN = "an account abroad"
    CASH = "cash"
    WALLET = "a crypto exchange that is not monitored"


class Level(Enum):
    """Where the size of the first payments comes from."""

    TRANSFERS = "honest transfers between people"
    INVOICES = "honest invoices"
    LADDER = "a few price points"
    BANDS = "small samples first, then bulk"


Cast = Mapping[Role, float]


@dataclass(frozen=True)
class Story:
    """One kind of story.

    ``layers`` gives each layer's fewest and most accounts; a trailing layer may be empty. ``keep``
    is the share passed on, ``hours`` the shortest, most usual and longest span of the whole flow,
    ``known`` how likely a member is an acquaintance of the first one, ``repeats`` how often the
    same cast tells it, ``draws`` of how many honest amounts the largest sets the level.
    """

    name: str
    layers: tuple[tuple[int, int], ...]
    roles: tuple[Cast, ...]
    keep: tuple[float, float]
    hours: tuple[float, float, float]
    known: float
    weight: float = 1.0
    repeats: tuple[int, int] = (1, 1)
    gap_days: tuple[float, float] = (5, 32)
    density: float = 1.0
    payments: tuple[int, int] = (1, 1)
    spread: float = 0.35
    level: Level = Level.TRANSFERS
    profile: Profile = Profile.PRIVATE
    topic: Topic = Topic.PRIVATE
    closed: bool = False
    draws: int = 1
