import gzip
import json
from types import SimpleNamespace

import pyarrow as pa
import pyarrow.csv as pv
import pyarrow.parquet as pq
import pytest

from features.dataset import Dataset, validate
from features.errors import InputError, OutputError
from features.sources import files, ingest
from features.sources.profile import load_profile


def test_every_row_is_accounted_for(source, row):
    rows = [row, row.replace("1.00", "x"), row.replace("EUR", "Zorkmid"), "too,short", row]
    report = source.ingest(rows)
    assert report.read == 5
    assert report.transactions == 2
    assert report.quarantined == {
        "amount: not a number": 1,
        "currency: unknown": 1,
        "row: another number of fields": 1,
    }
    assert sorted(source.refused()) == [
        (2, "amount: not a number"),
        (3, "currency: unknown"),
        (4, "row: another number of fields"),
    ]
    assert validate(source.out).ok


def test_a_refused_row_keeps_its_own_values_and_all_its_reasons(source, row):
    source.ingest([row, "never,a,b,-3,EUR,a word"])
    refused = Dataset.open(source.out).quarantine().to_pylist()[0]
    assert refused["source_file"] == "batch.csv"
    assert refused["reason"] == "time: unreadable; amount: negative"
    assert json.loads(refused["values"]) == {
        "when": "never",
        "from": "a",
        "to": "b",
        "sum": "-3",
        "ccy": "EUR",
        "way": "a word",
    }


def test_row_numbers_survive_batches_broken_and_empty_lines(source, row, monkeypatch):
    monkeypatch.setattr(files, "_BLOCK_BYTES", 300)
    rows = []
    for number in range(1, 201):
        bad = number % 7 == 0
        rows += ["broken"] if bad else [row.replace("wire", f"row {number}")]
        rows += [""] if number % 13 == 0 else []
    report = source.ingest(rows)
    assert report.read == 200
    names = dict(source.rows("transaction_id", "channel_source"))
    assert len(names) == 172
    assert all(name == f"batch.csv:{word.split()[1]}" for name, word in names.items())
    assert [number for number, _ in source.refused()] == list(range(7, 201, 7))


def test_rows_that_break_while_a_batch_is_used_are_told_too(source, row, monkeypatch):
    """The reader runs ahead on a thread of its own: a row that broke just then was once lost."""
    monkeypatch.setattr(files, "_BLOCK_BYTES", 300)
    read, handlers = files.SourceFile._csv_reader, []

    def listening(file, stream, skipped, refuse):
        handlers.append(refuse)
        return read(file, stream, skipped, refuse)

    monkeypatch.setattr(files.SourceFile, "_csv_reader", listening)
    file = files.SourceFile(source.csv(*[row] * 50), "a.csv", load_profile(source.profile()).file)
    told = []
    for batch in file.batches():
        told += [number for number, _ in batch.broken]
        if handlers:
            handlers.pop()(SimpleNamespace(number=1001, text="late"))
    assert told == [1000]


def test_csv_gzip_and_parquet_say_the_same(source, row, header):
    file = source.csv(row, row.replace("1.00", "2.50"))
    packed = source.folder / "packed.csv.gz"
    packed.write_bytes(gzip.compress(file.read_bytes()))
    pq.write_table(pv.read_csv(file), source.folder / "table.parquet")
    found = []
    for name in ("batch.csv", "packed.csv.gz", "table.parquet"):
        out = source.folder / f"out-{name}"
        ingest([source.folder / name], source.profile(), out)
        table = Dataset.open(out).read()
        found.append(table.drop_columns(["transaction_id", "batch_id"]).to_pylist())
    assert found[0] == found[1] == found[2]


def test_the_order_of_files_does_not_matter(source, row):
    one = source.csv(row, row, name="one.csv")
    two = source.csv(row.replace("wire", "cash"), name="two.csv")
    first = ingest([one, two], source.profile(), source.folder / "x").manifest
    second = ingest([two, one], source.profile(), source.folder / "y").manifest
    assert first.snapshot_id == second.snapshot_id
    assert [file["rows"] for file in first.source["files"]] == [2, 1]


def test_a_folder_stands_for_the_files_in_it(source, row):
    (source.folder / "in" / "may").mkdir(parents=True)
    source.csv(row, name="in/a.csv")
    source.csv(row, name="in/may/a.csv")
    ingest([source.folder / "in"], source.profile(), source.out)
    assert sorted(source.rows("transaction_id")) == ["a.csv:1", "may/a.csv:1"]


