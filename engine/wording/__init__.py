"""Numbers, money, time and features as words an analyst reads."""

from typing import Final

COMPANY: Final = "company"
"""The family of reasons that add up what a first model said of other payments."""
