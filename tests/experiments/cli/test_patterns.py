import json


def a_cycle(*days):
    names = "abcd"
    return [
        f"t{n},2024-03-{day:02}T10:00:00,{names[n % 4]},{names[(n + 1) % 4]},900.00,EUR,1"
        for n, day in enumerate(days)
    ]


def test_patterns_are_listed_and_counted(call, source, tmp_path):
    assert call(*source(*a_cycle(1, 2, 3, 4))).code == 0
    answer = call("patterns", "data", "--out", "found", "--pattern", "cycle", "--json")
    assert answer.code == 0
    told = json.loads(answer.out)
    assert (told["instances"], told["planted"]) == ({"cycle": 1}, [])
    assert not sum(told["left_out"].values())
    assert (tmp_path / "found" / "patterns.parquet").is_file()
    assert "verdict" in call("patterns", "data", "--out", "all").out


def test_an_unknown_pattern_is_refused_by_name(refuse, call, source):
    assert call(*source(*a_cycle(1, 2, 3, 4))).code == 0
    said = refuse("patterns", "data", "--out", "found", "--pattern", "spiral")
    assert "spiral" in said
    assert "scatter_gather" in said


def test_labelled_patterns_found_are_counted(call):
    assert call("simulate", "--out", "world", "--transactions", 5000, "--days", 30).code == 0
    answer = call("patterns", "world", "--out", "found", "--json")
    planted = json.loads(answer.out)["planted"]
    assert {one["kind"] for one in planted} >= {"fan_in", "scatter_gather"}
    assert all(0 <= one["found"] <= one["planted"] for one in planted)
