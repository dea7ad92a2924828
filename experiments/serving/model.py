"""A loaded model behind MLflow's ``predict``."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from engine.arrays import Floats, Integers
from engine.bundle import Bundle, load_bundle
from engine.scoring import features_of
from experiments.serving.asked import Asked
from experiments.serving.batch import Batch
from experiments.serving.plain import to_transactions
from experiments.serving.reasons import reasons
from experiments.tracking import Column
from features.catalogue import Feature

OUTPUTS = (
    Column("transaction_id", "string"),
    Column("score", "double"),
    Column("score_kind", "string"),
    Column("percentile", "double"),
    Column("reasons", "string", required=False),
)


@dataclass(frozen=True)
class Served:
    """A model that scores payments and says why."""

    bundle: Bundle
    features: tuple[Feature, ...]

    @classmethod
    def load(cls, folder: Path) -> "Served":
        """Read a bundle; reads data only."""
        bundle = load_bundle(folder)
        return cls(bundle, features_of(bundle))

    def predict(
        self, model_input: pd.DataFrame, params: Mapping[str, Any] | None = None
    ) -> pd.DataFrame:
        """Score payments, in the order given and with the index they came with.

        ``reasons`` is JSON; None for payments that were not among the highest scored. The rows
        given are all the history there is. Amounts and times are taken to be as precise as those
        the model was trained on.

        Raises
        ------
        InputError
            If the rows or the parameters cannot be read; lists every fault.
        """
        asked, rows = Asked.of(params), to_transactions(model_input)
        if not rows.num_rows:
            return _nothing()
        batch = Batch.of(rows, asked)
        if not len(batch):
            return _nothing()
        data = self.bundle.manifest["facts"]["data"]
        kind = data["time_precision"], data["minor_digits"]
        batch = batch.looked_at(self.bundle, *kind)
        frame = batch.frame(self.features, *kind)
        scores = self.bundle.ensemble.score(frame.values)
        told = self._told(batch, scores.score, asked)
        back = np.argsort(batch.given)
        return pd.DataFrame(
            {
                "transaction_id": frame.transaction_id.to_numpy(zero_copy_only=False)[back],
                "score": scores.score[back],
                "score_kind": self.bundle.ensemble.score_kind,
                "percentile": scores.percentile[back],
                "reasons": told[back],
            },
            index=model_input.index[batch.given[back]],
        )

    def _told(self, batch: Batch, score: Floats, asked: Asked) -> np.ndarray[Any, Any]:
        """Return the reasons of the highest scored payments, None for the others."""
        told = np.full(len(batch), None, dtype=object)
        count = asked.explained if asked.reasons else 0
        highest = np.sort(_highest(batch.table.slice(batch.first), score, count))
        at = batch.first + highest
        told[highest] = reasons(
            self.bundle, self.features, batch, at, score[highest], asked.reasons
        )
        return told


def _highest(table: pa.Table, score: Floats, count: int) -> Integers:
    """Return the rows that come first by score, then amount, then id: as candidates do."""
    keys = {"score": score, "amount": table["amount"], "id": table["transaction_id"]}
    order = pc.sort_indices(
        pa.table(keys),
        sort_keys=[("score", "descending"), ("amount", "descending"), ("id", "ascending")],
    )
    highest: Integers = order.slice(0, count).to_numpy().astype(np.int64)
    return highest


def _nothing() -> pd.DataFrame:
    return pd.DataFrame({each.name: [] for each in OUTPUTS})
