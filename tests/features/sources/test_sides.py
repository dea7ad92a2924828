import pytest

from features.dataset import Dataset
from features.errors import ConfigError


def test_outside_words_make_a_null_side(source, row):
    source.ingest([row.replace(",a,", ",OUT,"), row.replace(",b,", ",OUT,")])
    assert source.rows("sender", "receiver") == [(None, "b"), ("a", None)]


def test_an_undeclared_empty_account_is_refused(source, row):
    source.ingest([row.replace(",a,", ",,"), row.replace(",a,b,", ",OUT,OUT,"), row])
    assert source.refused() == [
        (1, "sender: no account"),
        (2, "sender and receiver: both outside"),
    ]


def test_a_declared_empty_account_is_the_world_outside(source, row):
    source.ingest(
        [row.replace(",a,", ",,")], ('outside = ["OUT"]\n[receiver]', 'outside = [""]\n[receiver]')
    )
    assert source.rows("sender", "receiver") == [(None, "b")]


@pytest.mark.parametrize(
    "test", ['values = ["cash"]', 'match = "^ca"', 'not_values = ["wire", "card"]']
)
def test_a_rule_on_another_column_makes_a_null_side(source, row, test):
    rule = f'[[outside]]\nside = "sender"\ncolumn = "way"\n{test}'
    source.ingest([row.replace("wire", "cash"), row], rule)
    assert source.rows("sender", "receiver") == [(None, "b"), ("a", "b")]


def test_a_swap_rule_turns_the_payment_with_bank_and_country(source):
    header = "when,from,to,sum,ccy,way,bank,land"
    row = "2024-01-01,a,b,1,EUR,{},007,Sweden"
    changes = (
        ('account = "from"', 'account = "from"\nbank = "bank"\ncountry = "land"'),
        '[[swap]]\ncolumn = "way"\nvalues = ["in"]',
    )
    source.ingest([row.format("out"), row.format("in")], *changes, header=header)
    columns = ("sender", "sender_bank", "sender_country", "receiver", "receiver_bank")
    assert source.rows(*columns) == [("a", "007", "SE", "b", None), ("b", None, None, "a", "007")]


def test_an_account_is_bank_and_account_where_numbers_repeat(source):
    banks = ("account", 'account_id = "bank+account"\nbank_zeros = "strip"')
    changes = (
        banks[1],
        ('account = "from"', 'account = "from"\nbank = "one"'),
        ('account = "to"', 'account = "to"\nbank = "two"'),
    )
    rows = ["2024-01-01,1,1,5,EUR,x,0010,20", "2024-01-01,1,OUT,5,EUR,x,000,20"]
    source.ingest(rows, *changes, header="when,from,to,sum,ccy,way,one,two")
    assert source.rows("sender", "sender_bank", "receiver", "receiver_bank") == [
        ("10:1", "10", "20:1", "20"),
        ("0:1", "0", None, None),
    ]


def test_bank_and_account_needs_banks(source, row):
    with pytest.raises(ConfigError, match="needs a bank"):
        source.ingest([row], 'account_id = "bank+account"')


def test_rows_that_are_no_payments_are_counted_and_not_checked(source, row):
    rule = '[[not_payments]]\ncolumn = "way"\nvalues = ["BALANCE"]'
    report = source.ingest([row, "rubbish,,,-1,XXX,BALANCE"], rule)
    assert (report.read, report.transactions, report.not_payments) == (2, 1, 1)
    assert report.quarantined == {}
    assert Dataset.open(source.out).manifest.rows["not_payments"] == 1


def test_channels_are_translated_and_the_sources_word_is_kept(source, row):
    rows = [row.replace("wire", word) for word in ("CASH", "Überweisung", "pigeon", "")]
    words = ('column = "way"', 'column = "way"\nwords = { "überweisung" = "wire" }')
    source.ingest(rows, words)
    assert source.rows("channel", "channel_source") == [
        ("cash", "CASH"),
        ("wire", "Überweisung"),
        ("other", "pigeon"),
        ("other", None),
    ]
