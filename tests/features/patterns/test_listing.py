import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from oracles.worlds import BASE, DAY, HOUR, Payment, World, instant

from features.errors import OutputError
from features.patterns.listing import LISTED, list_patterns
from features.patterns.search import FINDERS

CYCLE = [
    Payment(f"c{n}", BASE + (100 + n) * DAY, *pair, amount=90_000 - n)
    for n, pair in enumerate(("ab", "bc", "cd", "da"))
]
FAN = [
    Payment(f"f{n}", BASE + 120 * DAY + n * HOUR, f"payer {n}", "z", amount=50_000 + n)
    for n in range(9)
]
NOISE = [Payment(f"n{n}", BASE + n * DAY, "x", "y") for n in range(0, 140, 7)]
PLANTED = World.of([*CYCLE, *FAN, *NOISE], coverage_from=BASE)
LABELS = pa.table(
    {
        "transaction_id": [row.id for row in CYCLE],
        "label": pa.array([1] * len(CYCLE), pa.int8()),
        "pattern_id": ["p1"] * len(CYCLE),
        "pattern_type": ["cycle"] * len(CYCLE),
        "known_at": pa.nulls(len(CYCLE), pa.timestamp("us", "UTC")),
    }
)


@pytest.fixture
def dataset(tmp_path):
    return PLANTED.dataset(tmp_path / "data", LABELS)


def listed(dataset, out, *patterns, **asked):
    found = list_patterns(dataset, out, patterns or tuple(FINDERS), **asked)
    table = pq.read_table(out / "patterns.parquet")
    assert table.schema.remove_metadata().equals(LISTED)
    return found, table.to_pylist()


def test_planted_patterns_are_listed_with_the_role_of_each_payment(dataset, tmp_path):
    _, rows = listed(dataset, tmp_path / "out")
    cycle = [row for row in rows if (row["pattern"], row["rank"]) == ("cycle", 1)]
    assert [row["transaction_id"] for row in cycle] == ["c0", "c1", "c2", "c3"]
    assert [row["role"] for row in cycle] == [f"hop {n} of 4" for n in range(1, 5)]
    fan = {row["transaction_id"] for row in rows if (row["pattern"], row["rank"]) == ("fan_in", 1)}
    assert fan == {row.id for row in FAN}


def test_only_what_has_a_payment_in_the_range_is_listed(dataset, tmp_path):
    early, rows = listed(dataset, tmp_path / "early", stop=instant(BASE + 110 * DAY))
    assert [len(early.instances[name]) for name in ("cycle", "fan_in")] == [1, 0]
    assert {row["pattern"] for row in rows} >= {"cycle"}
    late, _ = listed(dataset, tmp_path / "late", start=instant(BASE + 110 * DAY))
    assert [len(late.instances[name]) for name in ("cycle", "fan_in")] == [0, 1]


def test_nothing_after_as_of_is_seen(dataset, tmp_path):
    found, rows = listed(dataset, tmp_path / "out", "cycle", as_of=instant(BASE + 102 * DAY))
    assert found.instances == {"cycle": []}
    assert not rows


def test_equal_data_make_equal_bytes_and_nothing_is_overwritten(dataset, tmp_path):
    for name in ("one", "other"):
        list_patterns(dataset, tmp_path / name, ("cycle", "fan_in"))
    one, other = (tmp_path / name / "patterns.parquet" for name in ("one", "other"))
    assert one.read_bytes() == other.read_bytes()
    with pytest.raises(OutputError):
        list_patterns(dataset, tmp_path / "one", ("cycle",))


def test_the_file_tells_what_it_was_made_from(dataset, tmp_path):
    list_patterns(dataset, tmp_path / "out", ("cycle",))
    about = pq.read_schema(tmp_path / "out" / "patterns.parquet").metadata
    assert about[b"snapshot"].decode() == dataset.manifest.snapshot_id
    assert set(about) == {b"snapshot", b"as_of", b"settings"}
