"""Spark's own: where tables come from, what a lent session keeps, and how it fails."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

sys.path.insert(0, str(Path(__file__).parent))
from logs_made import shared_log

from fairview.core import DataError, ExtraError, MissingError
from fairview.measure import DuckDBEngine, Estimate, Log, evaluate, parse_measure
from fairview.measure.engines.spark import SparkEngine

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

RATE = parse_measure("ActionRate(by='tone')")
DIV = parse_measure("Div(by='tone')@4")


def figures(measure: Any, engine: Any) -> list[tuple[str, int, float | None]]:
    found: list[Estimate] = evaluate(measure, engine, np.random.default_rng(0))
    return [(e.slice, e.n, e.value if e.value is None else round(e.value, 12)) for e in found]


def test_files_tables_and_frames_give_the_same(spark: SparkSession, tmp_path: Path) -> None:
    log = shared_log(60)
    log.rows.to_parquet(tmp_path / "rows.parquet")
    log.rows.to_csv(tmp_path / "rows.csv", index=False)
    spark.sql("create database if not exists shop")
    spark.sql(
        "create table if not exists shop.events (request_id string, cluster_id string, "
        "item_id string, position bigint, click double, sex string) partitioned by (day string) "
        "stored as parquet"
    )
    frame = spark.createDataFrame(pa.Table.from_pandas(log.rows, preserve_index=False))
    taken = frame.selectExpr(
        "request_id",
        "cluster_id",
        "item_id",
        "position",
        "click",
        "sex",
        "string(position % 2) as day",
    )
    spark.conf.set("hive.exec.dynamic.partition.mode", "nonstrict")
    taken.write.insertInto("shop.events", overwrite=True)
    taken.createOrReplaceTempView("shown")
    sources = [tmp_path / "rows.parquet", str(tmp_path / "rows.csv"), "table:shown", taken]
    rate = parse_measure("ActionRate(by='sex')")
    for source in sources:
        engine = SparkEngine(replace(log, rows=source), session=spark)
        assert engine.columns[:2] == ("request_id", "cluster_id")
        assert sum(n for _, n, _ in figures(rate, engine)) == 2 * log.rows.click.notna().sum()
        engine.close()
    engine = SparkEngine(replace(log, rows="table:shop.events"), session=spark)
    for measure in (RATE, DIV):
        assert figures(measure, engine) == figures(measure, DuckDBEngine(log))
    assert spark.conf.get("spark.sql.catalogImplementation") == "hive"


def test_a_lent_session_is_given_back_as_it_was(spark: SparkSession) -> None:
    spark.conf.set("spark.sql.session.timeZone", "Asia/Kolkata")
    before = {table.name for table in spark.catalog.listTables()}
    engine = SparkEngine(shared_log(20), session=spark)
    evaluate(DIV, engine, np.random.default_rng(0))
    assert spark.conf.get("spark.sql.session.timeZone") == "Asia/Kolkata"
    engine.close()
    assert {table.name for table in spark.catalog.listTables()} == before


def test_what_is_missing_or_wrong_is_said_in_a_sentence(
    spark: SparkSession, tmp_path: Path
) -> None:
    for source in (tmp_path / "none.parquet", "table:shop.nothing"):
        with pytest.raises(MissingError, match="check the path or the table's name"):
            SparkEngine(Log(source), session=spark)
    (tmp_path / "text.parquet").write_text("no parquet")
    with pytest.raises(DataError, match="rows can't be read"):
        SparkEngine(Log(tmp_path / "text.parquet"), session=spark)
    log = shared_log(20)
    engine = SparkEngine(replace(log, rows=log.rows.drop(columns="click")), session=spark)
    with pytest.raises(DataError, match="needs the column click"):
        evaluate(RATE, engine, np.random.default_rng(0))
    text = log.rows.assign(click="often")
    with pytest.raises(DataError, match="can't be computed from the log's rows"):
        evaluate(
            RATE, SparkEngine(replace(log, rows=text), session=spark), np.random.default_rng(0)
        )


def test_an_error_in_a_partition_is_the_sentence_of_one_machine(spark: SparkSession) -> None:
    log = shared_log(30)
    twice = log.rows.copy()
    twice.loc[twice.index[10:12], ["request_id", "position"]] = ["réq again", 3]
    said = []
    for make in (DuckDBEngine, lambda log: SparkEngine(log, session=spark)):
        with pytest.raises(DataError) as raised:
            evaluate(DIV, make(replace(log, rows=twice)), np.random.default_rng(0))
        said.append(str(raised.value))
    assert said[0] == said[1]
    assert "réq again" in said[0]


def test_types_that_spark_lacks_are_taken(spark: SparkSession) -> None:
    rows = pd.DataFrame(
        {
            "cluster_id": [f"c{i}" for i in range(40)],
            "sex": pd.Categorical(["x", "y"] * 20),
            "click": np.tile(np.array([1, 0], np.uint8), 20),
            "nothing": [None] * 40,
        }
    )
    measure = parse_measure("ActionRate(by='sex')")
    engine = SparkEngine(Log(rows), session=spark)
    assert figures(measure, engine) == figures(measure, DuckDBEngine(Log(rows)))


def test_without_pyspark_the_way_to_it_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyspark.sql", None)
    with pytest.raises(ExtraError, match=r"fairview\[spark\]"):
        SparkEngine(shared_log(10))
