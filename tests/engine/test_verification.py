"""Verification: silent on what was not touched, and telling about every byte that was."""

import json
import shutil

import pyarrow.parquet as pq
import pytest

from engine.bundle import load_bundle
from engine.report import write_report
from engine.verification import verify
from features.dataset import Dataset
from features.dataset.manifest import canonical_digest, file_digest
from features.errors import BundleError, InputError


@pytest.fixture
def copied(small, tmp_path):
    return small.copy(tmp_path / "scores")


def change_score(rows):
    rows[3]["score"] = min(1.0, rows[3]["score"] + 1e-12)


def change_order(rows):
    rows[0], rows[1] = rows[1], rows[0]


def change_contribution(rows):
    rows[1]["reasons"][0]["contribution"] += 1e-9


def change_sentence(rows):
    rows[1]["reasons"][1]["sentence"] += " Really."


def change_part(rows):
    rows[0]["reasons"][0]["parts"][-1]["contribution"] *= 2


def change_citation(rows):
    rows[0]["reasons"][0]["evidence"][0] = "another"


def change_rank(rows):
    rows[2]["rank"] = 9


def change_amount(rows):
    rows[4]["amount"] += 1


def drop_row(rows):
    del rows[-1]


def change_flag(rows):
    flagged = next(row for row in rows if row["indicators"])
    flagged["indicators"][0]["value"] += 1e-9


def change_state(rows):
    unsure = next(row for row in rows if row["not_known"])
    unsure["not_known"][0]["why"] = "it did not fire"


def change_fired(rows):
    rows[0]["peer_payments"] += 1


CHANGES = [
    ("scores", change_score, "score"),
    ("scores", change_order, "transaction_id"),
    ("scores", drop_row, "rows, rebuilt"),
    ("candidates", change_contribution, "reasons[0].contribution"),
    ("candidates", change_sentence, "reasons[1].sentence"),
    ("candidates", change_part, "reasons[0].parts"),
    ("candidates", change_citation, "reasons[0].evidence[0]"),
    ("candidates", change_rank, "rank"),
    ("candidates", drop_row, "rows, rebuilt"),
    ("candidates", change_flag, "indicators[0].value"),
    ("candidates", change_state, "not_known[0].why"),
    ("evidence", change_amount, "amount"),
    ("indicators", change_fired, "peer_payments"),
    ("indicators", drop_row, "rows, rebuilt"),
]


def test_what_was_not_touched_is_all_the_same(small):
    found = verify(small.scores, small.dataset)
    assert found.ok
    assert found.differences == ()
    assert found.candidates == pq.ParquetFile(small.scores / "candidates.parquet").metadata.num_rows
    assert found.rows == pq.ParquetFile(small.scores / "scores.parquet").metadata.num_rows


def test_a_copy_elsewhere_with_its_report_and_a_copy_of_the_data_are_all_the_same(
    small, copied, tmp_path
):
    write_report(copied)
    data = Dataset.open(shutil.copytree(small.dataset.path, tmp_path / "moved"))
    assert verify(copied, data).ok


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda page: page.write_text(page.read_text().replace("1", "2")), "not as it is written"),
        (lambda page: page.unlink(), "missing"),
        (lambda page: page.with_name("more.html").write_text("more"), "not part of a report"),
    ],
)
def test_a_changed_page_of_the_report_is_named(small, copied, change, said):
    change(write_report(copied))
    found = verify(copied, small.dataset)
    assert not found.ok
    assert len(found.differences) == 1
    assert said in found.differences[0]
    assert found.differences[0].startswith("report/")


@pytest.mark.parametrize(
    ("table", "change", "place"), CHANGES, ids=[f"{t} {c.__name__}" for t, c, _ in CHANGES]
)
def test_one_changed_value_is_named_though_the_digests_are_renewed(
    small, copied, table, change, place, tamper
):
    tamper.table(copied / f"{table}.parquet", change)
    tamper.forge(copied)
    found = verify(copied, small.dataset).differences
    assert len(found) == 1
    assert found[0].startswith(f"{table}.parquet")
    assert place in found[0]


