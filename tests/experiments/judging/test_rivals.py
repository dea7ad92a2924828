"""What a model has to beat: the rules that fire, and trees that see the payment alone."""

from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq
import pytest

from engine.scoring import Request
from engine.scoring.flagged import write_flagged
from experiments.judging.listing import listing, planted
from experiments.judging.model import open_model
from experiments.judging.rivals import raw_features, raw_scores
from experiments.judging.scoring import settle_rows, settled_runs
from experiments.judging.span import Asked
from features.slices import Means


@pytest.fixture(scope="module")
def judged(trained: Any, tmp_path_factory: pytest.TempPathFactory) -> Any:
    place = tmp_path_factory.mktemp("model") / "model"
    model = open_model(str(trained.out), place, trained.tracker)
    return model, *settle_rows(trained.dataset, [model], Asked())


def test_rules_count_the_flags_that_fire_on_a_payment(judged: Any, tmp_path: Path) -> None:
    model, part, table = judged
    runs = settled_runs(table.dataset, [model], part, Means(), lambda _: None, 20)
    told = listing(table, runs[0], lambda _: None)
    request = Request(part.start, part.stop, part.as_of)
    write_flagged(table.dataset, model.folder, tmp_path / "flags", request)
    said = pq.read_table(tmp_path / "flags").to_pydict()
    fired = dict(zip(said["transaction_id"], said["rule_score"], strict=True))
    assert fired
    ids = table.transaction_id.to_pylist()
    assert told.rules.tolist() == [fired.get(id_, 0.0) for id_ in ids]


def test_reasons_on_candidates_of_a_pattern_are_checked_against_it(judged: Any) -> None:
    model, part, table = judged
    patterns = planted(table)
    labels = table.rows.labels
    assert len(patterns) == ((labels.label == 1) & (labels.pattern < len(labels.names))).sum()
    runs = settled_runs(table.dataset, [model], part, Means(), lambda _: None, 20)
    told = listing(table, runs[0], lambda _: None)
    assert told.cited
    for family in told.cited:
        assert 0 <= family.planted <= family.cited
        assert family.reasons > 0
    assert any(family.planted for family in told.cited)


def test_trees_without_a_history_learn_from_what_is_before_the_judged_rows(judged: Any) -> None:
    model, part, table = judged
    scores = raw_scores(table, model, part, Means())
    assert scores.shape == table.at.shape
    assert np.isfinite(scores).all()
    assert all(not f.statistic.lookback and not f.statistic.lookahead for f in raw_features())


def test_where_nothing_is_before_them_they_do_not_take_part(trained: Any, judged: Any) -> None:
    model = judged[0]
    part, table = settle_rows(trained.dataset, [model], Asked(split="all"))
    assert raw_scores(table, model, part, Means()) is None
