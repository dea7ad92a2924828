"""One world: train on it, score what comes after, count the false ones on each list."""

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from engine.arrays import Flags, Floats
from engine.conformal import Block, account_weeks, discover
from engine.ensemble import Ensemble
from engine.scout import Scout
from experiments.config import ExperimentConfig
from experiments.honest import highest, honest_block, touched
from experiments.learning import learn
from experiments.preparation import Preparation
from experiments.rows import micros
from experiments.simulation import WorldConfig, build_world
from experiments.split import ASIDE, WEEK
from experiments.training import prepare
from features.dataset import Dataset, DatasetFacts, write_dataset
from features.slices import TICK, compute_frame
from features.windows import FIRST_MONDAY

CONFIG = ExperimentConfig.model_validate(
    {
        "features": {
            "families": ["counterparties", "flow-through", "structuring", "volume and velocity"],
            "sizes": [],
        },
        "split": {"train": 0.5, "validate": 0.25, "conformal": 0.4},
        "model": {
            "detectors": ["hbos", "tail"],
            "tree_depths": [4],
            "positive_weights": [1.0],
            "anomaly_weights": [0.0],
            "rounds": 120,
            "learning_rate": 0.12,
            "threads": 1,
            "reference_points": 201,
        },
    }
)
WORLD = WorldConfig(transactions=60_000, days=200, illicit_share=0.03)
RATES = (0.05, 0.1, 0.2)
LEVELS = (0.01, 0.05, 0.1, 0.5)
SCORED = timedelta(weeks=2)
LATER = timedelta(weeks=4)
NEXT = "the two weeks after"
AFTER_FOUR = "four weeks later"
DOUBLED = "every amount doubled after the block"
HIDDEN = "1 % of the block is illicit and not known to be"
NO_LABELS = "no label of the block is known"
SCENARIOS = (NEXT, AFTER_FOUR, DOUBLED, HIDDEN, NO_LABELS)
_HIDDEN_SHARE = 0.01


@dataclass(frozen=True)
class Listed:
    """One list: how many account-weeks are on it, how many of these are false; and out of what.

    ``unusual`` is the share of the run's honest account-weeks with a p-value of at most each of
    `LEVELS`, ``contaminated`` the share of the block that is illicit.
    """

    scenario: str
    seed: int
    rate: float
    account_weeks: int
    illicit: int
    block: int
    contaminated: float
    listed: int
    false: int
    unusual: tuple[float, ...]

    @property
    def false_share(self) -> float:
        """The share of the list that is false; of an empty one, none."""
        return self.false / self.listed if self.listed else 0.0


@dataclass(frozen=True)
class _Weeks:
    """The account-weeks of a run: the highest score of each, and whether a row is illicit."""

    score: Floats
    illicit: Flags


def trial(seed: int) -> list[Listed]:
    """Simulate a world, train, and make the lists of every scenario."""
    tables = build_world(replace(WORLD, seed=seed))
    with tempfile.TemporaryDirectory(prefix="moneytrail-fdr-") as place:
        dataset = _written(Path(place) / "world", tables[0], tables[2])
        learned = learn(prepare(CONFIG, dataset))
        prepared, ensemble = learned.prepared, learned.ensemble
        block = _block(prepared, ensemble)
        start = first_monday(prepared.split["test"].start)
        dearer = _doubled(tables[0], prepared.split["test"].start)
        changed = _looked_at(
            prepared, _written(Path(place) / "dearer", dearer, tables[2]), learned.scout
        )
        soon = _weeks(prepared, ensemble, start)
        runs = {
            NEXT: (soon, block, 0),
            AFTER_FOUR: (_weeks(prepared, ensemble, start + LATER), block, 0),
            DOUBLED: (_weeks(changed, ensemble, start), block, 0),
        }
        for name, share in ((HIDDEN, _HIDDEN_SHARE), (NO_LABELS, 1.0)):
            found = _block(hidden(prepared, block, share, seed), ensemble)
            runs[name] = (soon, found, len(found.scores) - len(block.scores))
        return [one for name, run in runs.items() for one in _lists(name, seed, *run)]


def _looked_at(prepared: Preparation, dataset: Dataset, scout: Scout | None) -> Preparation:
    """Take another dataset of the same rows, and a first look at it."""
    changed = replace(prepared, dataset=dataset)
    return changed if scout is None else replace(changed, suspicion=changed.first_look(scout))


