"""Parts of a log add up to the whole: any split, any order, one person on several days."""

from __future__ import annotations

from functools import reduce

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fairview.core import DataError
from fairview.measure import (
    Cells,
    DuckDBEngine,
    Estimate,
    Log,
    Measure,
    Precision,
    estimates_of,
    parse_measure,
)

MEASURES = tuple(
    parse_measure(text)
    for text in (
        "TPR(by='sex*race')",
        "Accuracy(by='sex')",
        "MAE(by='race')",
        "EqualisedOdds(by='sex')",
        "TPR(by='sex', unit='row')",
        "RMSE(by='race', unit='row')",
    )
)


def decisions() -> pd.DataFrame:
    rng = np.random.default_rng(8)
    n = 600
    return pd.DataFrame(
        {
            "cluster_id": [f"p{i}" for i in rng.integers(0, 60, n)],
            "sex": rng.choice(["F", "M"], n),
            "race": rng.choice(["x", "y", None], n),
            "y_true": rng.integers(0, 2, n),
            "y_pred": rng.integers(0, 2, n),
        }
    )


FRAME = decisions()


def cells_of(frame: pd.DataFrame) -> list[Cells]:
    found = DuckDBEngine(Log(frame)).reduce(MEASURES)
    return [cells for cells in found if isinstance(cells, Cells)]


def estimates(measure: Measure, cells: Cells) -> list[Estimate]:
    return estimates_of(measure, cells, np.random.default_rng(3), Precision(minimum_cell=1))


@settings(max_examples=6, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(st.integers(0, 3), min_size=600, max_size=600), st.permutations(range(4)))
def test_any_split_in_any_order_gives_the_whole(day: list[int], order: list[int]) -> None:
    """People come back on other days: the split is by row, not by person."""
    parts = [FRAME[np.array(day) == d] for d in order]
    made = [cells_of(part) for part in parts if len(part)]
    for place, (measure, whole) in enumerate(zip(MEASURES, cells_of(FRAME), strict=True)):
        shards = [part[place] for part in made]
        left = reduce(Cells.merge, shards)
        right = reduce(lambda a, b: b.merge(a), reversed(shards))
        for merged in (left, right):
            assert merged.buckets.tolist() == whole.buckets.tolist()
            spread = merged.spread(whole.slices, whole.components, whole.buckets)
            np.testing.assert_array_equal(spread.count, whole.count)
            np.testing.assert_allclose(spread.mean, whole.mean, atol=1e-12)
            np.testing.assert_allclose(spread.m2, whole.m2, atol=1e-9)
        for one, two in zip(estimates(measure, left), estimates(measure, whole), strict=True):
            assert (one.slice, one.n, one.status) == (two.slice, two.n, two.status)
            if one.value is not None:
                assert one.value == pytest.approx(two.value, abs=1e-12)


def test_rows_and_clusters_do_not_add_up() -> None:
    rows, people = (
        DuckDBEngine(Log(FRAME)).reduce([parse_measure(f"TPR(by='sex', unit='{unit}')")])[0]
        for unit in ("row", "person")
    )
    assert isinstance(rows, Cells)
    assert isinstance(people, Cells)
    with pytest.raises(DataError, match="independent rows and of clusters"):
        rows.merge(people)


def test_sources_of_every_kind_give_the_same(tmp_path: object) -> None:
    import duckdb
    import polars as pl
    import pyarrow as pa

    from fairview.measure.measures.tpr import TPR

    connection = duckdb.connect()
    connection.register("frame", FRAME)
    connection.execute("create table decisions as select * from frame")
    sources = [
        DuckDBEngine(Log(FRAME)),
        DuckDBEngine(Log(pa.Table.from_pandas(FRAME))),
        DuckDBEngine(Log(pl.from_pandas(FRAME))),
        DuckDBEngine(Log(connection.table("decisions"))),
        DuckDBEngine(Log("decisions"), connection=connection),
    ]
    totals = [engine.group_cells(TPR(by="sex")).totals.sum(axis=0).tolist() for engine in sources]
    assert all(total == totals[0] for total in totals)
    assert connection.execute("select count(*) from decisions").fetchone() == (600,)
