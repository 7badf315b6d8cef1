"""The three reductions on DuckDB, against plain counting by hand."""

from __future__ import annotations

from typing import Any, ClassVar

import duckdb
import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from fairview.core import DataError, UnsupportedError
from fairview.measure import (
    Cells,
    DuckDBEngine,
    EntityTotals,
    Log,
    Precision,
    RankedBatch,
    Reduction,
    Status,
    Target,
    bucket_of,
    estimate_cells,
    evaluate,
    parse_measure,
)
from fairview.measure.buckets import bucket_expression
from fairview.measure.measures.action_rate import ActionRate
from fairview.measure.measures.div import Div
from fairview.measure.measures.gini import Gini

GROUPS = ("a", "b")


def log_of(requests: int, rng: np.random.Generator, people: int = 200) -> Log:
    n = requests * 6
    rows = pd.DataFrame(
        {
            "request_id": np.repeat([f"r{i:06d}" for i in range(requests)], 6),
            "cluster_id": np.repeat([f"p{rng.integers(people)}" for _ in range(requests)], 6),
            "item_id": [f"i{k}" for k in rng.integers(0, 40, n)],
            "position": np.tile(np.arange(1, 7), requests),
            "click": rng.random(n) < 0.3,
        }
    )
    probability = rng.random(40).round(2)
    memberships = pd.DataFrame(
        {
            "item_id": np.repeat([f"i{k}" for k in range(40)], 3),
            "attribute": "tone",
            "group": ["a", "b", "unknown"] * 40,
            "probability": np.column_stack(
                [probability * 0.9, (1 - probability) * 0.9, np.full(40, 0.1)]
            ).ravel(),
            "contains": np.column_stack(
                [probability > 0.3, probability < 0.6, np.zeros(40, bool)]
            ).ravel(),
        }
    )
    return Log(rows=rows, memberships=memberships, groups={"tone": GROUPS})


def test_bucket_expression_agrees_with_the_hash_in_python() -> None:
    import ibis

    names = [f"person-{i}" for i in range(300)] + ["", "é", "日本"]
    table = ibis.memtable(pa.table({"cluster": names}))
    found = ibis.duckdb.connect().to_pyarrow(table.select(b=bucket_expression(table.cluster)))
    assert found["b"].to_pylist() == [bucket_of(name) for name in names]


def test_rate_by_soft_group_is_the_weighted_mean() -> None:
    log = log_of(300, np.random.default_rng(1))
    cells = DuckDBEngine(log).group_cells(ActionRate(by="tone"))
    rows = log.rows.merge(log.memberships, on="item_id")
    for k, group in enumerate((*GROUPS, "unknown")):
        part = rows[rows.group == group]
        assert cells.n()[k, 0] == pytest.approx(part.probability.sum())
        assert cells.totals[:, k, 0].sum() == pytest.approx((part.probability * part.click).sum())
        share = (part.probability * part.click).sum() / part.probability.sum()
        merged = cells.merge(Cells.empty(cells.components, cells.slices))
        assert merged.totals[:, k, 0].sum() / cells.n()[k, 0] == (pytest.approx(share))


def test_rate_by_a_plain_column_counts_nulls_as_unknown() -> None:
    rows = pd.DataFrame(
        {
            "cluster_id": [f"c{i}" for i in range(40)],
            "sex": ["x"] * 20 + ["y"] * 15 + [None] * 5,
            "click": [1, 0] * 20,
        }
    )
    estimates = evaluate(
        ActionRate(by="sex"), DuckDBEngine(Log(rows=rows)), np.random.default_rng(0)
    )
    by_slice = {e.slice: e for e in estimates}
    assert by_slice["x"].n == 20
    assert by_slice["x"].value == 0.5
    assert by_slice["unknown"].status is Status.SUPPRESSED
    assert by_slice["unknown"].value is None
    assert by_slice["overall"].n == 40


