"""Published red flags as first-class indicators: what they ask, where they fire, what shows it."""

from engine.indicators.config import load_indicators, parse_indicators
from engine.indicators.definition import Condition, Indicator, Indicators, Rule
from engine.indicators.horizon import Horizon
from engine.indicators.watching import Flags, Watch

__all__ = [
    "Condition",
    "Flags",
    "Horizon",
    "Indicator",
    "Indicators",
    "Rule",
    "Watch",
    "load_indicators",
    "parse_indicators",
]
