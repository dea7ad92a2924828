"""What payments say: purpose codes (ISO 20022 external codes) and memos, drawn by topic.

Street sales share their words with honest ones: most say nothing at all, and each word of theirs
is said more often by people who mean a plant or a song.
"""

from typing import Final

import numpy as np

from experiments.simulation.rows import Ints, Topic

NOTHING: Final = -1
_SMALL_TALK: Final = (
    "thanks", "dinner", "lunch", "tickets", "birthday", "happy birthday", "groceries", "fuel",
    "your share", "trip", "as agreed", "for you", "pizza", "bike", "sofa", "concert", "football",
    "loan", "paying back", "holiday", "gift", "cinema", "coffee", "taxi", "weekend", "for mum",
)  # fmt: skip
_GOODS: Final = (
    "order 1024", "order 2231", "no 17", "2 pcs", "size m", "lesson", "2 lessons", "haircut",
    "blues night", "flower pot", "weed killer", "leaf blower", "tango class", "tea 100 g",
    "honey 500 g", "parcel", "deposit",
)  # fmt: skip
_SHADY: Final = ("2 g", "blues", "pot", "leaf", "weed", "tango")
_PAPER: Final = ("invoice", "inv 2025-118", "inv 2025-204", "services", "delivery", "contract")
MEMOS: Final = (
    *_SMALL_TALK, *_GOODS, *_SHADY, *_PAPER,
    "salary", "pension", "rent", "customer no", "donation", "savings", "tax",
)  # fmt: skip
PURPOSES: Final = (
    "SALA", "PENS", "RENT", "OTHR", "SUPP", "GDDS", "CHAR", "SAVG", "TAXS", "FAMI",
)  # fmt: skip

# topic: purpose code and how often it is given; groups of memos and how often each is said
_PURPOSE: Final = {
    Topic.PRIVATE: ("FAMI", 0.05),
    Topic.SALARY: ("SALA", 0.8),
    Topic.PENSION: ("PENS", 0.8),
    Topic.RENT: ("RENT", 0.4),
    Topic.BILL: ("OTHR", 0.3),
    Topic.INVOICE: ("SUPP", 0.3),
    Topic.DONATION: ("CHAR", 0.5),
    Topic.SAVINGS: ("SAVG", 0.3),
    Topic.TAX: ("TAXS", 0.9),
    Topic.LEISURE: ("GDDS", 0.1),
    Topic.SALES: ("GDDS", 0.05),
    Topic.STREET: ("GDDS", 0.05),
}
_SAID: Final[dict[Topic, tuple[tuple[tuple[str, ...], float], ...]]] = {
    Topic.PRIVATE: ((_SMALL_TALK, 0.35), (_GOODS, 0.08), (_SHADY, 0.004)),
    Topic.SALARY: ((("salary",), 0.9),),
    Topic.PENSION: ((("pension",), 0.9),),
    Topic.RENT: ((("rent",), 0.7),),
    Topic.BILL: ((("customer no",), 0.8),),
    Topic.INVOICE: ((_PAPER, 0.7),),
    Topic.DONATION: ((("donation",), 0.6),),
    Topic.SAVINGS: ((("savings",), 0.5),),
    Topic.TAX: ((("tax",), 0.9),),
    Topic.SALES: ((_GOODS, 0.3), (_SMALL_TALK, 0.15), (_SHADY, 0.02)),
    Topic.STREET: ((_SMALL_TALK, 0.25), (_GOODS, 0.15), (_SHADY, 0.1)),
}


def purposes(rng: np.random.Generator, topic: Ints) -> Ints:
    """Return an index into ``PURPOSES`` for each payment, or ``NOTHING``."""
    code = np.full(len(Topic), NOTHING)
    often = np.zeros(len(Topic))
    for which, (word, share) in _PURPOSE.items():
        code[which], often[which] = PURPOSES.index(word), share
    return np.where(rng.random(len(topic)) < often[topic], code[topic], NOTHING)


def memos(rng: np.random.Generator, topic: Ints) -> Ints:
    """Return an index into ``MEMOS`` for each payment, or ``NOTHING``."""
    said = np.full(len(topic), NOTHING)
    for which, groups in _SAID.items():
        mine = np.flatnonzero(topic == which)
        words = [word for group, _ in groups for word in group]
        odds = [share / len(group) for group, share in groups for _ in group]
        index = np.array([*(MEMOS.index(word) for word in words), NOTHING])
        edges = np.cumsum(odds)
        spots = np.searchsorted(edges, rng.random(len(mine)), side="right")
        said[mine] = index[spots]
    return said