@pytest.mark.parametrize(("table", "change", "place"), [CHANGES[0], CHANGES[3], CHANGES[-1]])
def test_one_changed_value_is_named_before_the_digest_that_differs(
    small, copied, table, change, place, tamper
):
    tamper.table(copied / f"{table}.parquet", change)
    found = verify(copied, small.dataset).differences
    assert place in found[0]
    assert found[1].startswith(f"{table}.parquet: changed since it was written")


def test_a_changed_evidence_row_is_named_by_its_transaction(small, copied, tamper):
    tamper.table(copied / "evidence.parquet", change_amount)
    rows = pq.ParquetFile(copied / "evidence.parquet").read().to_pylist()
    assert rows[4]["transaction_id"] in verify(copied, small.dataset).differences[0]


def test_other_bytes_of_the_same_values_are_found(small, copied):
    file = copied / "scores.parquet"
    pq.write_table(pq.ParquetFile(file).read(), file, compression="zstd")
    found = verify(copied, small.dataset).differences
    assert len(found) == 1
    assert found[0].startswith("scores.parquet: changed since it was written")


@pytest.mark.parametrize("forged", [False, True], ids=["plainly", "with new digests"])
def test_another_model_in_the_place_of_the_one_used_is_found(small, copied, forged, tamper):
    shutil.rmtree(copied / "model")
    shutil.copytree(small.other, copied / "model")
    if forged:
        tamper.manifest(copied, lambda manifest: _list_model_anew(manifest, copied))
        tamper.forge(copied)
    found = verify(copied, small.dataset)
    assert found.differences[0].startswith("scores.parquet")
    if not forged:
        assert any(line.startswith("model/bundle.json: changed") for line in found.differences)


def _list_model_anew(manifest, folder):
    kept = [entry for entry in manifest["files"] if not entry["path"].startswith("model/")]
    names = sorted(path.name for path in (folder / "model").iterdir())
    manifest["files"] = kept + [{"path": f"model/{name}", "sha256": ""} for name in names]


def test_one_file_of_another_model_is_found(small, copied):
    shutil.copy(small.other / "arrays.npz", copied / "model" / "arrays.npz")
    found = verify(copied, small.dataset).differences
    assert "arrays.npz" in found[0]
    assert any(line.startswith("model/arrays.npz: changed") for line in found)


@pytest.mark.parametrize("name", ["arrays.npz", "booster.ubj", "bundle.json"])
@pytest.mark.parametrize("place", [0.02, 0.9])
def test_a_flipped_bit_in_the_model_is_found(small, copied, name, place):
    file = copied / "model" / name
    data = bytearray(file.read_bytes())
    data[int(len(data) * place)] ^= 1
    file.write_bytes(data)
    found = verify(copied, small.dataset).differences
    assert name in found[0]
    assert any(line.startswith(f"model/{name}: changed") for line in found)


