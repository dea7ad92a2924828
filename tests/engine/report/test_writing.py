"""What goes in and what comes out: the whole report or none, the same bytes every time."""

import copy
import json
import math
import shutil

import pytest

from engine.report import write_report
from features.errors import InputError, OutputError


def contents(folder):
    return {p.relative_to(folder): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def leftovers(scores):
    return [path for path in scores.iterdir() if "report" in path.name]


def test_the_report_lies_in_the_scores_folder_unless_told_otherwise(fresh_scores):
    assert write_report(fresh_scores) == fresh_scores / "report" / "index.html"


def test_the_same_scores_give_the_same_bytes(scores_folder, tmp_path):
    copied = shutil.copytree(scores_folder, tmp_path / "moved")
    first = contents(write_report(scores_folder, tmp_path / "one").parent)
    second = contents(write_report(copied, tmp_path / "two").parent)
    assert first == second


def test_the_order_of_the_rows_on_disk_changes_nothing(made, write, scores_folder, tmp_path):
    turned = [(one, rows[::-1]) for one, rows in made[::-1]]
    first = contents(write_report(scores_folder, tmp_path / "one").parent)
    second = contents(write_report(write(tmp_path / "out", turned), tmp_path / "two").parent)
    assert first == second


def test_an_existing_output_is_refused_and_left_as_it_is(fresh_scores):
    (fresh_scores / "report").mkdir()
    with pytest.raises(OutputError, match="exists already"):
        write_report(fresh_scores)
    assert list((fresh_scores / "report").iterdir()) == []


@pytest.mark.parametrize("name", ["manifest.json", "candidates.parquet", "evidence.parquet"])
def test_a_missing_file_is_named_and_nothing_is_written(fresh_scores, name):
    (fresh_scores / name).unlink()
    with pytest.raises(InputError, match=name):
        write_report(fresh_scores)
    assert leftovers(fresh_scores) == []


def test_a_folder_that_is_not_there_is_an_input_error(tmp_path):
    with pytest.raises(InputError, match="not a scores folder"):
        write_report(tmp_path / "nowhere")


@pytest.mark.parametrize("name", ["candidates.parquet", "evidence.parquet"])
def test_a_cut_table_is_named(fresh_scores, name):
    path = fresh_scores / name
    path.write_bytes(path.read_bytes()[:-200])
    with pytest.raises(InputError, match=name):
        write_report(fresh_scores)
    assert leftovers(fresh_scores) == []


def test_a_table_changed_after_scoring_is_refused(made, write, tmp_path):
    folder = write(tmp_path / "out", made)
    other = write(tmp_path / "other", made[:5])
    shutil.copy(other / "candidates.parquet", folder / "candidates.parquet")
    with pytest.raises(InputError, match=r"candidates\.parquet: changed"):
        write_report(folder)


@pytest.mark.parametrize("text", ["{", "[]", '{"format": "other"}', '"words"', "\xff"])
def test_a_broken_manifest_is_an_input_error(fresh_scores, text):
    (fresh_scores / "manifest.json").write_bytes(text.encode("latin-1"))
    with pytest.raises(InputError, match=r"manifest\.json"):
        write_report(fresh_scores)


def test_a_manifest_without_a_currency_says_so(fresh_scores):
    path = fresh_scores / "manifest.json"
    content = json.loads(path.read_text())
    content["dataset"] |= {"reporting_currency": None, "minor_digits": "2"}
    path.write_text(json.dumps(content))
    with pytest.raises(InputError) as caught:
        write_report(fresh_scores)
    assert {fault.column for fault in caught.value.faults} == {
        "dataset.reporting_currency",
        "dataset.minor_digits",
    }


def changed(made, change):
    made = copy.deepcopy(made[:3])
    change(made)
    return made


def swell(made):
    made[0][0]["receipt"]["margin"] += 0.001


def swell_one_reason(made):
    next(one for one, _ in made if one["reasons"])["reasons"][0]["contribution"] += 0.001


def not_a_number(made):
    made[0][0]["receipt"]["base"] = math.nan


def leave_the_scale(made):
    made[0][0]["score"] = math.nan


def lose_a_contribution(made):
    next(one for one, _ in made if one["reasons"])["reasons"][0]["contribution"] = math.nan


def forget(*path):
    def change(made):
        place = made[0][0]
        for step in path[:-1]:
            place = place[step]
        place[path[-1]] = None

    return change


def forget_an_amount(made):
    made[0][1][0]["amount"] = None


def cite_what_is_not_there(made):
    next(one for one, _ in made if one["reasons"])["reasons"][0]["evidence"].append("TX-NONE")


def climb_out(made):
    made[0][0]["candidate_id"] = "../../../etc/x"


def climb_by_period(made):
    made[0][0]["period"] = "../up"


def repeat(made):
    made[1][0]["candidate_id"] = made[0][0]["candidate_id"]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (swell, "does not add up"),
        (swell_one_reason, "does not add up"),
        (not_a_number, "does not add up"),
        (leave_the_scale, "score: 1 not a score"),
        (lose_a_contribution, "does not add up"),
        (forget("score"), r"candidates\.parquet, 0\.score: None"),
        (forget("account"), r"0\.account: None"),
        (forget("receipt", "margin"), r"0\.receipt\.margin: None"),
        (forget("activity"), r"0\.activity: None"),
        (forget_an_amount, r"evidence\.parquet, \d+\.amount: None"),
        (cite_what_is_not_there, "cited but not in"),
        (climb_out, "candidate_id: 1 not usable as a file name"),
        (climb_by_period, "period: 1 not usable as a file name"),
        (repeat, "more than once"),
    ],
)
def test_a_table_that_contradicts_itself_is_refused(made, write, tmp_path, change, words):
    folder = write(tmp_path / "out", changed(made, change))
    with pytest.raises(InputError, match=words):
        write_report(folder)
    assert leftovers(folder) == []


