"""Build a world: everyday life, honest stories, planted stories, and spending up to its size."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Final

import numpy as np
import pyarrow as pa

from experiments.simulation import dealings, months, places
from experiments.simulation.casting import Pool
from experiments.simulation.config import WorldConfig
from experiments.simulation.plots import HONEST, PLANTED
from experiments.simulation.rows import NO_PATTERN, Rows, joined
from experiments.simulation.tables import (
    accounts_table,
    labels_table,
    random_ids,
    transactions_table,
    words,
)
from experiments.simulation.telling import Sizes, tell_all
from experiments.simulation.world import World
from features.dataset import DatasetFacts, Manifest, refuse_existing, write_dataset

Behaviour = Callable[[World, np.random.Generator], Rows]
FORMAT: Final = "moneytrail-world-1"
_EVERYDAY: Final[tuple[Behaviour, ...]] = (
    months.wages, months.pensions, months.rents, months.bills, months.donations, months.taxes,
    dealings.friends, dealings.strangers, dealings.beyond, dealings.invoices, dealings.jobs,
    dealings.takings, dealings.hubs,
)  # fmt: skip
_HONEST_SHARE: Final = 0.02
_POOL_SHARE: Final = 0.08
_MOST_EVERYDAY: Final = 0.9
_LEAST_EUROS: Final = 50
_NO_ROWS: Final = Rows.of(np.empty(0, dtype=np.int64), -1, -1, 0)


def simulate(out: Path, config: WorldConfig) -> Manifest:
    """Build a world and write it as a dataset folder, whole or not at all.

    Raises
    ------
    OutputError
        If ``out`` exists already.
    """
    refuse_existing(out)
    transactions, accounts, labels = build_world(config)
    facts = DatasetFacts(
        source={"simulator": FORMAT, **config.facts()},
        reporting_currency=config.reporting_currency,
        minor_digits=2,
        time_precision="second",
        labels="complete",
        rates={"version": places.RATES_VERSION, "euro_millionths": places.EURO_MILLIONTHS},
    )
    return write_dataset(out, transactions, facts, accounts=accounts, labels=labels)


def build_world(config: WorldConfig) -> tuple[pa.Table, pa.Table, pa.Table]:
    """Return a world's transactions, accounts and labels; nothing is written.

    Equal configs give equal tables.
    """
    world = World.make(config)
    everyday = {act.__name__: _lived(world, act) for act in _EVERYDAY}
    between = np.concatenate([everyday[name].euros for name in ("friends", "strangers")])
    sizes = Sizes(between[between >= _LEAST_EUROS], everyday["invoices"].euros)
    planted, types = _planted(world, sizes)
    honest = _honest(world, sizes)
    usual = _thinned(config, joined(everyday.values()), len(planted) + len(honest))
    rest = config.transactions - len(usual) - len(honest) - len(planted)
    spent = dealings.spending(world, config.rng("spending"), rest)
    rows = joined([usual, honest, planted, spent])
    ids = random_ids(config.rng("ids"), len(rows))
    order = np.lexsort((ids.view(np.uint64), rows.time))
    rows, ids = rows.take(order), ids[order]
    names = words(random_ids(config.rng("patterns"), len(types))).to_pylist()
    labels = labels_table(rows, ids, names, types)
    return transactions_table(world, rows, ids), accounts_table(world), labels


def _lived(world: World, act: Behaviour) -> Rows:
    """Let a behaviour happen, by the local time of the account that knows of it."""
    rows = act(world, world.config.rng(act.__name__))
    knows = np.where(rows.sender >= 0, rows.sender, rows.receiver)
    return _possible(world, replace(rows, time=rows.time + world.people.lag[knows]))


def _possible(world: World, rows: Rows) -> Rows:
    """Leave out what lies outside the world's time or before an account was opened."""
    opened = np.append(world.people.opened, np.iinfo(np.int64).min)
    known = (np.where(side >= 0, side, -1) for side in (rows.sender, rows.receiver))
    sender_opened, receiver_opened = (opened[side] for side in known)
    open_by_then = np.maximum(sender_opened, receiver_opened) <= rows.time
    return rows.take(open_by_then & world.clock.inside(rows.time))


def _planted(world: World, sizes: Sizes) -> tuple[Rows, list[str]]:
    """Tell the planted stories; return their rows and the type of every pattern."""
    rng = world.config.rng("planted")
    target = round(world.config.illicit_share * world.config.transactions)
    pool = Pool.ringed(rng, world.people, _POOL_SHARE)
    parts = tell_all(world, rng, PLANTED, target, sizes=sizes, pool=pool, whole=True)
    types: list[str] = []
    numbered = []
    for story, rows in zip(PLANTED, parts, strict=False):
        numbered.append(replace(rows, pattern=rows.pattern + len(types)))
        types += [story.name] * (int(rows.pattern.max(initial=-1)) + 1)
    return (joined(numbered) if numbered else _NO_ROWS), types


def _honest(world: World, sizes: Sizes) -> Rows:
    """Tell the honest stories that look like planted ones."""
    target = round(_HONEST_SHARE * world.config.transactions)
    pool, rng = Pool.everyone(world.people), world.config.rng("honest")
    told = joined(tell_all(world, rng, HONEST, target, sizes=sizes, pool=pool, whole=False))
    return _possible(world, replace(told, pattern=np.full(len(told), NO_PATTERN)))


def _thinned(config: WorldConfig, rows: Rows, others: int) -> Rows:
    """Leave out everyday rows by chance where a small world has no room for all of them."""
    room = round(_MOST_EVERYDAY * config.transactions) - others
    if len(rows) <= room:
        return rows
    kept = config.rng("thinning").choice(len(rows), room, replace=False)
    return rows.take(np.sort(kept))