def first_monday(moment: datetime) -> datetime:
    """Return the first Monday midnight, UTC, not before an instant.

    >>> first_monday(datetime(2025, 3, 4, 10, tzinfo=UTC)).isoformat()
    '2025-03-10T00:00:00+00:00'
    """
    weeks = -((FIRST_MONDAY - micros(moment)) // WEEK)
    return datetime.fromtimestamp((FIRST_MONDAY + weeks * WEEK) / 1e6, UTC)


def hidden(prepared: Preparation, block: Block, share: float, seed: int) -> Preparation:
    """Call illicit rows of the block honest, pattern by pattern, until a share of it is illicit."""
    labels, part = prepared.rows.labels, prepared.split[ASIDE]
    if labels is None:
        raise ValueError("nothing to hide: no labels")
    span = prepared.rows.within(part)
    at = span.start + np.flatnonzero(labels.label[span] == 1)
    patterns = np.random.default_rng(seed).permutation(np.unique(labels.pattern[at]))
    label, wanted = labels.label.copy(), share * len(block.scores)
    for pattern in patterns:
        label[at[labels.pattern[at] == pattern]] = 0
        changed = replace(
            prepared, rows=replace(prepared.rows, labels=replace(labels, label=label))
        )
        if share < 1 and _left_out(prepared) - _left_out(changed) >= wanted:
            break
    return changed


def _left_out(prepared: Preparation) -> int:
    """Count the block's account-weeks with a row known to be illicit."""
    rows, labels, part = prepared.rows, prepared.rows.labels, prepared.split[ASIDE]
    at = np.arange(rows.within(part).start, rows.within(part).stop)
    if labels is None:
        return 0
    at = at[rows.evaluated[at] & (labels.known(micros(part.as_of))[at] == 1)]
    number = account_weeks(
        rows.time[at], rows.sender[at], rows.receiver[at], micros(part.start), WEEK
    )
    return int(np.stack(number).max(initial=-1)) + 1


def _block(prepared: Preparation, ensemble: Ensemble) -> Block:
    found = honest_block(prepared, ensemble)
    if found is None:
        raise ValueError("the split of this experiment sets weeks aside")
    return found


def _weeks(prepared: Preparation, ensemble: Ensemble, start: datetime) -> _Weeks:
    """Score two weeks as of their end, and group their rows."""
    rows, labels, stop = prepared.rows, prepared.rows.labels, start + SCORED
    span, seen = (start, stop, stop - TICK), prepared.suspicion
    frame = compute_frame(prepared.dataset, prepared.catalogue, *span, suspicion=seen)
    at = np.arange(*np.searchsorted(rows.time, [micros(start), micros(stop)]))
    if labels is None or len(at) != len(frame):
        raise ValueError("the rows scored are not those of the labels")
    sides = rows.time[at], rows.sender[at], rows.receiver[at]
    number = np.stack(account_weeks(*sides, FIRST_MONDAY, WEEK))
    count = int(number.max(initial=-1)) + 1
    score = highest(number, ensemble.score(frame.values).score, count)
    return _Weeks(score, touched(number, labels.known()[at] == 1, count))


def _lists(name: str, seed: int, weeks: _Weeks, block: Block, hidden: int) -> Iterator[Listed]:
    p_values = block.p_values(weeks.score[~weeks.illicit])
    unusual = tuple(float((p_values <= level).mean()) for level in LEVELS)
    for rate in RATES:
        chosen = weeks.score >= discover(block, weeks.score, rate).least
        yield Listed(
            scenario=name,
            seed=seed,
            rate=rate,
            account_weeks=len(weeks.score),
            illicit=int(weeks.illicit.sum()),
            block=len(block.scores),
            contaminated=hidden / len(block.scores),
            listed=int(chosen.sum()),
            false=int((chosen & ~weeks.illicit).sum()),
            unusual=unusual,
        )


def _doubled(transactions: pa.Table, since: datetime) -> pa.Table:
    """Double every amount from an instant on."""
    amount, late = transactions["amount"], pc.greater_equal(transactions["timestamp"], since)
    doubled = pc.if_else(late, pc.multiply(amount, 2), amount).cast(pa.int64())
    place = transactions.schema.get_field_index("amount")
    return transactions.set_column(place, transactions.schema.field(place), doubled)


def _written(out: Path, transactions: pa.Table, labels: pa.Table) -> Dataset:
    facts = DatasetFacts(
        source={"simulator": "fdr"},
        reporting_currency=WORLD.reporting_currency,
        minor_digits=2,
        time_precision="second",
        labels="complete",
    )
    write_dataset(out, transactions, facts, labels=labels)
    return Dataset.open(out)
