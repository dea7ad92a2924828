import pytest

from features.dataset import TRANSACTIONS, Dataset
from features.errors import ConfigError, InputError
from features.sources.columns import looks_like_label

HEADER = "when,from,to,sum,ccy,way,guilty,case,kind,told"
ROW = "2024-01-01,a,b,1,EUR,x,{}"
LABELS = (
    '[labels]\ncolumn = "guilty"\npattern_id = "case"\npattern_type = "kind"\nno_pattern = [-1]\n'
)
MORE = 'known_at = "told"\npattern_types = { 1 = "fan_out" }\n'
WORDS = ["1,7,1,2024-05-01", "0,8,2,", "TRUE,-1,3,", "maybe,9,1,"]


def ingest(source, completeness, words=WORDS, extra=""):
    section = f'{LABELS}completeness = "{completeness}"\n{extra}{MORE}'
    return source.ingest([ROW.format(word) for word in words], section, header=HEADER)


def labels(source):
    rows = Dataset.open(source.out).labels().to_pylist()
    columns = ("transaction_id", "label", "pattern_id", "pattern_type")
    return [tuple(row[name] for name in columns) for row in rows]


def test_partial_labels_leave_other_words_unknown(source):
    report = ingest(source, "partial")
    assert report.positives == 2
    assert labels(source) == [
        ("batch.csv:1", 1, "7", "fan_out"),
        ("batch.csv:2", 0, None, None),
        ("batch.csv:3", 1, None, "3"),
    ]
    times = Dataset.open(source.out).labels()["known_at"].to_pylist()
    assert [time and time.date().isoformat() for time in times] == ["2024-05-01", None, None]


def test_positive_only_labels_say_nothing_of_the_rest(source):
    ingest(source, "positive-only")
    assert [row[:2] for row in labels(source)] == [("batch.csv:1", 1), ("batch.csv:3", 1)]


def test_patterns_of_honest_rows_are_kept_on_demand(source):
    ingest(source, "partial", extra='patterns_on = "all"\n')
    assert labels(source)[1] == ("batch.csv:2", 0, "8", "2")


def test_complete_labels_with_gaps_are_an_error(source):
    with pytest.raises(InputError, match="1 rows without a label"):
        ingest(source, "complete")
    assert not source.out.exists()
    ingest(source, "complete", WORDS[:3])
    assert Dataset.open(source.out).manifest.labels == "complete"


def test_nothing_of_a_label_reaches_the_transactions(source):
    ingest(source, "partial")
    dataset = Dataset.open(source.out)
    one = dataset.read()
    source.out = source.folder / "other"
    ingest(source, "partial", ["0,1,2,", "1,1,1,", "0,5,5,2020-01-01", "1,,,"])
    two = Dataset.open(source.out).read()
    assert one.equals(two)
    assert one.column_names == TRANSACTIONS.names


def test_a_row_refused_takes_its_label_along(source):
    ingest(source, "partial", [*WORDS, "1,1,1,"])
    source.out = source.folder / "other"
    rows = [ROW.format(WORDS[0]), ROW.format(WORDS[0]).replace(",1,EUR", ",-1,EUR")]
    source.ingest(rows, f'{LABELS}completeness = "partial"', header=HEADER)
    assert [row[0] for row in labels(source)] == ["batch.csv:1"]


@pytest.mark.parametrize("name", ["Is Laundering", "isSAR", "fraud_flag", "y", "LABEL", "alertID"])
def test_a_label_column_left_unmapped_stops_everything(source, row, name):
    with pytest.raises(InputError, match="label column left unmapped"):
        source.ingest([f"{row},0"], header=f"when,from,to,sum,ccy,way,{name}")
    assert not source.out.exists()
    report = source.ingest(
        [f"{row},0"], f'ignore = ["{name}"]', header=f"when,from,to,sum,ccy,way,{name}"
    )
    assert report.unmapped == (name,)


@pytest.mark.parametrize("name", ["Salary", "Commissary", "Amount", "Type", "Receiver", "Currency"])
def test_other_columns_do_not_look_like_labels(name):
    assert not looks_like_label(name)


def test_other_unmapped_columns_are_reported(source, row):
    report = source.ingest([f"{row},9,9"], header="when,from,to,sum,ccy,way,age,age")
    assert report.unmapped == ("age (column 7)", "age (column 8)")
    assert report.manifest.source["columns_left_out"] == list(report.unmapped)


@pytest.mark.parametrize(
    "change", ['memo = "guilty"', '[[outside]]\nside = "both"\ncolumn = "guilty"\nvalues = [1]']
)
def test_a_label_cannot_be_an_input_too(source, change):
    with pytest.raises((InputError, ConfigError), match="label column used as an input"):
        source.ingest([ROW.format(WORDS[0])], LABELS, change, header=HEADER)
