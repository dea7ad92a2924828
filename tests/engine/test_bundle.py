import json
import re
from dataclasses import replace

import numpy as np
import pytest

from engine.bundle import load_bundle, save_bundle
from engine.fitting import fit_unsupervised
from features.errors import BundleError, OutputError

DEFINITIONS = {"feature_0": "c" * 64, "feature_1": "d" * 64}
FACTS = {"data": {"snapshot_id": "abc"}, "rows": 3000}


@pytest.fixture
def saved(ensemble, tmp_path):
    folder = tmp_path / "model"
    save_bundle(folder, ensemble, definitions=DEFINITIONS, facts=FACTS)
    return folder


def test_a_loaded_model_scores_and_explains_bit_for_bit(ensemble, saved, unseen):
    bundle = load_bundle(saved, definitions=DEFINITIONS, names=ensemble.names)
    again = bundle.ensemble
    assert np.array_equal(again.score(unseen.X).margin, ensemble.score(unseen.X).margin)
    told, wanted = again.explain(unseen.X[:30]), ensemble.explain(unseen.X[:30])
    assert np.array_equal(told.contributions, wanted.contributions)
    assert np.array_equal(told.base, wanted.base)
    assert again.config == ensemble.config
    assert bundle.manifest["facts"] == FACTS
    assert bundle.manifest["score_kind"] == ensemble.score_kind


def test_a_score_that_nothing_calibrated_stays_one(supervised, tmp_path):
    bare = replace(supervised, supervised=replace(supervised.supervised, calibrated=False))
    assert supervised.score_kind == "probability"
    save_bundle(tmp_path / "model", bare, definitions=DEFINITIONS, facts=FACTS)
    bundle = load_bundle(tmp_path / "model")
    assert bundle.manifest["score_kind"] == bundle.ensemble.score_kind == "uncalibrated"


def test_saving_what_was_loaded_gives_the_same_bytes(saved, tmp_path):
    bundle = load_bundle(saved)
    other = tmp_path / "other"
    digest = save_bundle(other, bundle.ensemble, definitions=DEFINITIONS, facts=FACTS)
    assert digest == bundle.digest
    files = sorted(path.name for path in saved.iterdir())
    assert files == sorted(path.name for path in other.iterdir())
    for name in files:
        assert (saved / name).read_bytes() == (other / name).read_bytes(), name


def test_training_again_gives_the_same_bytes(train, unsupervised, config, tmp_path):
    again = fit_unsupervised(train.X, train.names, config(), 7)
    digests = [
        save_bundle(tmp_path / str(k), fitted, definitions={}, facts={})
        for k, fitted in enumerate((unsupervised, again))
    ]
    assert digests[0] == digests[1]


def test_a_changed_byte_anywhere_is_found_and_its_file_named(saved):
    draw = np.random.default_rng(0)
    for path in sorted(saved.iterdir()):
        whole = path.read_bytes()
        for at in [0, len(whole) - 1, *draw.integers(0, len(whole), 12)]:
            changed = bytearray(whole)
            changed[at] ^= 1
            path.write_bytes(bytes(changed))
            with pytest.raises(BundleError, match=re.escape(path.name)):
                load_bundle(saved)
        path.write_bytes(whole[:-1])
        with pytest.raises(BundleError, match=re.escape(path.name)):
            load_bundle(saved)
        path.write_bytes(whole)
    load_bundle(saved)


def test_missing_and_added_files_are_named(saved):
    (saved / "arrays.npz").unlink()
    (saved / "more.py").write_text("print()")
    with pytest.raises(BundleError) as refused:
        load_bundle(saved)
    assert "arrays.npz: missing" in str(refused.value)
    assert "more.py: not part of the model" in str(refused.value)
    (saved / "bundle.json").unlink()
    with pytest.raises(BundleError, match=r"bundle\.json is missing"):
        load_bundle(saved)


def test_another_catalogue_is_refused_with_the_first_difference(saved, ensemble):
    names = list(ensemble.names)
    with pytest.raises(BundleError, match="feature 2 is 'feature_1' in the model, 'new' here"):
        load_bundle(saved, names=[names[0], "new", *names[1:]])
    with pytest.raises(BundleError, match="feature 12, 'feature_11', is only in the model"):
        load_bundle(saved, names=names[:-1])
    with pytest.raises(BundleError, match=r"1 defined in another way here.*first: feature_1"):
        load_bundle(saved, definitions=DEFINITIONS | {"feature_1": "e" * 64, "new": ""})
    with pytest.raises(BundleError, match=r"1 unknown here.*first: feature_0"):
        load_bundle(saved, definitions={"feature_1": "d" * 64})


def test_an_unknown_format_is_refused(saved):
    manifest = json.loads((saved / "bundle.json").read_text())
    (saved / "bundle.json").write_text(json.dumps(manifest | {"format_version": 99}))
    with pytest.raises(BundleError, match="format version 99"):
        load_bundle(saved)
    (saved / "bundle.json").write_text("[]")
    with pytest.raises(BundleError, match="not the manifest"):
        load_bundle(saved)


def test_an_existing_folder_stays_as_it_is(saved, ensemble):
    with pytest.raises(OutputError, match="exists already"):
        save_bundle(saved, ensemble, definitions={}, facts={})
    load_bundle(saved)


def test_a_failed_write_leaves_nothing(ensemble, tmp_path):
    with pytest.raises(TypeError):
        save_bundle(tmp_path / "model", ensemble, definitions={}, facts={"bad": object()})
    assert not list(tmp_path.iterdir())


def test_a_model_holds_no_pickle_and_no_path(saved, tmp_path):
    assert {path.suffix for path in saved.iterdir()} <= {".json", ".npz", ".ubj"}
    text = (saved / "bundle.json").read_text()
    assert str(tmp_path) not in text
    with np.load(saved / "arrays.npz", allow_pickle=False) as archive:
        assert all(archive[name].dtype != object for name in archive.files)
