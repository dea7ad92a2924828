"""The transaction dataset's columns: the one contract between sources, simulator and features.

An account is bank + account. A null sender or receiver is the world outside (cash, an
unmonitored bank, a source or sink), never a pseudo account. Amounts are minor units of the
reporting currency.
"""

import pyarrow as pa

CHANNELS = ("cash", "wire", "card", "cheque", "ach", "crypto", "internal", "other")
TIME = pa.timestamp("us", tz="UTC")
_WORD = pa.dictionary(pa.int32(), pa.string())

TRANSACTIONS = pa.schema(
    [
        pa.field("transaction_id", pa.string(), nullable=False),
        pa.field("timestamp", TIME, nullable=False),
        pa.field("sender", _WORD),
        pa.field("receiver", _WORD),
        pa.field("sender_bank", _WORD),
        pa.field("receiver_bank", _WORD),
        pa.field("amount", pa.int64(), nullable=False),
        pa.field("currency", _WORD, nullable=False),
        pa.field("original_amount", pa.decimal128(38, 8), nullable=False),
        pa.field("received_currency", _WORD),
        pa.field("received_amount", pa.decimal128(38, 8)),
        pa.field("channel", _WORD, nullable=False),
        pa.field("channel_source", _WORD),
        pa.field("sender_country", _WORD),
        pa.field("receiver_country", _WORD),
        pa.field("purpose", pa.string()),
        pa.field("memo", pa.string()),
        pa.field("ingested_at", TIME),
        pa.field("batch_id", _WORD),
    ]
)

ACCOUNTS = pa.schema(
    [
        pa.field("account", pa.string(), nullable=False),
        pa.field("owner_id", pa.string()),
        pa.field("bank", pa.string()),
        pa.field("country", pa.string()),
        pa.field("kind", pa.string()),
        pa.field("opened", TIME),
        pa.field("timezone", pa.string()),
    ]
)

LABELS = pa.schema(
    [
        pa.field("transaction_id", pa.string(), nullable=False),
        pa.field("label", pa.int8(), nullable=False),
        pa.field("pattern_id", pa.string()),
        pa.field("pattern_type", pa.string()),
        pa.field("known_at", TIME),
    ]
)
