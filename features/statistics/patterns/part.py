"""What all numbers about a payment's part in patterns share."""

from features.history import Integers
from features.statistics.patterns.swept import floats
from features.windows import Window, facing
from features.workspace import Floats, Workspace


class PartOfPattern:
    """Looks back at what the payment completes; ``ahead``: on at what it opens.

    0 for a self-payment; NaN where a side is unknown.
    """

    width: int
    ahead: bool

    @property
    def window(self) -> Window:
        """The window as it is named."""
        return facing(self.width, ahead=self.ahead)

    @property
    def lens(self) -> None:
        """None: it is more than the two accounts' own payments."""
        return

    @property
    def lookback(self) -> int:
        """The window's."""
        return self.window.lookback

    @property
    def lookahead(self) -> int:
        """The window's."""
        return self.window.lookahead

    @property
    def null_rules(self) -> tuple[str, ...]:
        """Null without both sides, and until the window is over."""
        return ("side", "ahead") if self.lookahead else ("side",)

    def earlier(self) -> None:
        """Return nothing: what a payment completes has no window before."""
        return

    def known(self, space: Workspace, told: Integers) -> Floats:
        """Return what is told as values, less what can't be known."""
        return space.known(floats(space, told), self.window)