@pytest.mark.parametrize("forged", [False, True], ids=["plainly", "with new digests"])
def test_a_flipped_bit_anywhere_in_the_arrays_is_found_though_the_model_is_forged_too(
    small, copied, forged, tamper
):
    file = copied / "model" / "arrays.npz"
    data = bytearray(file.read_bytes())
    data[len(data) // 3] ^= 1
    file.write_bytes(data)
    bundle = copied / "model" / "bundle.json"
    described = json.loads(bundle.read_text())
    described["files"]["arrays.npz"] = file_digest(file)
    del described["digest"]
    described["digest"] = canonical_digest(described)
    text = json.dumps(described, sort_keys=True, indent=1, ensure_ascii=False) + "\n"
    bundle.write_text(text)
    if forged:
        tamper.forge(copied)
    assert not verify(copied, small.dataset).ok


def _one_more(manifest):
    manifest["budget"] += 1


def _one_less(manifest):
    manifest["budget"] -= 1


def _nothing_left(manifest):
    manifest["budget"] = 0


def _earlier(manifest):
    manifest["as_of"] = manifest["from"]


def _later_from(manifest):
    manifest["from"] = manifest["to"]


def _no_time(manifest):
    manifest["as_of"] = "yesterday"


def _other_population(manifest):
    manifest["population"] = "internal"


def _other_rows(manifest):
    manifest["rows"]["in_range"] += 1


def _other_snapshot(manifest):
    manifest["dataset"]["snapshot_id"] = "0" * 64


def _unread(manifest):
    manifest["dataset"]["files_read"].pop()


def _other_config(manifest):
    manifest["config"]["seed"] += 1


@pytest.mark.parametrize(
    "change",
    [
        _one_more,
        _one_less,
        _nothing_left,
        _earlier,
        _later_from,
        _no_time,
        _other_population,
        _other_rows,
        _other_snapshot,
        _unread,
        _other_config,
    ],
)
def test_an_edited_manifest_is_found_though_its_digest_is_renewed(small, copied, change, tamper):
    tamper.manifest(copied, change)
    tamper.forge(copied)
    assert not verify(copied, small.dataset).ok


def test_an_edited_manifest_is_found_by_its_digest(small, copied, tamper):
    tamper.manifest(copied, lambda manifest: manifest.update(created_at="2000-01-01"))
    assert verify(copied, small.dataset).differences == (
        "manifest.json: changed since it was written: its own digest differs",
    )


@pytest.mark.parametrize(
    "name",
    [
        "scores.parquet",
        "candidates.parquet",
        "evidence.parquet",
        "indicators.parquet",
        "model/arrays.npz",
        "model/indicators.toml",
    ],
)
def test_a_removed_file_is_named(small, copied, name):
    (copied / name).unlink()
    found = verify(copied, small.dataset).differences
    assert f"{name}: missing" in found
    assert name.removeprefix("model/") in found[0]


def test_a_removed_file_is_named_though_the_manifest_no_longer_lists_it(small, copied, tamper):
    (copied / "evidence.parquet").unlink()

    def forget(manifest):
        manifest["files"] = [e for e in manifest["files"] if e["path"] != "evidence.parquet"]

    tamper.manifest(copied, forget)
    tamper.forge(copied)
    assert verify(copied, small.dataset).differences[0].startswith("evidence.parquet")


@pytest.mark.parametrize("used", [True, False])
def test_a_model_of_another_catalogue_cannot_be_checked_here_if_it_is_the_one_used(
    small, copied, tamper, resave, used
):
    bundle = load_bundle(copied / "model")
    shutil.rmtree(copied / "model")
    other = dict(bundle.manifest["definitions"]) | {bundle.ensemble.names[3]: "0" * 64}
    resave(copied / "model", bundle, definitions=other)
    if used:
        tamper.forge(copied)
        with pytest.raises(BundleError, match="can't be checked with this version") as refused:
            verify(copied, small.dataset)
        assert f"(first: {bundle.ensemble.names[3]})" in str(refused.value)
    else:
        found = verify(copied, small.dataset).differences
        assert any(line.startswith("model/bundle.json: changed") for line in found)


@pytest.mark.parametrize("name", ["extra.parquet", "model/extra.py"])
def test_an_added_file_is_named(small, copied, name):
    (copied / name).write_text("not ours")
    found = verify(copied, small.dataset).differences
    assert f"{name}: not part of what was written" in found


def test_a_table_cut_short_is_named(small, copied):
    file = copied / "candidates.parquet"
    file.write_bytes(file.read_bytes()[:-7])
    assert verify(copied, small.dataset).differences[0].startswith("candidates.parquet: unreadable")


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"format": "other"}', '"x"', "null"])
def test_a_folder_that_score_did_not_write_is_refused(small, tmp_path, text):
    with pytest.raises(InputError, match="no output of a scoring"):
        verify(tmp_path, small.dataset)
    (tmp_path / "manifest.json").write_text(text)
    with pytest.raises(InputError, match="no output of a scoring"):
        verify(tmp_path, small.dataset)


@pytest.mark.parametrize("strange", [None, [{"path": 1}]])
@pytest.mark.parametrize("key", ["files", "dataset", "model", "from", "budget", "rows", "digest"])
def test_strange_values_in_a_manifest_are_differences_and_no_crash(
    copied, small, key, strange, tamper
):
    tamper.manifest(copied, lambda manifest: manifest.update({key: strange}))
    assert not verify(copied, small.dataset).ok
