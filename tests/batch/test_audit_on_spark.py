"""The same audit file gives the same figures and verdicts on Spark as on one machine."""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "measure"))
from logs_made import shared_log

from fairview.audit import AuditSpec, run_audit
from fairview.batch import audit_on_spark
from fairview.batch.audit import main
from fairview.core import DataError, MissingError

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

SPEC = """
title: Shown items
attributes: [tone, sex]
measures:
  - ActionRate(by='sex')
  - ActionRate(by='tone')
  - MinSkew(by='tone')@4
  - Div(by='tone')@4
  - Gini
  - Gap(of="ActionRate(by='sex')")
gates:
  - name: every tone is seen
    measure: Div(by='tone')@4
    at_least: 0.99
"""


def test_figures_and_verdicts_are_those_of_one_machine(spark: SparkSession) -> None:
    spec = AuditSpec.from_text(SPEC)
    log = shared_log(80)
    mine = run_audit(spec, log, rng=np.random.default_rng(3))
    before = {table.name for table in spark.catalog.listTables()}
    theirs = audit_on_spark(log, spec, session=spark, seed=3)
    assert {table.name for table in spark.catalog.listTables()} == before
    assert [v.outcome for v in mine.verdicts] == [v.outcome for v in theirs.verdicts]
    assert mine.exit_code == theirs.exit_code == 1
    assert len(mine.estimates) == len(theirs.estimates)
    for one, other in zip(mine.estimates, theirs.estimates, strict=True):
        assert (one.measure, one.slice, one.n, one.status, one.excluded) == (
            (other.measure, other.slice, other.n, other.status, other.excluded)
        )
        for a, b in ((one.value, other.value), (one.low, other.low), (one.high, other.high)):
            assert a == (b if b is None else pytest.approx(b, rel=1e-12, abs=1e-12))


def test_a_table_of_the_catalog_is_audited_from_the_command_line(
    spark: SparkSession, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    log = shared_log(80)
    spark.createDataFrame(log.rows.drop(columns=["sex", "vector"])).createOrReplaceTempView(
        "shown_items"
    )
    assert isinstance(log.memberships, pd.DataFrame)
    log.memberships.to_parquet(tmp_path / "tones.parquet")
    (tmp_path / "audit.yaml").write_text(
        SPEC.replace("  - ActionRate(by='sex')\n", "")
        .replace("  - Gap(of=\"ActionRate(by='sex')\")\n", "")
        .replace("  - MinSkew(by='tone')@4\n", "")
        .replace("attributes: [tone, sex]", "attributes: [tone]")
        .replace("0.99", "0.01")
    )
    arguments = ["--rows", "table:shown_items", "--spec", str(tmp_path / "audit.yaml")]
    arguments += ["--memberships", str(tmp_path / "tones.parquet"), "--out", str(tmp_path / "out")]
    with pytest.raises(SystemExit) as stop:
        main(arguments)
    assert stop.value.code == 0
    assert "Verdict: pass" in capsys.readouterr().out
    written = json.loads((tmp_path / "out" / "audit.json").read_text())
    assert written["verdict"]["outcome"] == "pass"
    assert "<html" in (tmp_path / "out" / "audit.html").read_text()
    arguments[1] = "table:nowhere"
    with pytest.raises(SystemExit) as stop:
        main(arguments)
    assert stop.value.code == 2
    assert "check the path or the table's name" in capsys.readouterr().err


def test_what_lacks_is_said(spark: SparkSession) -> None:
    spec = AuditSpec.from_text(SPEC)
    log = shared_log(20)
    with pytest.raises(MissingError, match="memberships at /none don't exist"):
        audit_on_spark(replace(log, memberships="/none"), spec, session=spark)
    rows = spark.createDataFrame(log.rows.drop(columns=["sex", "vector"]))
    with pytest.raises(DataError, match="no column 'tone' to slice by"):
        audit_on_spark(rows, spec, session=spark)
