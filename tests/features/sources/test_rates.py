from datetime import date
from decimal import Decimal

import pytest
from currency_converter import CurrencyConverter

from features.dataset import Dataset
from features.errors import InputError
from features.sources.profile import load_profile
from features.sources.rates import load_rates

DAY = date(2024, 1, 31)


def pay(currency, day="2024-01-31"):
    return f"{day},a,b,100.00,{currency},wire"


def by_ecb(code, reporting, day=DAY):
    """What the package itself makes of 100.00, in minor units."""
    return round(CurrencyConverter(decimal=True).convert(Decimal(10000), code, reporting, day))


def test_the_reporting_currency_needs_no_rates(source):
    source.ingest([pay("EUR")])
    assert Dataset.open(source.out).manifest.rates is None


def test_the_ecb_rate_of_the_day_converts(source):
    source.ingest([pay("SEK"), pay("USD", "2024-02-03"), pay("eur")])
    friday = date(2024, 2, 2)  # the third is a Saturday
    assert source.rows("amount") == [by_ecb("SEK", "EUR"), 10000, by_ecb("USD", "EUR", friday)]
    assert source.rows("currency") == ["SEK", "EUR", "USD"]
    assert Dataset.open(source.out).manifest.rates["table"] == "ecb"


def test_two_foreign_currencies_go_through_the_euro(source):
    source.ingest([pay("USD")], ('currency = "EUR"', 'currency = "SEK"'))
    assert source.rows("amount") == [by_ecb("USD", "SEK")]


def test_what_cannot_be_converted_is_refused_with_its_reason(source):
    rows = [pay("RUB", "2022-03-01"), pay("RUB"), pay("SAR"), pay("Zorkmid"), pay("")]
    source.ingest([*rows, pay("USD", "1998-01-01")])
    assert source.refused() == [
        (2, "currency: no rate for RUB on that day"),
        (3, "currency: no rate for SAR on that day"),
        (4, "currency: unknown"),
        (5, "currency: missing"),
        (6, "currency: no rate for USD on that day"),
    ]


def test_a_table_of_the_users_holds_from_its_day_until_it_ends(source):
    table = source.folder / "rates.csv"
    table.write_text("date,currency,rate\n2024-01-02,SAR,0.25\n2024-02-01,SAR,\n")
    days = ["2024-01-01", "2024-01-02", "2024-01-31", "2024-02-01"]
    report = source.ingest([pay("SAR", day) for day in days], rates=table)
    assert source.rows("amount") == [2500, 2500]
    assert report.quarantined == {"currency: no rate for SAR on that day": 2}
    assert report.manifest.rates["table"] == "rates.csv"


def test_units_for_one_of_another_base(source):
    table = source.folder / "rates.csv"
    table.write_text("date,currency,rate\n2024-01-01,EUR,0.5\n2024-01-01,CHF,4\n")
    meaning = '[rates]\ntable = "rates.csv"\nbase = "USD"\nmeaning = "units_for_one"'
    source.ingest([pay("CHF"), pay("USD")], meaning)
    assert source.rows("amount") == [1250, 5000]


def test_faulty_lines_of_a_table_are_all_named(source):
    table = source.folder / "rates.csv"
    table.write_text(
        "date,currency,rate\nx,USD,1\n2024-01-01,USD,-1\n2024-01-01,,1\n2024-01-01,CHF,nan\n"
    )
    with pytest.raises(InputError) as error:
        source.ingest([pay("USD")], rates=table)
    assert [fault.where[-6:] for fault in error.value.faults] == [f"line {n}" for n in (2, 3, 4, 5)]


def test_a_table_with_other_columns_is_refused(source):
    table = source.folder / "rates.csv"
    table.write_text("day,code,value\n")
    with pytest.raises(InputError, match="date, currency, rate"):
        source.ingest([pay("USD")], rates=table)


def test_the_shipped_table_has_all_of_amlworlds_currencies():
    profile = load_profile("amlworld")
    rates = load_rates(profile, None)
    for code in profile.currencies.values():
        assert rates.factor(code, "USD", date(2022, 9, 1)) > 0
