"""Money flowing through layers of accounts: the one engine behind every story.

Layer by layer, each account waits until it has been paid, keeps a part, and splits the rest over
those it pays. One layer of many around a single account is a fan, a single account between two
layers gathers and scatters, two crowded layers are bipartite, three a stack, layers of one a
chain, and a chain that returns to its start a cycle.
"""

from dataclasses import dataclass

import numpy as np

from experiments.simulation.rows import Floats, Ints, owners, places_within
from experiments.simulation.stories import Level, Story


@dataclass(frozen=True)
class Flow:
    """The payments of many tellings of one story.

    ``position`` is when, as a share of the story's span; a slot is an account's place in the
    telling; ``hop`` is 0 for the first payments.
    """

    telling: Ints
    sender: Ints
    receiver: Ints
    position: Floats
    euros: Floats
    hop: Ints


def draw_sizes(rng: np.random.Generator, story: Story, count: int) -> Ints:
    """Draw the size of every layer, small ones more often, (count, layers)."""
    low = np.array([least for least, _ in story.layers])
    room = np.array([most - least + 1 for least, most in story.layers])
    sizes = low + np.floor(room * rng.beta(1, 1.4, (count, len(low)))).astype(np.int64)
    return np.asarray(sizes * np.minimum.accumulate(sizes > 0, axis=1))


def flow(rng: np.random.Generator, story: Story, sizes: Ints, level: Floats) -> Flow:
    """Let money flow once through each telling; ``level`` is the size of its first payments."""
    offset = np.cumsum(sizes, axis=1) - sizes
    slots = int(sizes.sum(axis=1).max())
    hops = np.maximum((sizes > 0).sum(axis=1) - (0 if story.closed else 1), 1)
    keeps = rng.uniform(*story.keep, len(sizes))
    held, ready = np.zeros(len(sizes) * slots), np.zeros(len(sizes) * slots)
    parts = []
    for hop in range(sizes.shape[1]):
        telling, sender, receiver = _edges(rng, story, sizes, offset, hop)
        if not len(telling):
            break
        start, goal = telling * slots + sender, telling * slots + receiver
        if hop == 0:
            position = rng.random(len(telling)) / hops[telling]
            euros = level[telling] * _steps(rng, story, len(telling))
        else:
            wait = 0.01 + rng.gamma(0.8, 0.8, len(telling))
            position = ready[start] + wait / hops[telling]
            share = rng.gamma(5, size=len(telling))
            total = np.bincount(start, share, len(held))
            kept = np.clip(keeps[telling] * rng.normal(1, 0.01, len(telling)), 0.02, None)
            euros = held[start] * kept * share / total[start]
        held += np.bincount(goal, euros, len(held))
        np.maximum.at(ready, goal, position)
        parts.append(Flow(telling, sender, receiver, position, euros, np.full(len(telling), hop)))
    return Flow(*(np.concatenate([getattr(p, name) for p in parts]) for name in _COLUMNS))


_COLUMNS = ("telling", "sender", "receiver", "position", "euros", "hop")


def _steps(rng: np.random.Generator, story: Story, count: int) -> Floats:
    """Draw how first payments differ from their level: by whole multiples on a price ladder."""
    if story.level is Level.LADDER:
        return np.asarray(rng.choice([1.0, 2.0, 3.0, 4.0], count, p=[0.55, 0.3, 0.1, 0.05]))
    return np.asarray(np.exp(story.spread * rng.standard_normal(count)))


def _edges(
    rng: np.random.Generator, story: Story, sizes: Ints, offset: Ints, hop: int
) -> tuple[Ints, Ints, Ints]:
    """Return who pays whom at this hop: the telling, the sender's and the receiver's slot."""
    here, goal_offset = sizes[:, hop], np.zeros(len(sizes), dtype=np.int64)
    there = np.zeros(len(sizes), dtype=np.int64)
    if hop + 1 < sizes.shape[1]:
        there, goal_offset = sizes[:, hop + 1].copy(), offset[:, hop + 1].copy()
    if story.closed and hop > 0:
        ends = (here > 0) & (there == 0)
        there[ends], goal_offset[ends] = 1, 0
    pairs = here * there
    telling, place = owners(pairs), places_within(pairs)
    i, j = np.divmod(place, np.maximum(there[telling], 1))
    wanted = rng.random(len(telling)) < story.density
    # Everybody pays and is paid at least once.
    wanted |= (j == i % np.maximum(there[telling], 1)) | (i == j % np.maximum(here[telling], 1))
    telling, i, j = telling[wanted], i[wanted], j[wanted]
    least, most = story.payments
    again = least + np.floor((most - least + 1) * rng.beta(1, 2, len(telling))).astype(np.int64)
    telling, i, j = np.repeat(telling, again), np.repeat(i, again), np.repeat(j, again)
    return telling, offset[telling, hop] + i, goal_offset[telling] + j
