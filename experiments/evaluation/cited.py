"""Evidence precision: how much of what is cited for a reason belongs to the planted pattern."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class EvidencePrecision:
    """Of the transactions cited for some reasons on true candidates, those of the pattern."""

    reasons: int
    cited: int
    planted: int

    @property
    def precision(self) -> float:
        """The share; NaN where nothing is cited."""
        return self.planted / self.cited if self.cited else float("nan")


def evidence_precision(
    candidates: Iterable[Mapping[str, Any]], planted: Mapping[str, str], family: str
) -> EvidencePrecision:
    """Measure the reasons of a family on the candidates whose peak transaction is planted.

    ``planted`` names the pattern of each labelled transaction. A cited transaction counts where
    it belongs to the pattern of the peak; what several reasons cite counts for each.
    """
    reasons = cited = found = 0
    for candidate in candidates:
        pattern = planted.get(candidate["peak_transaction"])
        if pattern is None:
            continue
        for reason in candidate["reasons"]:
            if reason["family"] == family:
                reasons += 1
                cited += len(reason["evidence"])
                found += sum(planted.get(one) == pattern for one in reason["evidence"])
    return EvidencePrecision(reasons, cited, found)
