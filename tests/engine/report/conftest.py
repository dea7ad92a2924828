"""A small scores folder of made-up candidates, written exactly to the layout `score` promises."""

import hashlib
import json
import math
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from engine.candidates import schema
from engine.candidates.schema import CANDIDATES

# Nullable throughout, so that a test can forget a value.
EVIDENCE = pa.schema([field.with_nullable(nullable=True) for field in schema.EVIDENCE])
LISTED = 500
SIDES = ("sender", "receiver")
PEER = ("percentile", "group", "payments", "accounts", "note")
FIRST_MONDAY = datetime(2023, 3, 6, tzinfo=UTC)
HOSTILE = "<script>alert(1)</script>\"'&<img src=x onerror=alert(2)>"
UNICODE = "Zażółć-ГАЗ-口座-\u202eRTL\u202c-\x07"
LONG = "LT" + "0123456789" * 19


class World:
    """Makes rows and candidates from a seed; every number in a reason comes from the rows."""

    def __init__(self, seed=7):
        self.random = np.random.default_rng(seed)
        self.rows = 0

    def real(self, low, high):
        return float(self.random.uniform(low, high))

    def whole(self, low, high, step=1):
        return low + step * int(self.random.integers((high - low) // step))

    def pick(self, options):
        return options[int(self.random.integers(len(options)))]

    def row(self, start, account, other, hour, *, came=None, went=None, **more):
        self.rows += 1
        amount = went if came is None else came
        rate, currency = (Decimal("1.08"), "USD") if self.real(0, 1) < 0.1 else (1, "EUR")
        mine, theirs = (account, "BANK-A", "LT"), (other, "BANK-B", self.pick(["LT", "NL"]))
        theirs = theirs if other else (None, None, None)
        made = {"channel": "wire", "memo": None, "amount": amount, "currency": currency}
        made |= {"transaction_id": f"TX{self.rows:07d}"}
        made |= {"timestamp": start + timedelta(hours=hour, seconds=self.rows % 60)}
        made |= {"original_amount": Decimal(amount).scaleb(-2) * rate}
        made |= {"purpose": self.pick([None, "rent", "invoice 2023/17", "gift"])}
        for side, about in zip(
            SIDES, (theirs, mine) if went is None else (mine, theirs), strict=True
        ):
            made |= dict(zip((side, f"{side}_bank", f"{side}_country"), about, strict=True))
        return made | more

    def mule(self, start, account, payers=9):
        """Small payments in from strangers, most passed on within hours, a commission kept."""
        rows, hour, held = [], 6.0, 0
        for number in range(payers):
            hour += self.real(2, 13)
            amount = self.whole(18_000, 95_000, 50)
            name = f"P2P-{self.whole(0, 10**6):06d}"
            rows.append(self.row(start, account, name, hour, came=amount))
            held += amount
            if number % 3 == 2:
                out = int(held * 0.93)
                later = hour + 2
                rows.append(self.row(start, account, "EXCH-77", later, went=out, channel="crypto"))
                held = 0
        return rows

    def cash(self, start, account):
        """Cash in below a threshold, several branches, one wire out."""
        rows = []
        for n in range(6):
            more = {"channel": "cash", "memo": f"branch {n + 1}"}
            amount = self.whole(90_000, 99_500)
            rows.append(self.row(start, account, None, 9 + 17 * n, came=amount, **more))
        out = sum(row["amount"] for row in rows) - 25_000
        return [*rows, self.row(start, account, "SUP-2", 110, went=out)]

    def business(self, start, account):
        """Many small payments in by card, wages out."""
        rows = []
        for _ in range(70):
            name, hour = f"CUST-{self.whole(0, 60):02d}", self.real(8, 160)
            amount = self.whole(500, 9_000)
            rows.append(self.row(start, account, name, hour, came=amount, channel="card"))
        wages = {"went": 210_000, "memo": "wages"}
        return rows + [self.row(start, account, f"EMP-{n}", 100, **wages) for n in range(5)]

    def hub(self, start, account):
        """Eight hundred payments: more than a page lists."""
        rows = []
        for n in range(800):
            amount = {"came" if n % 3 else "went": self.whole(100, 400_000)}
            name, hour = f"ACC-{self.whole(0, 300):03d}", self.real(0, 167.9)
            rows.append(self.row(start, account, name, hour, **amount))
        return rows

    def candidate(self, start, rank, account, rows, *, bare=False, kind="probability"):
        """Make a candidate of its rows; returns (candidate, evidence rows)."""
        rows = sorted(rows, key=lambda row: (row["timestamp"], row["transaction_id"]))
        before = [] if bare else self.before(start, account)
        peak = max(rows, key=lambda row: row["amount"])
        listed = rows[:LISTED]
        listed[-1] = listed[-1] if peak in listed else peak
        made = {
            "candidate_id": hashlib.sha256(f"{account}{start}".encode()).hexdigest()[:16],
            "account": account,
            "bank": None if bare else "BANK-A",
            "country": None if bare else "LT",
            "period": f"{start:%G-W%V}",
            "period_start": start,
            "period_stop": start + timedelta(days=7),
            "score_kind": kind,
            "percentile": 1 - rank / 1000,
            "p_value": rank / 1000,
            "mature": rank % 4 != 0,
            "peak_transaction": peak["transaction_id"],
            "peak_side": "receiver" if peak["receiver"] == account else "sender",
            "activity": activity(account, rows),
            "components": [
                {"name": "iforest", "raw": 0.1312, "percentile": 0.9921},
                {"name": "hbos", "raw": 27.4, "percentile": 1 - rank / 500},
            ],
            "reasons": [] if bare else self.reasons(account, listed, before),
            "against": [] if bare else against(account, listed),
            "rest": 6.5 if bare else self.real(1.0, 5.5),
            "indicators": [] if bare else indicators(account, listed, peak),
            "not_known": [] if bare else [NOT_KNOWN],
        }
        evidence = [dict(row, in_period=True) for row in listed]
        evidence += [dict(row, in_period=False) for row in before]
        identity = made["candidate_id"]
        return made | receipt(made), [dict(row, candidate_id=identity) for row in evidence]

    def before(self, start, account):
        """Two payments before the period, one far back, and one between others."""
        return [
            self.row(start, account, "OLD-1", -60, came=4_200),
            self.row(start, account, "OLD-2", -900, came=3_900),
            self.row(start, "OLD-1", "OLD-3", -70, came=4_400),
        ]

    def reasons(self, account, listed, before):
        came = [row for row in listed if row["receiver"] == account]
        total = float(sum(row["amount"] for row in came))
        weight = self.real(1.2, 2.4)
        return [
            reason(
                ("receiver_in_count_7d", "volume and velocity", len(came), "payments", weight),
                f"{len(came)} payments came in within 7 days, more than the usual 2.",
                came[:40],
                own_past=2.0,
                peer_percentile=0.992,
                peer_group="accounts as active (4 to 9 payments in 28 days), of kind person",
                peer_payments=1240,
                peer_accounts=310,
                peer_note="too few payments like it by country",
                red_flags=["IND-15"],
                evidence_total=len(came),
            ),
            reason(
                ("receiver_passed_on_share_24h", "flow-through", 0.93, "share", weight * 0.7),
                "93 % of what came in was passed on within 24 hours; 7 % was kept.",
                came[:6],
                own_past=0.31,
                peer_percentile=0.9996,
                peer_group="all accounts",
                peer_payments=100_000,
            ),
            reason(
                ("receiver_dwell_24h", "flow-through", 7_260.0, "seconds", weight * 0.45),
                "Money stayed about 2 h before it left.",
                came[:3],
                own_past_note="not enough history",
            ),
            reason(
                ("receiver_in_sum_7d", "volume and velocity", total, "money", 0.4),
                "More money came in within 7 days than the account's whole past month.",
                before + came[:2],
                own_past=8100.0,
                peer_percentile=0.87,
            ),
        ]


def against(account, listed):
    """Make the one thing that speaks against a candidate."""
    return [
        reason(
            ("pair_age_days", "counterparties", 35_596_800.0, "seconds", -0.62),
            "The largest payee has been paid for 412 days, like an ordinary supplier.",
            [row for row in listed if row["sender"] == account][:5],
            own_past=25_920_000.0,
            peer_percentile=0.55,
            evidence_total=5,
        )
    ]


NOT_KNOWN = {"id": "IND-26", "name": "An account that wakes up", "why": "not enough history"}


def indicators(account, listed, peak):
    """Make the red flag of a candidate into which money came."""
    came = [row for row in listed if row["receiver"] == account]
    limit = {"feature": "receiver_in_new_28d_count_7d", "value": float(len(came))}
    limit |= {"unit": "payments", "op": "at least", "threshold": 3.0, "peer_threshold": None}
    shown = came[0] if came else listed[0]
    made = {
        "id": "IND-15",
        "name": "Many unrelated <senders>",
        "typology": "retail drug sales",
        "source": "FINTRAC-2022-OA002",
        "goaml": ["DRG03"],
        "side": "receiver",
        "transaction": shown["transaction_id"],
        "on_peak": shown is peak,
        "payments": len(came),
        **limit,
        "peer_percentile": 0.991,
        "peer_group": "accounts as active (4 to 9 payments in 28 days)",
        "peer_payments": 1240,
        "peer_accounts": 310,
        "peer_note": None,
        "sentence": f"This account received {len(came)} payments from new payers in 7 days.",
        "conditions": [
            limit | {"peer_percentile": 0.991},
            limit | {"peer_threshold": 0.95, "peer_percentile": 0.991},
        ],
        "evidence": [row["transaction_id"] for row in came[:40]],
        "evidence_total": len(came),
    }
    return [made] if came else []


def reason(about, sentence, rows, **given):
    """Make a reason as `score` writes it; what is not given is null or empty."""
    made = dict(zip(("feature", "family", "value", "unit", "contribution"), about, strict=True))
    made |= {"own_past": None, "own_past_note": None, "red_flags": []}
    made |= dict.fromkeys(f"peer_{name}" for name in PEER)
    made["theme"] = f"{made['family']}: {made['feature']}"
    made["parts"] = [{name: made[name] for name in ("feature", "value", "contribution")}] * 2
    ids = [row["transaction_id"] for row in rows]
    return made | {"sentence": sentence, "evidence": ids, "evidence_total": len(ids)} | given


def receipt(made):
    """Add up a candidate's contributions and work out its score."""
    parts = [reason["contribution"] for reason in made["reasons"] + made["against"]]
    base, contributions, difference = -5.25, math.fsum([*parts, made["rest"]]), 3.1e-7
    margin = base + contributions + difference
    score = 1 / (1 + math.exp(-margin))
    names = ("base", "contributions", "difference", "margin", "score")
    values = (base, contributions, difference, margin, score)
    return {"receipt": dict(zip(names, values, strict=True)), "score": score}


def activity(account, rows):
    """Total an account's rows."""
    came = [row for row in rows if row["receiver"] == account]
    went = [row for row in rows if row["sender"] == account]
    others = {row[side] for row in rows for side in SIDES} - {account, None}
    return {
        "in_count": len(came),
        "in_amount": sum(row["amount"] for row in came),
        "out_count": len(went),
        "out_amount": sum(row["amount"] for row in went),
        "counterparties": len(others),
        "outside_count": sum(None in (row["sender"], row["receiver"]) for row in rows),
        "first": rows[0]["timestamp"],
        "last": rows[-1]["timestamp"],
    }


def make_candidates(weeks=3, each=13, seed=7, kind="probability"):
    """Make ``weeks`` times ``each`` candidates, plus one in the last week: 40 by default."""
    world, made = World(seed), []
    for week in range(weeks):
        start = FIRST_MONDAY + timedelta(days=7 * week)
        for rank in range(1, each + 1 + (week == weeks - 1)):
            account, rows, bare = _subject(world, start, week, rank)
            made.append(world.candidate(start, rank, account, rows, bare=bare, kind=kind))
    return ranked(made)


def ranked(made):
    """Give ranks by score within each period, in the order the table promises."""
    made = sorted(made, key=lambda pair: (pair[0]["period"], -pair[0]["score"]))
    last, rank = None, 0
    for one, _ in made:
        rank = rank + 1 if one["period"] == last else 1
        last, one["rank"] = one["period"], rank
    return made


def _subject(world, start, week, rank):
    special = {
        2: (HOSTILE, world.mule),
        3: (UNICODE, world.cash),
        4: (LONG, world.mule),
        5: ("HUB-1", world.hub),
        7: ("P2P-SELF", lambda s, a: [*world.mule(s, a, 3), _to_itself(world, s, a)]),
    }
    if rank in special and week == 1:
        account, make = special[rank]
        return account, make(start, account), False
    if rank == 6:
        account = f"ONE-{week}"
        row = world.row(start, account, "X-1", 30, **{"went" if week else "came": 1_000_000})
        return account, [row], True
    name = "MULE-1" if rank == 1 else f"ACC-{week}{rank:03d}"
    make = (world.mule, world.cash, world.business)[rank % 3]
    return name, make(start, name), False


def _to_itself(world, start, account):
    return world.row(start, account, account, 50, came=77_700)


def write_scores(folder, made, **manifest):
    """Write the folder that `moneytrail score` writes, as far as the report reads it."""
    folder.mkdir()
    candidates = pa.Table.from_pylist([one for one, _ in made], schema=CANDIDATES)
    evidence = pa.Table.from_pylist([row for _, rows in made for row in rows], schema=EVIDENCE)
    pq.write_table(candidates, folder / "candidates.parquet")
    pq.write_table(evidence, folder / "evidence.parquet")
    content = {
        "format": "moneytrail-scores",
        "engine_version": "0.1.0",
        "created_at": "2023-04-02T10:00:00+00:00",
        "model": {"name": "moneytrail", "version": "3", "digest": "5f" * 32},
        "dataset": {
            "snapshot_id": "ab" * 32,
            "reporting_currency": "EUR",
            "minor_digits": 2,
            "time_precision": "second",
            "labels": "complete",
            "coverage_from": "2023-01-01T00:00:00+00:00",
        },
        "as_of": "2023-03-26T23:10:00+00:00",
        "from": "2023-03-06T00:00:00+00:00",
        "to": "2023-03-27T00:00:00+00:00",
        "budget": 200,
        "population": "all",
        "rows": {"scored": 51_234, "mature": 40_000},
        "files": [
            {"path": name, "sha256": hashlib.sha256((folder / name).read_bytes()).hexdigest()}
            for name in ("candidates.parquet", "evidence.parquet")
        ],
    }
    content |= manifest
    (folder / "manifest.json").write_text(json.dumps(content, indent=2), encoding="utf-8")
    return folder


@pytest.fixture(scope="session")
def made():
    return make_candidates()


@pytest.fixture(scope="session")
def write():
    return write_scores


@pytest.fixture(scope="session")
def make():
    return make_candidates


@pytest.fixture(scope="session")
def scores_folder(tmp_path_factory, made):
    return write_scores(tmp_path_factory.mktemp("scores") / "out", made)


@pytest.fixture
def fresh_scores(tmp_path, made):
    return write_scores(tmp_path / "out", made)


@pytest.fixture
def hostile():
    return {"script": HOSTILE, "unicode": UNICODE, "long": LONG}
