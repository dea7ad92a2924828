import json
from dataclasses import replace

import numpy as np
import pytest
import xgboost as xgb

from engine.booster import Trees, singles
from engine.bundle import load_bundle, save_bundle
from engine.calibration import Platt
from engine.scout import Scout
from features.catalogue import CATALOGUE, COMPANY
from features.dataset.manifest import canonical_digest
from features.errors import BundleError, InputError


@pytest.fixture(scope="module")
def scout(train):
    told = {"objective": "binary:logistic", "max_depth": 4, "nthread": 1, "seed": 3}
    booster = xgb.train(told, xgb.DMatrix(singles(train.X, None), train.y), num_boost_round=20)
    return Scout(train.names, Trees(booster), Platt(1.3, -0.4))


@pytest.fixture(scope="module")
def second(supervised):
    """A model that asks for a first look."""
    return replace(supervised, names=(COMPANY[0].name, *supervised.names[1:]))


def test_a_row_is_as_suspicious_alone_as_in_a_batch(scout, unseen):
    together = scout.suspicion(unseen.X)
    alone = [scout.suspicion(unseen.X[k : k + 1])[0] for k in range(0, len(unseen.X), 7)]
    assert np.array_equal(together[::7], alone)
    assert np.array_equal(scout.suspicion(unseen.X[::-1])[::-1], together)
    assert np.array_equal(scout.suspicion(np.asfortranarray(unseen.X)), together)
    assert len(np.unique(together)) > 20


def test_suspicion_is_the_calibrated_probability_in_millionths(scout, unseen):
    margins = scout.trees.booster.predict(xgb.DMatrix(singles(unseen.X, None)), output_margin=True)
    chance = 1.0 / (1.0 + np.exp(-(1.3 * margins.astype(np.float64) - 0.4)))
    found = scout.suspicion(unseen.X)
    assert found.dtype == np.int32
    assert np.abs(found - 1e6 * chance).max() < 1.0
    assert found.min() >= 0
    assert found.max() <= 1_000_000


def test_no_rows_have_no_suspicion(scout, unseen):
    assert scout.suspicion(unseen.X[:0]).shape == (0,)


def test_rows_of_other_features_are_refused(scout, unseen):
    with pytest.raises(InputError, match="do not fit"):
        scout.suspicion(unseen.X[:, :5])


def test_a_scout_comes_back_from_a_bundle_as_it_was(second, scout, unseen, tmp_path):
    folder = tmp_path / "model"
    digest = save_bundle(folder, second, definitions={}, facts={}, scout=scout)
    bundle = load_bundle(folder)
    assert bundle.scout is not None
    assert (bundle.scout.names, bundle.scout.platt) == (scout.names, scout.platt)
    assert np.array_equal(bundle.scout.suspicion(unseen.X), scout.suspicion(unseen.X))
    again = tmp_path / "again"
    assert (
        save_bundle(again, bundle.ensemble, definitions={}, facts={}, scout=bundle.scout) == digest
    )


def test_a_damaged_scout_is_refused_by_name(second, scout, tmp_path):
    folder = tmp_path / "model"
    save_bundle(folder, second, definitions={}, facts={}, scout=scout)
    whole = (folder / "scout.ubj").read_bytes()
    for at in (0, len(whole) // 2, len(whole) - 1):
        (folder / "scout.ubj").write_bytes(whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :])
        with pytest.raises(BundleError, match=r"scout\.ubj: changed"):
            load_bundle(folder)
    (folder / "scout.ubj").unlink()
    with pytest.raises(BundleError, match=r"scout\.ubj: missing"):
        load_bundle(folder)


def test_a_scout_that_looks_ahead_or_is_unknown_is_refused(scout):
    ahead = next(f.name for f in CATALOGUE if f.statistic.lookahead)
    known = CATALOGUE[0].name
    for names, said in (((known, ahead), "1 look ahead"), ((known, "new"), "no such feature")):
        with pytest.raises(BundleError, match=said):
            Scout(names, scout.trees, scout.platt).features()
    assert Scout((known,), scout.trees, scout.platt).features() == (CATALOGUE[0],)


def test_a_scout_never_asks_for_a_first_look_itself(scout):
    name = next(f.name for f in COMPANY if not f.statistic.lookahead)
    with pytest.raises(BundleError, match="1 need a first look themselves"):
        Scout((name,), scout.trees, scout.platt).features()


def test_company_features_and_a_scout_come_together_or_not_at_all(
    supervised, second, scout, tmp_path
):
    with pytest.raises(BundleError, match="takes none"):
        save_bundle(tmp_path / "a", second, definitions={}, facts={})
    with pytest.raises(BundleError, match="for nothing"):
        save_bundle(tmp_path / "b", supervised, definitions={}, facts={}, scout=scout)
    assert not list(tmp_path.iterdir())


def test_a_manifest_that_hides_its_scout_is_refused(second, scout, tmp_path):
    folder = tmp_path / "model"
    save_bundle(folder, second, definitions={}, facts={}, scout=scout)
    file = folder / "bundle.json"
    manifest = json.loads(file.read_text())
    manifest["scout"] = None
    del manifest["files"]["scout.ubj"], manifest["digest"]
    manifest["digest"] = canonical_digest(manifest)
    rendered = json.dumps(manifest, sort_keys=True, indent=1, ensure_ascii=False)
    file.write_text(rendered + "\n")
    (folder / "scout.ubj").unlink()
    with pytest.raises(BundleError, match="takes none"):
        load_bundle(folder)
