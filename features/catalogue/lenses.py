"""The four ways to look at the two accounts of a payment, with their wording; and the spans."""

from features.windows import DAY, HOUR, leading, trailing
from features.workspace import Lens

SENDER_OUT = Lens("sender", "out")
SENDER_IN = Lens("sender", "in")
RECEIVER_IN = Lens("receiver", "in")
RECEIVER_OUT = Lens("receiver", "out")
PAIR = Lens("pair", "out")
PAIR_BACK = Lens("pair", "in")
LENSES = (SENDER_OUT, SENDER_IN, RECEIVER_IN, RECEIVER_OUT)

LAST_HOUR = trailing(HOUR)
LAST_DAY, THREE_DAYS, WEEK, MONTH = (trailing(days * DAY) for days in (1, 3, 7, 28))
NEXT_DAY, NEXT_WEEK = leading(DAY), leading(7 * DAY)
WINDOWS = (LAST_DAY, WEEK, MONTH, NEXT_DAY, NEXT_WEEK)


def who(lens: Lens) -> str:
    """Return the slot of the account a lens looks at."""
    return "{" + lens.subject + "}"


def did(lens: Lens) -> str:
    """Return what the account did.

    >>> did(SENDER_OUT), did(SENDER_IN)
    ('made', 'received')
    """
    return "made" if lens.flow == "out" else "received"
