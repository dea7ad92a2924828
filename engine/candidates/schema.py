"""The columns of ``scores.parquet``, ``candidates.parquet`` and ``evidence.parquet``.

Amounts are minor units of the reporting currency, contributions log-odds, shares 0 to 1.
"""

import pyarrow as pa

from features.dataset import TIME, TRANSACTIONS

SCORES = pa.schema(
    [
        pa.field("transaction_id", pa.string(), nullable=False),
        pa.field("score", pa.float64(), nullable=False),
        pa.field("percentile", pa.float64(), nullable=False),
        pa.field("mature", pa.bool_(), nullable=False),
    ]
)

ACTIVITY = pa.struct(
    [
        ("in_count", pa.int64()),
        ("in_amount", pa.int64()),
        ("out_count", pa.int64()),
        ("out_amount", pa.int64()),
        ("counterparties", pa.int64()),
        ("outside_count", pa.int64()),
        ("first", TIME),
        ("last", TIME),
    ]
)
COMPONENT = pa.struct([("name", pa.string()), ("raw", pa.float64()), ("percentile", pa.float64())])
RECEIPT = pa.struct(
    [(name, pa.float64()) for name in ("base", "contributions", "margin", "score", "difference")]
)
PART = pa.struct(
    [("feature", pa.string()), ("value", pa.float64()), ("contribution", pa.float64())]
)
REASON = pa.struct(
    [
        ("feature", pa.string()),
        ("family", pa.string()),
        ("theme", pa.string()),
        ("value", pa.float64()),
        ("unit", pa.string()),
        ("own_past", pa.float64()),
        ("own_past_note", pa.string()),
        ("peer_percentile", pa.float64()),
        ("contribution", pa.float64()),
        ("parts", pa.list_(PART)),
        ("sentence", pa.string()),
        ("red_flags", pa.list_(pa.string())),
        ("evidence", pa.list_(pa.string())),
        ("evidence_total", pa.int64()),
    ]
)

CANDIDATES = pa.schema(
    [
        ("candidate_id", pa.string()),
        ("account", pa.string()),
        ("bank", pa.string()),
        ("country", pa.string()),
        ("period", pa.string()),
        ("period_start", TIME),
        ("period_stop", TIME),
        ("score", pa.float64()),
        ("score_kind", pa.string()),
        ("percentile", pa.float64()),
        ("rank", pa.int32()),
        ("mature", pa.bool_()),
        ("peak_transaction", pa.string()),
        ("peak_side", pa.string()),
        ("activity", ACTIVITY),
        ("components", pa.list_(COMPONENT)),
        ("receipt", RECEIPT),
        ("reasons", pa.list_(REASON)),
        ("against", pa.list_(REASON)),
        ("rest", pa.float64()),
    ]
)

_SHOWN = (
    "transaction_id",
    "timestamp",
    "sender",
    "receiver",
    "sender_bank",
    "receiver_bank",
    "amount",
    "currency",
    "original_amount",
    "channel",
    "sender_country",
    "receiver_country",
    "purpose",
    "memo",
)
EVIDENCE = pa.schema(
    [
        pa.field("candidate_id", pa.string(), nullable=False),
        *(TRANSACTIONS.field(name) for name in _SHOWN),
        pa.field("in_period", pa.bool_(), nullable=False),
    ]
)
