"""A model that looks twice, made by hand: a small scout, and trees that see little but company."""

from pathlib import Path

import numpy as np
import pyarrow.compute as pc
import xgboost as xgb

from engine.booster import Trees, singles
from engine.bundle import Bundle, save_bundle
from engine.calibration import Platt
from engine.fitting import fit_supervised
from engine.scoring.counted import Counted
from engine.scoring.first_look import first_look
from engine.scout import Scout
from features.catalogue import CATALOGUE, COMPANY, definition, pick
from features.dataset import Dataset
from features.slices import Reach, compute_frame

LEFT_OUT = "wire"
SCOUT_SEES = tuple(
    feature.name
    for feature in CATALOGUE
    if feature.family in {"volume and velocity", "counterparties"}
    and feature.direction == "trailing"
)[::9]
ALONE = ("sender_out_known_count_28d", "receiver_in_known_count_28d")


def labels_of(dataset: Dataset) -> np.ndarray:
    """Return the label of every row of a dataset."""
    known = dataset.labels()
    illicit = known.filter(pc.equal(known["label"], 1))["transaction_id"].combine_chunks()
    rows = dataset.read(["transaction_id"])["transaction_id"]
    return pc.is_in(rows, value_set=illicit).to_numpy().astype(np.int8)


def scout_of(dataset: Dataset, rounds: int) -> Scout:
    """Grow a scout on all rows."""
    X = compute_frame(dataset, pick(SCOUT_SEES)).values
    told = {"objective": "binary:logistic", "max_depth": 3, "nthread": 1, "seed": 1}
    matrix = xgb.DMatrix(singles(X, None), labels_of(dataset))
    return Scout(SCOUT_SEES, Trees(xgb.train(told, matrix, rounds)), Platt(1.1, 0.3))


def save_scouted(out: Path, dataset: Dataset, base: Bundle, *, rounds: int = 8) -> Path:
    """Write a model that looks twice: peers, indicators and facts are those of ``base``.

    Internal payments count, but for those through one channel.
    """
    config = base.manifest["facts"]["config"]
    config = {
        **config,
        "population": {**config["population"], "evaluate": "internal"},
        "evaluate": {**config["evaluate"], "exclude_channels": [LEFT_OUT]},
    }
    facts, scout = dataset.manifest, scout_of(dataset, rounds)
    counted = Counted("internal", (LEFT_OUT,))
    asked = (facts.coverage_from, facts.coverage_to, facts.coverage_to)
    look = first_look(dataset, scout, counted, *asked, reach=Reach.of(COMPANY))
    features = (*pick(ALONE), *COMPANY)
    X = compute_frame(dataset, features, suspicion=look.suspicion).values
    y, own = labels_of(dataset), tuple(feature.name for feature in features)
    ensemble = fit_supervised(X, y, None, X, y, X, y, own, base.ensemble.config, 3).ensemble
    save_bundle(
        out,
        ensemble,
        definitions={**base.manifest["definitions"]}
        | {feature.name: definition(feature) for feature in (*features, *scout.features())},
        facts={**base.manifest["facts"], "config": config},
        peers=base.peers,
        indicators=base.indicators,
        honest=base.honest,
        scout=scout,
    )
    return out
