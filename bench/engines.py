"""The same Parquet file on DuckDB and on Spark on one machine: same figures, both times."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb
import numpy as np

from bench.rows import Row
from fairview.measure import DuckDBEngine, Engine, Estimate, Log, evaluate_all, parse_measure
from fairview.measure.engines.spark import SparkEngine, spark_session

ROWS = int(os.environ.get("FAIRVIEW_BENCH_ENGINE_ROWS", "10000000"))
POSITIONS = 10
COUNTED = ("TPR", "FPR", "FDR", "SelectionRate")
RANKED = (
    "Div(by='shop')@10",
    "NDKL(by='shop', target='uniform')@10",
    "ExposureShare(by='shop')@10",
)
_MAKE = """
copy (
  select 'r' || (i // {positions})::varchar as request_id,
    'p' || (hash(i // {positions}) % 500000)::varchar as cluster_id,
    'i' || (hash(i, 1) % 100000)::varchar as item_id,
    (i % {positions} + 1)::integer as position,
    ['f', 'm'][(hash(i, 2) % 2 + 1)::int] as sex,
    ['a', 'b', 'c', 'd', 'e'][(hash(i, 3) % 5 + 1)::int] as race,
    ['s', 't', 'u'][(hash(i, 4) % 3 + 1)::int] as region,
    ['n', 'e', 's', 'w'][(hash(i, 5) % 4 + 1)::int] as shop,
    (hash(i, 6) % 10 < 3)::int as y_true,
    (hash(i, 7) % 10 < 4)::int as y_pred
  from range({rows}) t(i)
) to '{path}' (format parquet, row_group_size 500000)
"""


def rows() -> list[Row]:
    """Time both engines on counts of 30 groups clustered by people, and on rankings."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "log.parquet"
        duckdb.sql(_MAKE.format(rows=ROWS, positions=POSITIONS, path=path))
        log = Log(path, groups={"shop": ("e", "n", "s", "w")})
        session = spark_session(
            {
                "spark.master": f"local[{len(os.sched_getaffinity(0))}]",
                "spark.driver.memory": "2g",
                "spark.sql.shuffle.partitions": "16",
                "spark.ui.enabled": "false",
                "spark.ui.showConsoleProgress": "false",
                "spark.local.dir": folder,
                "spark.driver.host": "127.0.0.1",
                "spark.driver.bindAddress": "127.0.0.1",
            }
        )
        session.sparkContext.setLogLevel("OFF")
        found: list[Row] = []
        by = "sex*race*region"
        for what, names in (
            ("4 rates of 30 groups by 500,000 people", [f"{n}(by='{by}')" for n in COUNTED]),
            ("3 ranking measures of 4 groups", list(RANKED)),
        ):
            one, quick = _timed(DuckDBEngine, log, names)
            other, slow = _timed(lambda log: SparkEngine(log, session=session), log, names)
            apart = _apart(one, other)
            about = f"{ROWS:,} rows, {what}"
            found += [
                Row(f"DuckDB: {about}", quick, "s", "", f"{len(one)} estimates with intervals"),
                Row(f"Spark: {about}", slow, "s", "", f"{slow / quick:.1f} x DuckDB"),
                Row(f"figures apart: {about}", apart, "", "at most 1e-12", "largest, relative"),
            ]
        session.stop()
    return found


def _timed(
    make: Callable[[Log], Engine], log: Log, names: list[str]
) -> tuple[list[Estimate], float]:
    start = time.perf_counter()
    measures = [parse_measure(name) for name in names]
    estimates = evaluate_all(measures, make(log), np.random.default_rng(0))
    return estimates, time.perf_counter() - start


def _apart(one: list[Estimate], other: list[Estimate]) -> float:
    """Return the largest relative difference; infinite where a count or a status differs."""
    largest = 0.0
    for a, b in zip(one, other, strict=True):
        if (a.slice, a.n, a.excluded, a.status) != (b.slice, b.n, b.excluded, b.status):
            return float("inf")
        for what in ("value", "low", "high"):
            mine, theirs = getattr(a, what), getattr(b, what)
            if mine is not None and theirs is not None:
                largest = max(largest, abs(mine - theirs) / max(abs(mine), 1e-300))
    return largest