def test_two_files_of_one_name_are_refused(source, row):
    (source.folder / "more").mkdir()
    paths = [source.csv(row), source.csv(row, name="more/batch.csv")]
    with pytest.raises(InputError, match="two files of this name"):
        ingest(paths, source.profile(), source.out)


def test_files_may_have_their_columns_in_another_order(source, row):
    one = source.csv(row, name="one.csv")
    turned = ",".join(reversed(row.split(",")))
    two = source.csv(turned, header="way,ccy,sum,to,from,when", name="two.csv")
    ingest([one, two], source.profile(), source.out)
    assert source.rows("sender", "amount") == [("a", 100), ("a", 100)]


def test_missing_columns_of_all_files_are_named(source, row):
    one = source.csv(row, header="when,from,to,sum,ccy,path", name="one.csv")
    two = source.csv(row, header="at,from,to,sum,ccy,way", name="two.csv")
    with pytest.raises(InputError) as error:
        ingest([one, two], source.profile(), source.out)
    assert [(fault.where, fault.column) for fault in error.value.faults] == [
        ("one.csv", "way"),
        ("two.csv", "when"),
    ]
    assert not source.out.exists()


def test_a_name_that_stands_for_two_columns_needs_a_position(source):
    header, row = "when,acc,acc,sum,ccy,way", "2024-01-01,a,b,1,EUR,x"
    by_name = [('account = "from"', 'account = "acc"'), ('account = "to"', "account = 3")]
    with pytest.raises(InputError, match="columns 2 and 3 have this name"):
        source.ingest([row], *by_name, header=header)
    by_place = [('account = "from"', "account = 2"), by_name[1]]
    source.ingest([row], *by_place, header=header)
    assert source.rows("sender", "receiver") == [("a", "b")]


def test_a_csv_without_header_and_with_other_marks(source):
    file = source.folder / "batch.txt"
    file.write_bytes("Export\n2024-01-01|Åsa|NULL|'1|5'|EUR\n".encode("latin-1"))
    marks = '[file]\ndelimiter = "|"\nquote = "\'"\nheader = false\nskip_rows = 1\n'
    marks += (
        'encoding = "latin-1"\nnull_words = ["NULL"]\ncolumns = ["when","from","to","sum","ccy"]'
    )
    changes = (
        ('column = "way"', ""),
        ('account = "to"\noutside = ["OUT"]', 'account = "to"\noutside = [""]'),
        ('column = "sum"', 'column = "sum"\ndecimal = "|"'),
    )
    ingest([file], source.profile(marks, *changes), source.out)
    assert source.rows("sender", "receiver", "amount") == [("Åsa", None, 150)]


def test_a_byte_order_mark_is_no_part_of_a_name(source, row, header):
    file = source.folder / "bom.csv"
    file.write_bytes(b"\xef\xbb\xbf" + f"{header}\n{row}\n".encode())
    ingest([file], source.profile(), source.out)
    assert source.rows("amount") == [100]


def test_quoted_text_may_hold_commas_and_line_ends(source, row):
    memo = 'memo = "way"'
    source.ingest([row.replace("wire", '"one, ""two""\nthree"'), row], memo)
    assert sorted(source.rows("memo")) == ['one, "two"\nthree', "wire"]


@pytest.mark.parametrize("content", [b"", b"when,from,to,sum,ccy,way\n", b"\n"])
def test_an_empty_file_is_an_error(source, content):
    file = source.folder / "empty.csv"
    file.write_bytes(content)
    with pytest.raises(InputError, match=r"empty\.csv"):
        ingest([file], source.profile(), source.out)
    assert not source.out.exists()


@pytest.mark.parametrize("cut", [-30, 40, 3])
def test_a_truncated_parquet_file_is_named(source, row, cut):
    table = pv.read_csv(source.csv(*[row] * 100))
    file = source.folder / "cut.parquet"
    pq.write_table(table, file)
    file.write_bytes(file.read_bytes()[:cut])
    with pytest.raises(InputError, match=r"cut\.parquet"):
        ingest([file], source.profile(), source.out)
    assert not source.out.exists()


def test_a_truncated_gzip_file_is_named(source, row):
    file = source.folder / "cut.csv.gz"
    file.write_bytes(gzip.compress(source.csv(*[row] * 5000).read_bytes())[:-50])
    with pytest.raises(InputError, match=r"cut\.csv\.gz"):
        ingest([file], source.profile(), source.out)


def test_a_file_that_is_not_there_is_named(source):
    with pytest.raises(InputError, match="no such file"):
        ingest([source.folder / "nowhere.csv"], source.profile(), source.out)