def test_div_counts_requests_that_hold_every_group() -> None:
    log = log_of(250, np.random.default_rng(2))
    estimates = evaluate(Div(by="tone", at=3), DuckDBEngine(log), np.random.default_rng(0))
    wide = log.memberships.pivot(index="item_id", columns="group", values="contains")
    rows = log.rows[log.rows.position <= 3].merge(wide.reset_index(), on="item_id")
    by_request = rows.groupby("request_id")[list(GROUPS)].any().all(axis=1)
    assert estimates[0].value == pytest.approx(by_request.mean())
    assert estimates[0].n == 250
    assert estimates[1].slice == "supply"
    assert estimates[1].value is None


def test_gini_counts_what_was_never_shown() -> None:
    log = log_of(200, np.random.default_rng(3))
    everything = pd.DataFrame({"item_id": [f"i{k}" for k in range(50)]})
    totals = DuckDBEngine(Log(rows=log.rows, entities=everything)).entity_totals(Gini())
    exposure = log.rows.assign(e=1 / np.log2(1 + log.rows.position)).groupby("item_id").e.sum()
    assert len(totals.entities) == 50
    expected = np.concatenate([np.zeros(50 - len(exposure)), exposure.to_numpy()])
    assert np.sort(totals.per_entity()) == pytest.approx(np.sort(expected))
    [estimate] = evaluate(
        Gini(), DuckDBEngine(Log(rows=log.rows, entities=everything)), np.random.default_rng(0)
    )
    assert estimate.value == pytest.approx(float(Gini().figure(expected)))
    assert estimate.low is not None
    assert estimate.low < estimate.value


def test_requests_are_whole_across_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    log = log_of(3000, np.random.default_rng(4))
    whole = DuckDBEngine(log).request_cells(Div(by="tone", at=4))
    monkeypatch.setattr("fairview.measure.engines.duckdb.CHUNK_ROWS", 2048)
    engine = DuckDBEngine(log)
    batches = list(engine.batches(Div(by="tone", at=4)))
    cut = engine.request_cells(Div(by="tone", at=4))
    assert len(batches) > 3
    assert sum(len(batch) for batch in batches) == 3000
    assert cut.count.tolist() == whole.count.tolist()
    assert cut.mean == pytest.approx(whole.mean)


def test_shards_and_days_add_up_to_the_whole() -> None:
    log = log_of(400, np.random.default_rng(5), people=30)
    rows = log.rows
    day = rows.request_id.str[-1].astype(int) % 3
    measures = (ActionRate(by="tone"), Div(by="tone", at=4))
    for measure in measures:
        whole = estimate_cells(
            measure, _cells(log, rows, measure), np.random.default_rng(9), Precision()
        )
        parts = [_cells(log, rows[day == d], measure) for d in (2, 0, 1)]
        merged = parts[0].merge(parts[1]).merge(parts[2])
        again = estimate_cells(measure, merged, np.random.default_rng(9), Precision())
        for one, two in zip(whole, again, strict=True):
            assert one.n == two.n
            assert one.value == pytest.approx(two.value)
            assert one.low == pytest.approx(two.low)
    parts = [DuckDBEngine(Log(rows=rows[day == d])).entity_totals(Gini()) for d in (1, 2, 0)]
    together = parts[0].merge(parts[1]).merge(parts[2])
    one_go = DuckDBEngine(Log(rows=rows)).entity_totals(Gini())
    assert together.entities.tolist() == one_go.entities.tolist()
    assert together.per_entity() == pytest.approx(one_go.per_entity())
    assert isinstance(together, EntityTotals)


def _cells(log: Log, rows: pd.DataFrame, measure: Any) -> Cells:
    engine = DuckDBEngine(Log(rows=rows, memberships=log.memberships, groups=log.groups))
    is_cells = measure.reduction is Reduction.GROUP_CELLS
    return engine.group_cells(measure) if is_cells else engine.request_cells(measure)


def test_parquet_paths_and_csv_paths_are_read(tmp_path: Any) -> None:
    log = log_of(60, np.random.default_rng(6))
    log.rows.to_parquet(tmp_path / "rows.parquet")
    log.rows.to_csv(tmp_path / "rows.csv", index=False)
    values = []
    for rows in (log.rows, tmp_path / "rows.parquet", str(tmp_path / "rows.csv")):
        engine = DuckDBEngine(Log(rows=rows, memberships=log.memberships, groups=log.groups))
        values.append(evaluate(Div(by="tone", at=4), engine, np.random.default_rng(0))[0].value)
    assert values[0] == values[1] == values[2]


