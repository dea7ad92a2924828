"""Telling stories: how many, when, with how much money, and as which payments."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from experiments.simulation.casting import Pool, cast
from experiments.simulation.chance import chance
from experiments.simulation.clock import HOUR
from experiments.simulation.flows import Flow, draw_sizes, flow
from experiments.simulation.population import Population
from experiments.simulation.rows import (
    Floats,
    Ints,
    Method,
    Outside,
    Rounding,
    Rows,
    Topic,
    owners,
    places_within,
)
from experiments.simulation.stories import Level, Story
from experiments.simulation.world import World

_LADDER: Final = np.array([10.0, 15.0, 20.0, 25.0, 30.0, 40.0, 50.0, 60.0])
_LONGEST: Final = 0.45
_LAST_DAYS: Final = 0.1
_PILOT: Final = 400


@dataclass(frozen=True)
class Sizes:
    """What honest people and firms pay, to draw the size of stories from, in euros."""

    transfers: Floats
    invoices: Floats


def tell_all(
    world: World,
    rng: np.random.Generator,
    stories: Sequence[Story],
    target: int,
    *,
    sizes: Sizes,
    pool: Pool,
    whole: bool,
) -> list[Rows]:
    """Tell each story often enough that together they make about ``target`` payments.

    ``whole`` keeps every telling within the world; else those at its edges are cut off.
    """
    length = np.array([_mean_payments(rng, story) for story in stories])
    weight = np.array([story.weight for story in stories])
    tellings = target / float(weight @ length) * weight
    counts = np.maximum(np.round(tellings).astype(np.int64), 1 if target else 0)
    return [
        _tell(world, rng, story, int(count), sizes=sizes, pool=pool, whole=whole)
        for story, count in zip(stories, counts, strict=True)
        if count
    ]


def _mean_payments(rng: np.random.Generator, story: Story) -> float:
    """Return how many payments one cast makes on average, by trying."""
    sizes = draw_sizes(rng, story, _PILOT)
    payments = len(flow(rng, story, sizes, np.ones(_PILOT)).telling) / _PILOT
    return payments * float(_repeats(rng, story, _PILOT).mean())


def _repeats(rng: np.random.Generator, story: Story, count: int) -> Ints:
    least, most = story.repeats
    return least + np.floor((most - least + 1) * rng.random(count)).astype(np.int64)


def _tell(
    world: World,
    rng: np.random.Generator,
    story: Story,
    count: int,
    *,
    sizes: Sizes,
    pool: Pool,
    whole: bool,
) -> Rows:
    """Tell one story with ``count`` casts; the pattern of a row is its cast's number."""
    rounds = _repeats(rng, story, count)
    troupe, turn = owners(rounds), places_within(rounds)
    shape = draw_sizes(rng, story, count)
    level = _levels(rng, story, sizes, rounds)
    told = flow(rng, story, shape[troupe], level)
    start = (rng.permutation(count) + rng.random(count)) / count
    if not whole:
        start = start * 1.1 - 0.1
    span = _spans(rng, story, len(troupe)) / (24 * world.config.days)
    gap = rng.uniform(*story.gap_days, count) / world.config.days
    later = turn * gap[troupe] * rng.uniform(0.9, 1.1, len(troupe))
    after = later[told.telling] + told.position * np.minimum(span, _LONGEST)[told.telling]
    if whole:
        latest = 1 - _LAST_DAYS / world.config.days
        start, after = _fit(rng, start, after, troupe[told.telling], latest)
    place = start[troupe[told.telling]] + after
    opening = world.clock.at(np.clip(start, 0, 1), story.profile)
    accounts = cast(rng, world.people, story, shape, start=opening, pool=pool)
    time = _in_order(rng, told, world.clock.at(place, story.profile), len(troupe))
    time = time + _lag(world.people, accounts)[troupe[told.telling]]
    rows = _payments(rng, story, told, time=time, accounts=accounts, troupe=troupe)
    return rows.take((place >= 0) & world.clock.inside(time) & (rows.sender != rows.receiver))


