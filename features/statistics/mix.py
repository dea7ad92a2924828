"""How far an account's counterparties of now are from those before."""

from dataclasses import dataclass

import numpy as np

from features.history import Codes, Integers
from features.kernels.mix import mix_shift_between, numbered_apart
from features.statistics.statistic import Backward
from features.windows import Window, span_label
from features.workspace import Floats, Lens, Workspace

_ONE = 2**20


@dataclass(frozen=True)
class MixShift(Backward):
    """The divergence of the payments' counterparties in the last ``recent`` from those before.

    0: the same accounts with the same shares of the payments; 1: no account in common. Each side
    weighs as many payments as it has, so that a lone payment says little. NaN where either side
    has no known counterparty, and where less than ``recent + past`` is covered.
    """

    lens: Lens
    recent: int
    past: int

    @property
    def label(self) -> str:
        """Subject, flow, both spans."""
        spans = f"{span_label(self.recent)}_over_{span_label(self.past)}"
        return f"{self.lens.label}_mix_shift_{spans}_before"

    @property
    def lookback(self) -> int:
        """Both spans."""
        return self.recent + self.past

    @property
    def null_rules(self) -> tuple[str, ...]:
        """When it is null."""
        return ("side", "history", "none")

    def value(self, space: Workspace) -> Floats:
        """Return the divergence, 0 to 1."""
        history, lens = space.history, self.lens
        codes, count, logs = history.keep(("mix", lens.flow), lambda: self._coded(space))
        shifts = mix_shift_between(
            space.anchors(lens).groups,
            space.edge(lens, -self.lookback),
            space.edge(lens, -self.recent),
            space.edge(lens, 0),
            codes,
            count,
            logs,
        )
        values = space.spread(lens, shifts)
        return space.known(values, Window(-self.recent, 0), history_needed=self.lookback)

    def evidence(self, space: Workspace, at: int) -> Integers:
        """Return the rows of both spans with a known counterparty."""
        events = space.events(self.lens, Window(-self.lookback, 0), at)
        return events[space.history.internal[events]]

    def _coded(self, space: Workspace) -> tuple[Codes, int, Integers]:
        """Return the events' counterparties, and ``n log2 n`` for all counts there can be.

        They are numbered account by account; between the two is how many numbers there are.
        """
        history, ledger = space.history, space.ledger(self.lens)
        links = history.sent_links if self.lens.flow == "out" else history.received_links
        codes = numbered_apart(links[0], ledger.starts)
        longest = int(np.diff(ledger.starts).max(initial=0))
        counts = np.arange(longest + 2, dtype=np.float64)
        logs = np.round(counts * np.log2(np.maximum(counts, 1)) * _ONE).astype(np.int64)
        return codes, int(codes.max(initial=-1)) + 1, logs
