"""The indicators of a candidate: those that fired, with what shows it, and those not known."""

from collections.abc import Mapping, Sequence
from typing import Any, cast

import numpy as np

from engine.arrays import Integers
from engine.candidates.marks import Mark
from engine.candidates.view import View, beside_peers, known
from engine.indicators import Condition, Watch
from engine.indicators.watching import Held
from engine.peers import Comparison
from engine.peers.traits import SideName

_WORDS = {">=": "at least", ">": "more than", "<=": "at most", "<": "less than"}


class RedFlags:
    """Shows indicators at rows of a view."""

    def __init__(self, view: View, watch: Watch, groups: Mapping[SideName, Integers]) -> None:
        self._view = view
        self._watch = watch
        self._groups = groups
        self._column = {feature.name: column for column, feature in enumerate(view.features)}

    def fired(self, mark: Mark, at: int, *, on_peak: bool) -> dict[str, Any]:
        """Show an indicator at the row ``at`` of the view.

        Raises
        ------
        RuntimeError
            If it does not fire there: the row was measured otherwise before.
        """
        indicator = self._watch.indicators.items[mark.place]
        held = self._held(mark.place, at, mark.side)
        if held is None:
            raise RuntimeError(f"{indicator.id} fired in the batch and not alone")
        parts = [self._part(held, k, at, mark.side) for k in range(len(held.values))]
        features = list(dict.fromkeys(condition.feature for condition in held.rule.conditions))
        cited, total = self._view.cited(features, at)
        column = self._column[held.rule.conditions[0].feature.name]
        return {
            "id": indicator.id,
            "name": indicator.name,
            "typology": indicator.typology,
            "source": indicator.source,
            "goaml": list(indicator.goaml),
            "side": mark.side,
            "transaction": self._view.ids[int(self._view.space.rows[at])],
            "on_peak": on_peak,
            "payments": mark.payments,
            **parts[0][0],
            **beside_peers(parts[0][1]),
            "sentence": self._view.sentence(column, at, mark.side, parts[0][1]),
            "conditions": [
                {**part, "peer_percentile": beside.percentile} for part, beside in parts
            ],
            "evidence": cited,
            "evidence_total": total,
        }

    def flags_of(self, at: int, side: str) -> dict[str, tuple[str, ...]]:
        """Return, by feature, the ids of the indicators that fired in a row on a side.

        The feature is that of the first condition, the one an indicator is about: the others
        only guard it.
        """
        found: dict[str, tuple[str, ...]] = {}
        for place, indicator in enumerate(self._watch.indicators):
            held = self._held(place, at, side)
            if held is not None:
                name = held.rule.conditions[0].feature.name
                found[name] = (*found.get(name, ()), indicator.id)
        return found

    def not_known(self, at: int, side: str, fired: Sequence[str]) -> list[dict[str, str]]:
        """Say of which indicators it is not known whether they fire in a row, and why."""
        found = []
        name = cast("SideName", side)
        group = int(self._groups[name][at])
        for place, indicator in enumerate(self._watch.indicators):
            if indicator.id in fired:
                continue
            time = int(self._view.space.time[at])
            why = self._watch.unknown(place, name, self._view.values[at], time, group)
            if why:
                found.append({"id": indicator.id, "name": indicator.name, "why": "; ".join(why)})
        return found

    def _held(self, place: int, at: int, side: str) -> Held | None:
        name = cast("SideName", side)
        return self._watch.held(place, name, self._view.values[at], int(self._groups[name][at]))

    def _part(self, held: Held, k: int, at: int, side: str) -> tuple[dict[str, Any], Comparison]:
        condition: Condition = held.rule.conditions[k]
        column = self._column[condition.feature.name]
        limit = held.limits[k]
        part = {
            "feature": condition.feature.name,
            "value": known(held.values[k]),
            "unit": condition.feature.unit,
            "op": _WORDS[condition.op],
            "threshold": limit if np.isfinite(limit) else None,
            "peer_threshold": condition.threshold if condition.peers else None,
        }
        return part, self._view.compare(column, at, side)
