from datetime import UTC, date, datetime

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from features.dataset import Dataset
from features.sources import ingest

GOOD = "2024-06-01T00:00:00"


def read(source, words, *changes):
    """The instants that words become; None where refused."""
    rows = [f'"{word}",a,b,1,EUR,wire' for word in [*words, GOOD]]
    source.ingest(rows, *changes)
    found = dict(source.rows("transaction_id", "timestamp"))
    times = [found.get(f"batch.csv:{place + 1}") for place in range(len(words))]
    return [time and time.astimezone(UTC).isoformat().removesuffix("+00:00") for time in times]


def when(text):
    return ('column = "when"', f'column = "when"\n{text}')


def test_iso_times_with_and_without_offset(source):
    words = ["2024-03-01", "2024-03-01 10:00", "2024-03-01T10:00:00.25+02:00", "20240301T100000Z"]
    assert read(source, words) == [
        "2024-03-01T00:00:00",
        "2024-03-01T10:00:00",
        "2024-03-01T08:00:00.250000",
        "2024-03-01T10:00:00",
    ]


def test_formats_are_tried_in_turn(source):
    formats = when('formats = ["%d/%m/%Y %H:%M", "%m-%d-%Y", "iso"]')
    assert read(source, ["02/01/2024 07:30", "01-31-2024", "31-01-2024"], formats) == [
        "2024-01-02T07:30:00",
        "2024-01-31T00:00:00",
        None,
    ]
    assert source.refused() == [(3, "time: unreadable")]


def test_local_times_become_utc_also_at_clock_changes(source):
    words = ["2024-01-15 12:00", "2024-07-15 12:00", "2024-10-27 02:30", "2024-03-31 02:30"]
    assert read(source, words, when('timezone = "Europe/Stockholm"')) == [
        "2024-01-15T11:00:00",
        "2024-07-15T10:00:00",
        "2024-10-27T00:30:00",  # happens twice: the earlier one
        None,  # never happens
    ]


def test_day_precision_keeps_the_local_calendar_day(source):
    change = ('precision = "second"', 'precision = "day"\ntimezone = "Asia/Tokyo"')
    assert read(source, ["2024-01-02", "2024-01-02 23:59"], change) == ["2024-01-02T00:00:00"] * 2
    assert Dataset.open(source.out).manifest.time_precision == "day"


def test_minute_precision_cuts_seconds_off(source):
    change = ('precision = "second"', 'precision = "minute"')
    assert read(source, ["2024-01-02 10:00:59"], change) == ["2024-01-02T10:00:00"]


@pytest.mark.parametrize(
    ("unit", "word"),
    [
        ("second", "1704103200"),
        ("second", "1704103200.0"),
        ("millisecond", "1704103200000"),
        ("microsecond", "1704103200000000"),
        ("nanosecond", "1704103200000000000"),
    ],
)
def test_unix_times(source, unit, word):
    rows = [f"{word},a,b,1,EUR,wire"]
    source.ingest(rows, when(f'unit = "{unit}"'))
    assert source.rows("timestamp") == [datetime(2024, 1, 1, 10, tzinfo=UTC)]


def test_steps_count_from_an_origin(source):
    rows = ["0,a,b,1,EUR,wire", "25,a,b,1,EUR,wire", "x,a,b,1,EUR,wire"]
    source.ingest(rows, when('unit = "hour"\norigin = 2024-01-01'))
    first, second = source.rows("timestamp")
    assert (first, second) == (
        datetime(2024, 1, 1, tzinfo=UTC),
        datetime(2024, 1, 2, 1, tzinfo=UTC),
    )
    assert source.refused() == [(3, "time: unreadable")]


def test_absurd_times_are_refused(source):
    assert read(source, ["1969-12-31", "2999-01-01", "", "2024-02-30"]) == [None] * 4
    assert [reason for _, reason in source.refused()] == [
        "time: before earliest",
        "time: after latest",
        "time: missing",
        "time: unreadable",
    ]


def test_date_and_time_in_two_columns(source):
    rows = ["2024-01-02,10:11:12,a,b,1,EUR,wire"]
    change = ('column = "when"', 'columns = ["when", "at"]')
    source.ingest(rows, change, header="when,at,from,to,sum,ccy,way")
    assert source.rows("timestamp") == [datetime(2024, 1, 2, 10, 11, 12, tzinfo=UTC)]


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        ([datetime(2024, 1, 2, 3, tzinfo=UTC)], pa.timestamp("ns", "America/Lima")),
        ([datetime.fromisoformat("2024-01-02T04:00:00")], pa.timestamp("ms")),
        ([date(2024, 1, 2)], pa.date32()),
    ],
)
def test_times_of_parquet_need_no_format(source, values, kind):
    table = pa.table(
        {
            "when": pa.array(values, kind),
            "from": ["a"],
            "to": ["b"],
            "sum": [1],
            "ccy": ["EUR"],
            "way": ["x"],
        }
    )
    pq.write_table(table, source.folder / "t.parquet")
    profile = source.profile(when('timezone = "Europe/Stockholm"'))
    ingest([source.folder / "t.parquet"], profile, source.out)
    expected = {
        pa.date32(): datetime(2024, 1, 1, 23, tzinfo=UTC),
    }.get(kind, datetime(2024, 1, 2, 3, tzinfo=UTC))
    assert source.rows("timestamp") == [expected]