def test_text_in_another_encoding_is_named(source, row):
    file = source.folder / "batch.csv"
    file.write_bytes(source.csv(row.replace(",a,", ",Å,")).read_text().encode("latin-1"))
    with pytest.raises(InputError, match=r"batch\.csv"):
        ingest([file], source.profile(), source.out)


def test_when_no_row_can_be_used_the_reasons_are_told(source, row):
    with pytest.raises(InputError, match="not one of 2 rows") as error:
        source.ingest([row.replace("1.00", "x"), row.replace("1.00", "-1")])
    assert [fault.found for fault in error.value.faults] == [
        "1 rows refused: amount: not a number",
        "1 rows refused: amount: negative",
    ]
    assert not source.out.exists()


def test_an_existing_output_is_refused_before_any_work(source, row):
    source.out.mkdir()
    with pytest.raises(OutputError):
        source.ingest([row])


def test_sums_that_could_pass_an_integer_are_refused(source, row):
    with pytest.raises(InputError, match="total of"):
        source.ingest([row.replace("1.00", "40000000000000000")] * 3)
    assert not source.out.exists()


def test_a_row_told_twice_is_kept_once_and_a_contradiction_not_at_all(source):
    rows = [
        "{},2024-01-01,a,b,{},EUR,x".format(*pair) for pair in ("11", "21", "22", "31", "31", "41")
    ]
    report = source.ingest(rows, 'transaction_id = "id"', header="id,when,from,to,sum,ccy,way")
    assert source.rows("transaction_id", "amount") == [("1", 100), ("3", 100), ("4", 100)]
    assert sorted(source.refused()) == [
        (2, "transaction_id: another row has this id and says something else"),
        (3, "transaction_id: another row has this id and says something else"),
        (5, "transaction_id: the same row again"),
    ]
    assert report.read == report.transactions + sum(report.quarantined.values())
    refused = Dataset.open(source.out).quarantine().to_pylist()
    assert {json.loads(item["values"])["id"] for item in refused} == {"2", "3"}


def test_of_a_row_in_two_files_the_first_by_name_is_kept(source):
    header = "id,when,from,to,sum,ccy,way"
    paths = [
        source.csv("1,2024-01-01,a,b,1,EUR,x", header=header, name=name)
        for name in ("b.csv", "a.csv")
    ]
    ingest(paths, source.profile('transaction_id = "id"'), source.out)
    assert source.rows("batch_id") == ["a.csv"]


def test_an_accounts_file_is_read_along(source, row):
    file = source.folder / "accounts.csv"
    file.write_text(
        "nr,who,land,since\na,me,Sweden,2020-01-31\nb,you,xx,\na,me,Sweden,2020-01-31\n"
    )
    section = '[accounts]\naccount = "nr"\nowner_id = "who"\ncountry = "land"\nopened = "since"'
    source.ingest([row], section, accounts=file)
    found = Dataset.open(source.out).accounts().to_pylist()
    assert [(item["account"], item["owner_id"], item["country"]) for item in found] == [
        ("a", "me", "SE"),
        ("b", "you", None),
    ]


def test_an_account_told_twice_differently_is_an_error(source, row):
    file = source.folder / "accounts.csv"
    file.write_text("nr,who\na,me\na,you\n")
    with pytest.raises(InputError, match="1 duplicate ids"):
        source.ingest([row], '[accounts]\naccount = "nr"\nowner_id = "who"', accounts=file)


def test_dictionary_and_large_string_columns_of_parquet_are_text(source, row):
    table = pv.read_csv(source.csv(row, row))
    kinds = {"from": pa.large_string(), "way": pa.dictionary(pa.int8(), pa.string())}
    for name, kind in kinds.items():
        place = table.column_names.index(name)
        table = table.set_column(place, name, table[name].cast(kind))
    pq.write_table(table, source.folder / "t.parquet")
    ingest([source.folder / "t.parquet"], source.profile(), source.out)
    assert source.rows("sender", "channel") == [("a", "wire")] * 2


def test_a_column_of_another_kind_altogether_is_named(source):
    table = pa.table({name: ["1"] for name in ("when", "from", "to", "ccy", "way")})
    table = table.append_column("sum", pa.array([[1, 2]]))
    pq.write_table(table, source.folder / "t.parquet")
    with pytest.raises(InputError, match="'sum': list"):
        ingest([source.folder / "t.parquet"], source.profile(), source.out)


def test_a_csv_without_quotes_takes_them_as_they_are(source, row):
    source.ingest([row.replace("wire", '5" pipe')], '[file]\nquote = ""')
    assert source.rows("channel_source") == ['5" pipe']
