from decimal import ROUND_HALF_EVEN, Decimal
from fractions import Fraction

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from features.sources import ingest
from features.sources.amounts import parse_amounts, to_minor
from features.sources.profile import AmountSection

HOW = AmountSection(column="a", currency="c")
CENT = pa.decimal256(37, 18)


def read(source, words, *changes):
    rows = [f'2024-01-01T10:00:00,a,b,"{word}",EUR,wire' for word in words]
    source.ingest([*rows, "2024-01-01T10:00:00,a,b,1,EUR,wire"], *changes)
    found = dict(source.rows("transaction_id", "amount"))
    return [found.get(f"batch.csv:{place + 1}") for place in range(len(words))]


def test_amounts_are_rounded_half_to_even_from_the_decimal(source):
    words = ["0.005", "0.015", "0.025", "0.0250000000000000000001", "2.675", "1e2", "+7.", ".5"]
    assert read(source, words) == [0, 2, 2, 3, 268, 10000, 700, 50]


@given(st.decimals(0, 10**12, allow_nan=False, places=None))
def test_any_decimal_is_rounded_as_exact_arithmetic_says(value):
    amounts, unreadable = parse_amounts(pa.array([str(value)]), HOW)
    assert unreadable.to_pylist() == [False]
    minor, _ = to_minor(amounts, pa.array([Decimal(100)], CENT), 2**62)
    assert minor.to_pylist() == [round(Fraction(value) * 100)]


@given(st.floats(0, 1e12, allow_nan=False))
def test_a_float_is_its_shortest_decimal(value):
    from_float = parse_amounts(pa.array([value]).cast(pa.string()), HOW)[0]
    minor, _ = to_minor(from_float, pa.array([Decimal(100)], CENT), 2**62)
    exact = (Decimal(repr(value)) * 100).quantize(Decimal(1), ROUND_HALF_EVEN)
    assert minor.to_pylist() == [int(exact)]


@pytest.mark.parametrize("word", ["nan", "inf", "-inf", "1,5", "1.2.3", "abc", "1 000", "1e40"])
def test_what_is_no_number_is_refused(source, word):
    assert read(source, [word]) == [None]
    assert source.refused() == [(1, "amount: not a number")]


def test_marks_and_signs_are_taken_away(source):
    marks = 'column = "sum"\ndecimal = ","\nthousands = "."\nstrip = ["$", "kr"]'
    words = ["1.250,50", "$ 7,5", "3 kr", "1.000.000,01"]
    assert read(source, words, ('column = "sum"', marks)) == [125050, 750, 300, 100000001]


def test_minor_units_are_those_of_the_paid_currency(source):
    rows = [f"2024-01-01T10:00:00,a,b,{sum_},wire" for sum_ in ("150,EUR", "150,JPY", "1500,KWD")]
    rates = source.folder / "rates.csv"
    rates.write_text("date,currency,rate\n2020-01-01,JPY,0.01\n2020-01-01,KWD,3\n")
    source.ingest(rows, ('column = "sum"', 'column = "sum"\nunit = "minor"'), rates=rates)
    assert source.rows("amount") == [150, 150, 450]
    assert source.rows("original_amount") == [Decimal("1.5"), Decimal(150), Decimal("1.5")]


def test_a_negative_amount_is_refused_or_turns_the_payment(source, row):
    rows = [row.replace("1.00", "-4.50"), row]
    source.ingest(rows)
    assert source.refused() == [(1, "amount: negative")]
    source.out = source.folder / "turned"
    source.ingest(rows, ('column = "sum"', 'column = "sum"\nnegative = "swap"'))
    assert source.rows("sender", "receiver", "amount") == [("b", "a", 450), ("a", "b", 100)]


def test_zero_is_kept_unless_the_profile_refuses_it(source, row):
    rows = [row.replace("1.00", "0.004"), row]
    source.ingest(rows)
    assert source.rows("amount") == [0, 100]
    source.out = source.folder / "strict"
    source.ingest(rows, ('column = "sum"', 'column = "sum"\nzero = "quarantine"'))
    assert source.refused() == [(1, "amount: rounds to zero")]


def test_floats_and_decimals_of_parquet_are_read_alike(source):
    kinds = {"f": pa.float64(), "d": pa.decimal128(23, 4), "i": pa.int32()}
    for name, kind in kinds.items():
        table = pa.table(
            {
                "when": ["2024-01-01"] * 2,
                "from": pa.array([1, 2]).cast(pa.float64()),
                "to": ["x", "y"],
                "sum": pa.array([2, None]).cast(kind),
                "ccy": pa.array(["EUR", "EUR"]).dictionary_encode(),
                "way": ["wire"] * 2,
            }
        )
        pq.write_table(table, source.folder / f"{name}.parquet")
        source.out = source.folder / name
        ingest([source.folder / f"{name}.parquet"], source.profile(), source.out)
        assert source.rows("sender", "amount") == [("1", 200)]
        assert source.refused() == [(2, "amount: missing")]


def test_an_amount_past_what_sums_can_hold_is_refused(source, row):
    source.ingest([row.replace("1.00", "9" * 18), row])
    assert source.refused() == [(1, "amount: too large")]
