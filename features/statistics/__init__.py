"""What is measured about a row: frozen statistics that compute a value and fetch its evidence."""

from features.statistics.alike import Alike
from features.statistics.combined import Ratio, Turnover
from features.statistics.gaps import Gap
from features.statistics.rows import RowFact
from features.statistics.statistic import Statistic
from features.statistics.windowed import Distinct, Largest, Mean, Total

__all__ = [
    "Alike",
    "Distinct",
    "Gap",
    "Largest",
    "Mean",
    "Ratio",
    "RowFact",
    "Statistic",
    "Total",
    "Turnover",
]
