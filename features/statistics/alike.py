"""How many payments of about the same size a subject has in a window."""

from dataclasses import dataclass

from features.history import Integers
from features.kernels.alike import alike_between, alike_ranges
from features.statistics.windowed import Windowed
from features.workspace import Floats, Workspace


@dataclass(frozen=True)
class Alike(Windowed):
    """Count the subject's rows whose amount is between two permille of the row's own.

    The row itself counts where its own lens and window hold it. 900 to 995 after a receipt is
    what IND-13 calls "out = in minus commission" of 0.5 to 10 %.
    """

    low_permille: int
    high_permille: int

    @property
    def label(self) -> str:
        """Subject, flow, range, window."""
        span = f"{self.low_permille}_{self.high_permille}"
        return f"{self.lens.label}_alike_{span}_{self.window.label}"

    def value(self, space: Workspace) -> Floats:
        """Return the counts."""
        key = ("alike", self.lens, self.low_permille, self.high_permille)
        smallest, largest = space.shared(key, lambda: self._ranges(space))
        counts = alike_between(
            space.anchors(self.lens).groups,
            space.edge(self.lens, self.window.start),
            space.edge(self.lens, self.window.stop),
            space.amounts(self.lens),
            smallest,
            largest,
        )
        values = space.spread(self.lens, counts)
        return space.known(values, self.window)

    def evidence(self, space: Workspace, at: int) -> Integers:
        """Return the rows counted."""
        events = space.events(self.lens, self.window, at)
        amounts = space.history.amount[events]
        smallest, largest = self._range(space.history.amount[space.rows[at : at + 1]])
        chosen: Integers = events[(amounts >= smallest[0]) & (amounts <= largest[0])]
        return chosen

    def earlier(self) -> None:
        """Return nothing: the range belongs to this row's amount."""
        return

    def _ranges(self, space: Workspace) -> tuple[Integers, Integers]:
        """Return the range of each anchor, in their order."""
        rows = space.rows[space.anchors(self.lens).position]
        return self._range(space.history.amount[rows])

    def _range(self, amounts: Integers) -> tuple[Integers, Integers]:
        return alike_ranges(amounts, self.low_permille, self.high_permille)