def test_what_is_missing_is_said_before_rows_are_read() -> None:
    log = log_of(5, np.random.default_rng(7))
    engine = DuckDBEngine(Log(rows=log.rows.drop(columns="click"), memberships=log.memberships))
    with pytest.raises(DataError, match="needs the column click"):
        evaluate(ActionRate(by="tone"), engine, np.random.default_rng(0))
    with pytest.raises(DataError, match="neither a column nor memberships named 'size'"):
        evaluate(Div(by="size"), DuckDBEngine(Log(rows=log.rows)), np.random.default_rng(0))
    with pytest.raises(DataError, match="no memberships"):
        evaluate(Div(), DuckDBEngine(Log(rows=log.rows)), np.random.default_rng(0))


def test_a_position_that_stands_twice_is_an_error() -> None:
    log = log_of(5, np.random.default_rng(8))
    rows = log.rows.assign(position=1)
    engine = DuckDBEngine(Log(rows=rows, memberships=log.memberships, groups=log.groups))
    with pytest.raises(DataError, match="two items at position 1"):
        evaluate(Div(by="tone"), engine, np.random.default_rng(0))


def test_a_position_counts_as_logged_where_others_are_missing() -> None:
    log = log_of(60, np.random.default_rng(9))
    deep = Log(
        rows=log.rows.assign(position=log.rows.position + 30),
        memberships=log.memberships,
        groups=log.groups,
    )
    found = evaluate(Div(by="tone", at=24), DuckDBEngine(deep), np.random.default_rng(0))
    assert found[0].value == 0.0
    found = evaluate(Div(by="tone", at=36), DuckDBEngine(deep), np.random.default_rng(0))
    whole = evaluate(Div(by="tone", at=6), DuckDBEngine(log), np.random.default_rng(0))
    assert found[0].value == whole[0].value


def test_sums_of_a_request_keep_every_digit_and_empty_requests_are_zero() -> None:
    batch = RankedBatch(offsets=np.array([0, 0, 1, 3, 3]), buckets=np.zeros(4, np.int16))
    assert batch.sum_by_request(np.array([1e16, 1.0, 2.0])).tolist() == [0.0, 1e16, 3.0, 0.0]


def test_an_engine_that_cannot_names_the_one_that_can() -> None:
    class Half(DuckDBEngine):
        name: ClassVar[str] = "half"
        reductions: ClassVar[frozenset[Reduction]] = frozenset({Reduction.REQUEST})

    engine = Half(log_of(5, np.random.default_rng(0)))
    with pytest.raises(UnsupportedError, match=r"'half' can't do Gini.*duckdb"):
        evaluate(Gini(), engine, np.random.default_rng(0))


def test_targets_per_request_come_from_the_log() -> None:
    log = log_of(20, np.random.default_rng(0))
    qualified = pd.DataFrame(
        {
            "request_id": ["r000000", "r000000", "r000001"],
            "attribute": "tone",
            "group": ["a", "b", "b"],
            "share": [0.25, 0.75, 1.0],
        }
    )
    engine = DuckDBEngine(
        Log(rows=log.rows, memberships=log.memberships, qualified=qualified, groups=log.groups)
    )
    batch = next(engine.batches(Div(by="tone")))
    target = batch.target(Target("qualified"))
    assert target[:2].tolist() == [[0.25, 0.75], [0.0, 1.0]]
    assert np.isnan(target[2:]).all()
    assert batch.supply is not None
    assert batch.supply[:2].tolist() == [[True, True], [False, True]]


def test_frames_of_duckdb_relations_are_arrow() -> None:
    relation = duckdb.sql(
        "select 'c' || i as cluster_id, i % 2 as click, 'g' as g from range(50) t(i)"
    )
    engine = DuckDBEngine(Log(rows=relation.to_arrow_table()))
    estimates = evaluate(ActionRate(by="g"), engine, np.random.default_rng(0))
    assert estimates[0].value == 0.5


def test_names_parse_back() -> None:
    for measure in (Div(), Div(by="tone", at=3), ActionRate(by="x", action="save"), Gini()):
        assert parse_measure(str(measure)) == measure
