"""The columns of the tables that a scoring writes.

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
_PEERS = (
    ("peer_percentile", pa.float64()),
    ("peer_group", pa.string()),
    ("peer_payments", pa.int64()),
    ("peer_accounts", pa.int64()),
    ("peer_note", pa.string()),
)
_LIMIT = (
    ("feature", pa.string()),
    ("value", pa.float64()),
    ("unit", pa.string()),
    ("op", pa.string()),
    ("threshold", pa.float64()),
    ("peer_threshold", pa.float64()),
)
INDICATOR = pa.struct(
    [
        ("id", pa.string()),
        ("name", pa.string()),
        ("typology", pa.string()),
        ("source", pa.string()),
        ("goaml", pa.list_(pa.string())),
        ("side", pa.string()),
        ("transaction", pa.string()),
        ("on_peak", pa.bool_()),
        ("payments", pa.int64()),
        *_LIMIT,
        *_PEERS,
        ("sentence", pa.string()),
        ("conditions", pa.list_(pa.struct([*_LIMIT, ("peer_percentile", pa.float64())]))),
        ("evidence", pa.list_(pa.string())),
        ("evidence_total", pa.int64()),
    ]
)
NOT_KNOWN = pa.struct([("id", pa.string()), ("name", pa.string()), ("why", pa.string())])
REASON = pa.struct(
    [
        ("feature", pa.string()),
        ("family", pa.string()),
        ("theme", pa.string()),
        ("value", pa.float64()),
        ("unit", pa.string()),
        ("own_past", pa.float64()),
        ("own_past_note", pa.string()),
        *_PEERS,
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
        ("p_value", pa.float64()),
        ("mature", pa.bool_()),
        ("peak_transaction", pa.string()),
        ("peak_side", pa.string()),
        ("activity", ACTIVITY),
        ("components", pa.list_(COMPONENT)),
        ("receipt", RECEIPT),
        ("reasons", pa.list_(REASON)),
        ("against", pa.list_(REASON)),
        ("rest", pa.float64()),
        ("indicators", pa.list_(INDICATOR)),
        ("not_known", pa.list_(NOT_KNOWN)),
    ]
)

INDICATORS = pa.schema(
    [
        *(CANDIDATES.field(name) for name in ("candidate_id", "account", "period", "rank")),
        *(field for field in INDICATOR if field.name != "conditions"),
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
        pa.field("first_look", pa.float64()),
    ]
)