def _lag(people: Population, accounts: Ints) -> Ints:
    """Return how far each cast's local time lags: that of most of its accounts."""
    known = accounts >= 0
    behind = np.where(known, people.lag[accounts], 0)
    return np.asarray(np.where(behind.sum(axis=1) * 2 > known.sum(axis=1) * HOUR, HOUR, 0))


def _spans(rng: np.random.Generator, story: Story, count: int) -> Floats:
    """Draw how many hours tellings take, on a scale of logarithms."""
    least, usual, most = (float(np.log(hours)) for hours in story.hours)
    return np.asarray(np.exp(rng.triangular(least, usual, most, count)))


def _levels(rng: np.random.Generator, story: Story, sizes: Sizes, rounds: Ints) -> Floats:
    """Draw the size of each telling's first payments; a cast keeps to its level."""
    troupe, turn = owners(rounds), places_within(rounds)
    if story.level is Level.BANDS:
        bulk = (turn == rounds[troupe] - 1) & chance(rng, 0.9, len(troupe))
        low, high = np.where(bulk, 10_200.0, 90.0), np.where(bulk, 40_000.0, 990.0)
        return np.asarray(low * (high / low) ** rng.random(len(troupe)))
    if story.level is Level.LADDER:
        return np.asarray(rng.choice(_LADDER, len(rounds))[troupe])
    honest = sizes.invoices if story.level is Level.INVOICES else sizes.transfers
    drawn = honest[rng.integers(0, len(honest), (len(rounds), story.draws))]
    level = drawn.max(axis=1)[troupe]
    return np.asarray(level * np.exp(0.15 * rng.standard_normal(len(troupe))))


def _fit(
    rng: np.random.Generator, start: Floats, after: Floats, troupe: Ints, latest_end: float
) -> tuple[Floats, Floats]:
    """Shorten and move casts so that every payment falls inside the world."""
    extent = np.zeros(len(start))
    np.maximum.at(extent, troupe, after)
    shrink = np.minimum(1, 0.9 / np.maximum(extent, 1e-9))
    latest = latest_end - extent * shrink
    moved = np.where(start > latest, latest * (1 - 0.03 * rng.random(len(start))), start)
    return moved, after * shrink[troupe]


def _in_order(rng: np.random.Generator, told: Flow, time: Ints, tellings: int) -> Ints:
    """Make every account wait at least a minute or so after it was last paid."""
    slots = int(max(told.sender.max(), told.receiver.max())) + 1
    ready, time = np.full(tellings * slots, -1), time.copy()
    for hop in range(int(told.hop.max()) + 1):
        now = np.flatnonzero(told.hop == hop)
        start, goal = told.telling[now] * slots + told.sender[now], told.receiver[now]
        wait = rng.integers(40, 900, len(now)) if hop else 0
        time[now] = np.maximum(time[now], np.where(hop > 0, ready[start] + wait, time[now]))
        np.maximum.at(ready, told.telling[now] * slots + goal, time[now])
    return time


def _payments(
    rng: np.random.Generator, story: Story, told: Flow, *, time: Ints, accounts: Ints, troupe: Ints
) -> Rows:
    """Dress a flow as payments: cash in tens, price points in fives, invoices to the cent."""
    who = troupe[told.telling]
    sender, receiver = accounts[who, told.sender], accounts[who, told.receiver]
    cash = (sender == Outside.CASH) | (receiver == Outside.CASH)
    invoiced = (story.topic == Topic.INVOICE) & chance(rng, 0.8, len(who))
    rounding = np.where(invoiced, Rounding.EXACT, Rounding.HUMAN)
    if story.level is Level.LADDER:
        rounding = np.where(told.hop == 0, Rounding.FIVES, rounding)
    topic = np.where((told.hop == 0) | invoiced, story.topic, Topic.PRIVATE)
    return Rows.of(
        time, sender, receiver, told.euros,
        rounding=np.where(cash, Rounding.TENS, rounding),
        method=np.where(cash, Method.CASH, Method.TRANSFER),
        topic=np.where(cash, Topic.CASH, topic),
        pattern=who,
    )  # fmt: skip