def test_lists_that_are_null_are_empty(made, write, tmp_path):
    made = copy.deepcopy([pair for pair in made if pair[0]["account"] == "ONE-0"])
    made[0][0].update(reasons=None, against=None, components=None)
    assert write_report(write(tmp_path / "out", made)).is_file()


def test_all_missing_columns_are_named_at_once(made, write, tmp_path):
    import pyarrow as pa  # noqa: PLC0415
    import pyarrow.parquet as pq  # noqa: PLC0415

    folder = write(tmp_path / "out", made[:2], files=[])
    pq.write_table(pa.table({"account": ["A"], "receipt": [1.0]}), folder / "candidates.parquet")
    with pytest.raises(InputError) as caught:
        write_report(folder)
    columns = {fault.column for fault in caught.value.faults}
    assert {"candidate_id", "reasons", "receipt.margin"} <= columns


def test_no_candidates_make_an_index_that_says_so(write, tmp_path):
    text = write_report(write(tmp_path / "out", [])).read_text("utf-8")
    assert "No candidates" in text


def test_scores_without_labels_are_called_percentiles_not_probabilities(make, write, tmp_path):
    index = write_report(write(tmp_path / "out", make(1, 3, kind="anomaly")))
    assert "anomaly percentile" in index.read_text("utf-8")
    page = next((index.parent / "candidates").iterdir()).read_text("utf-8")
    assert "made without labels" in page
    assert "Score: probability" not in page


def test_scores_that_nothing_calibrated_are_not_called_probabilities(make, write, tmp_path):
    index = write_report(write(tmp_path / "out", make(1, 3, kind="uncalibrated")))
    assert "<strong>uncalibrated</strong>" in index.read_text("utf-8")
    page = next((index.parent / "candidates").iterdir()).read_text("utf-8")
    assert "Score: uncalibrated" in page
    assert "it is no probability" in page
    assert "calibrated probability" not in page


def test_many_candidates_leave_the_index_short_and_the_periods_whole(make, write, tmp_path):
    made = make(1, 620)
    index = write_report(write(tmp_path / "out", made))
    text = index.read_text("utf-8")
    assert text.count('href="candidates/') == 600
    assert "All 621 candidates of 2023-W10" in text
    period = (index.parent / "periods" / "2023-W10.html").read_text("utf-8")
    assert period.count('href="../candidates/') == 621
    data = (index.parent / "assets" / "candidates.js").read_text("utf-8")
    rows = json.loads(data.removeprefix("window.moneytrailCandidates = ").rstrip(";\n"))
    assert [row[0] for row in rows] == [one["candidate_id"] for one, _ in made]
