import re
from pathlib import Path

import pyarrow.compute as pc
import pytest

from features.dataset import Dataset, validate
from features.sources import ingest

ROOT = Path(__file__).parents[3]
GENTEX = ROOT / "../shared/data/amlgentex_dev"
WORLD = (
    "Timestamp,From Bank,Account,To Bank,Account,Amount Received,Receiving Currency,"
    "Amount Paid,Payment Currency,Payment Format,Is Laundering\n"
    "2022/09/01 00:20,010,8000EBD30,010,8000EBD30,3697.34,US Dollar,3697.34,US Dollar,"
    "Reinvestment,0\n"
    "2022/09/01 00:06,021174,800737690,012,80011F990,2848.96,Euro,2848.96,Euro,ACH,1\n"
    "2022/09/01 00:06,021174,800737690,012,80011F990,2848.96,Euro,2848.96,Euro,ACH,1\n"
    "2022/09/01 00:07,001,A,002,B,0.5,Bitcoin,0.5,Bitcoin,Bitcoin,1\n"
    "2022/09/01 00:08,1,A,002,B,7,Yen,7,Yen,Cash,0\n"
)
PATTERNS = (
    "BEGIN LAUNDERING ATTEMPT - FAN-OUT:  Max 16-degree Fan-Out\n"
    "2022/09/01 00:06,021174,800737690,012,80011F990,2848.96,Euro,2848.96,Euro,ACH,1\n"
    "END LAUNDERING ATTEMPT - FAN-OUT\n\n"
    "BEGIN LAUNDERING ATTEMPT - STACK\n"
    "2022/09/01 00:06,21174,800737690,12,80011F990,2848.96,Euro,2848.96,Euro,ACH,1\n"
    "2022/09/02 00:06,021174,800737690,012,80011F990,1.00,Euro,1.00,Euro,ACH,1\n"
    "END LAUNDERING ATTEMPT - STACK\n"
)


def test_amlworld(source):
    file, blocks = source.folder / "HI_Trans.csv", source.folder / "HI_Patterns.txt"
    file.write_text(WORLD)
    blocks.write_text(PATTERNS)
    owners = source.folder / "HI_accounts.csv"
    owners.write_text(
        "Bank Name,Bank ID,Account Number,Entity ID,Entity Name\nX,1,A,E1,Corporation #1\n"
    )
    report = ingest([file], "amlworld", source.out, patterns=blocks, accounts=owners)
    assert validate(source.out).ok
    columns = ("transaction_id", "sender", "receiver", "amount", "currency", "channel")
    assert source.rows(*columns) == [
        ("HI_Trans.csv:2", "21174:800737690", "12:80011F990", 333836, "EUR", "ach"),
        ("HI_Trans.csv:3", "21174:800737690", "12:80011F990", 333836, "EUR", "ach"),
        ("HI_Trans.csv:4", "1:A", "2:B", 593957, "BTC", "crypto"),
        ("HI_Trans.csv:5", "1:A", "2:B", 7, "JPY", "cash"),
        ("HI_Trans.csv:1", "10:8000EBD30", "10:8000EBD30", 369734, "USD", "internal"),
    ]
    known = Dataset.open(source.out).labels().to_pylist()
    assert [(row["label"], row["pattern_id"], row["pattern_type"]) for row in known] == [
        (0, None, None),
        (1, "1", "fan_out"),
        (1, "2", "stack"),
        (1, None, None),
        (0, None, None),
    ]
    assert report.patterns_not_found == 1
    assert Dataset.open(source.out).accounts()["account"].to_pylist() == ["1:A"]


def test_samld(source):
    file = source.folder / "SAML-D.csv"
    file.write_text(
        "Time,Date,Sender_account,Receiver_account,Amount,Payment_currency,Received_currency,"
        "Sender_bank_location,Receiver_bank_location,Payment_type,Is_laundering,Laundering_type\n"
        "10:35:19,2022-10-07,8724731955,2769355426,1459.15,UK pounds,UK pounds,UK,UK,"
        "Cash Deposit,0,Normal_Cash_Deposits\n"
        "10:35:20,2022-10-07,1491989064,8401255335,6019.64,UK pounds,Dirham,UK,UAE,"
        "Cross-border,1,Smurfing\n"
        "10:35:21,2022-10-07,1491989064,8401255335,6019.64,Naira,Dirham,Nigeria,UAE,"
        "Cross-border,0,Normal_Fan_Out\n"
    )
    report = ingest([file], "samld", source.out)
    columns = ("amount", "channel", "sender_country", "receiver_country", "received_currency")
    assert source.rows(*columns) == [
        (145915, "cash", "GB", "GB", "GBP"),
        (601964, "wire", "GB", "AE", "AED"),
    ]
    assert report.quarantined == {"currency: no rate for NGN on that day": 1}
    assert Dataset.open(source.out).labels()["pattern_type"].to_pylist() == [None, "Smurfing"]


def test_amlgentex(source):
    if not GENTEX.is_dir():
        pytest.skip("needs ../shared/data/amlgentex_dev")
    report = ingest(
        [GENTEX / "transactions.parquet"],
        "amlgentex",
        source.out,
        accounts=GENTEX / "accounts.csv",
    )
    assert (report.read, report.transactions, report.not_payments) == (496_382, 492_382, 4_000)
    assert (report.positives, report.quarantined) == (1_073, {})
    rows = Dataset.open(source.out).read(["transaction_id", "sender", "receiver", "amount"])
    inner = rows.filter(pc.and_(pc.is_valid(rows["sender"]), pc.is_valid(rows["receiver"])))
    assert inner.num_rows == 39_168
    assert pc.sum(pc.equal(inner["amount"], 0)).as_py() == 21
    known = Dataset.open(source.out).labels()
    guilty = known.filter(pc.equal(known["label"], 1))
    assert pc.all(
        pc.is_in(guilty["transaction_id"], inner["transaction_id"].combine_chunks())
    ).as_py()
    assert len(pc.unique(guilty["pattern_type"])) == 7
    assert len(pc.unique(guilty["pattern_id"])) == 98


def test_the_example_of_the_docs_does_what_the_docs_say(source):
    text = (ROOT / "docs" / "sources.md").read_text(encoding="utf-8")
    block = {
        kind: re.search(rf"```{kind}\n(.*?)```", text, re.DOTALL)[1]
        for kind in ("csv", "toml", "text")
    }
    (source.folder / "payments.csv").write_text(block["csv"])
    (source.folder / "payments.toml").write_text(block["toml"])
    report = ingest([source.folder / "payments.csv"], source.folder / "payments.toml", source.out)
    columns = ("transaction_id", "timestamp", "sender", "receiver", "amount", "currency", "channel")
    lines = []
    for name, time, sender, receiver, *rest in source.rows(*columns):
        sides = f"{sender or 'outside'} -> {receiver or 'outside'}"
        lines.append("  ".join(map(str, [name, f"{time:%Y-%m-%dT%H:%M:%SZ}", sides, *rest])))
    assert re.sub(" +", " ", "\n".join(lines)) == re.sub(" +", " ", block["text"].strip())
    assert source.refused() == [(5, "amount: not a number")]
    assert (report.not_payments, report.positives) == (1, 2)
    assert report.unmapped == ()
