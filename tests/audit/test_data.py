"""Auditing any table in one call, whatever holds it; what is wrong is said before the work."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import yaml
from decisions_made import SPEC, audited, decisions

import fairview
from fairview.audit import AuditSpec, audit_data
from fairview.core import DataError, MissingError, Outcome, UsageError
from fairview.measure import SamplingUnit

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

GAP = "Gap(of=\"TPR(by='sex', unit='row')\")"


def test_a_planted_gap_is_found_and_fails_its_gate() -> None:
    result = audited()
    frame = decisions()
    rates = frame[frame.y_true == 1].groupby("sex").y_pred.mean()
    found = {e.slice: e.value for e in result.of("TPR(by='sex', unit='row')")}
    assert found["F"] == pytest.approx(rates["F"])
    assert found["M"] == pytest.approx(rates["M"])
    [gap] = result.of(GAP)
    assert gap.value == pytest.approx(rates["M"] - rates["F"])
    assert gap.low < 0.3 < gap.high
    assert [v.outcome for v in result.verdicts] == [Outcome.FAIL, Outcome.PASS, Outcome.FAIL]
    assert result.exit_code == 1
    assert result.counts == {"rows of the log": 4000}
    assert result.is_foreign
    assert {e.unit for e in result.estimates} == {SamplingUnit.ROW}


def test_every_kind_of_table_gives_the_same_figures(tmp_path: Path) -> None:
    frame = decisions(600)
    table = pa.Table.from_pandas(frame, preserve_index=False)
    for place, half in enumerate((table.slice(0, 250), table.slice(250))):
        pq.write_table(half, tmp_path / f"part{place}.parquet")
    frame.to_csv(tmp_path / "log.csv", index=False)
    connection = duckdb.connect()
    sources: list[Any] = [
        frame,
        pl.from_pandas(frame),
        table,
        connection.from_arrow(table),
        tmp_path / "log.csv",
        str(tmp_path / "part*.parquet"),
    ]
    results = [fairview.audit(source, SPEC) for source in sources]
    for result in results[1:]:
        assert result.estimates == results[0].estimates
    digests = [r.run_record.data_digest for r in results]
    assert all(len(digest) == 64 for digest in digests)
    assert digests[2] == digests[3]
    assert fairview.audit(frame.assign(y_pred=1), SPEC).run_record.data_digest != digests[0]
    (tmp_path / "folder").mkdir()
    for part in ("part0.parquet", "part1.parquet"):
        (tmp_path / part).rename(tmp_path / "folder" / part)
    assert fairview.audit(tmp_path / "folder", SPEC).estimates == results[0].estimates


def test_the_room_is_a_package_and_a_function() -> None:
    code = (
        "import sys, fairview\n"
        "assert not {'numpy', 'pandas', 'duckdb', 'fairview.audit'} & set(sys.modules)\n"
        "assert callable(fairview.audit)\n"
        "from fairview.audit import AuditSpec, audit_data\n"
        "import fairview.audit as room\n"
        "assert room is fairview.audit\n"
        "assert room.AuditSpec is AuditSpec\n"
        "try:\n    fairview.nothing\nexcept AttributeError as error:\n    print(error)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "has no attribute 'nothing'" in done.stdout


def test_what_is_asked_can_stand_in_any_form(tmp_path: Path) -> None:
    frame = decisions(300)
    (tmp_path / "audit.yaml").write_text(yaml.safe_dump(SPEC))
    first = audit_data(frame, SPEC)
    assert audit_data(frame, tmp_path / "audit.yaml").estimates == first.estimates
    assert audit_data(frame, str(tmp_path / "audit.yaml")).estimates == first.estimates
    assert audit_data(frame, AuditSpec.model_validate(SPEC)).estimates == first.estimates
    listed = audit_data(frame, ["TPR"], slices=["sex"], unit="row", level=0.9)
    assert {e.level for e in listed.estimates} == {0.9}
    named = audit_data(frame, "TPR", slices=("sex",), unit="row", level=0.9)
    assert named.estimates == listed.estimates
    other = audit_data(frame, tmp_path / "audit.yaml", slices=["region"], gates=[])
    assert {e.slice for e in other.of("TPR(by='region', unit='row')")} >= {"north", "south"}
    with pytest.raises(UsageError, match="can't be read from a int"):
        audit_data(frame, 3)  # type: ignore[arg-type]


def test_columns_are_read_under_other_names_and_bands_are_cut() -> None:
    frame = decisions(2000).rename(columns={"y_true": "repaid", "y_pred": "granted"})
    frame["age"] = [20 + i % 50 for i in range(len(frame))]
    result = fairview.audit(
        frame,
        ["TPR"],
        columns={"y_true": "repaid", "y_pred": "granted"},
        bands={"age_band": {"column": "age", "starts": [20, 40, 60]}},
        slices=["age_band"],
        unit="row",
    )
    named = {e.slice for e in result.estimates}
    assert {"20-39", "40-59", "60+"} <= named
    assert any("repaid as y_true" in note for note in result.notes)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"slices": ["gender"]}, "no column 'gender' to slice by; it has sex, region"),
        ({"columns": {"y_true": "label"}}, "y_true is read from 'label', which the log doesn't"),
        (
            {"bands": {"b": {"column": "age", "starts": [1]}}, "slices": ["b"]},
            "bands: b cuts 'age', which the log doesn't have",
        ),
        ({"measures": ["TPR", "Nope"]}, "There is no measure 'Nope'"),
        ({"measures": ["NDCG"], "gates": []}, "NDCG@24 needs the columns"),
        ({"references": {"race": "x"}}, "references: nothing is sliced by 'race'"),
    ],
)
def test_what_is_wrong_is_said_first(change: dict[str, Any], said: str) -> None:
    asked = {**SPEC, "gates": [], **change}
    with pytest.raises((DataError, UsageError), match=said):
        fairview.audit(decisions(50), asked)


def test_files_that_are_no_log_are_said(tmp_path: Path) -> None:
    with pytest.raises(MissingError, match="no log at"):
        fairview.audit(tmp_path / "none.parquet", SPEC)
    (tmp_path / "notes.txt").write_text("x")
    with pytest.raises(UsageError, match="neither Parquet nor CSV"):
        fairview.audit(tmp_path / "notes.txt", SPEC)
    (tmp_path / "broken.parquet").write_bytes(b"PAR1 no")
    with pytest.raises(DataError, match="can't be read"):
        fairview.audit(tmp_path / "broken.parquet", SPEC)
    with pytest.raises(DataError, match="has no rows"):
        fairview.audit(decisions(10).head(0), SPEC)
    with pytest.raises(UsageError, match="can't be read as a table"):
        fairview.audit([1, 2], SPEC)


def test_what_nobody_asked_about_is_searched_for() -> None:
    frame = decisions(6000, gap=0.0)
    hidden = (frame.sex == "F") & (frame.region == "south")
    frame.loc[hidden & (frame.y_true == 1), "y_pred"] = 0
    frame["score"] = frame.y_pred * 0.8 + 0.1
    asked = {
        **SPEC,
        "gates": [],
        "columns": {"y_pred": "score"},
        "defaults": {"threshold": 0.5},
        "find": {"error": "false negative", "depth": 2},
    }
    [found] = fairview.audit(frame, asked).findings
    assert found.rows[0][0] == "sex=F & region=south"
    again = fairview.audit(frame, asked)
    assert again.findings == (found,)
    assert "What nobody asked about" in again.to_html()
    by_loss = fairview.audit(
        frame.assign(cost=hidden * 1.0), {**SPEC, "gates": [], "find": {"loss": "cost"}}
    )
    assert by_loss.findings[0].rows[0][0] == "sex=F & region=south"
    with pytest.raises(DataError, match="no column 'nothing'"):
        fairview.audit(frame, {**SPEC, "gates": [], "find": {"columns": ["nothing"]}})


def test_a_frame_of_spark_gives_the_same_figures(spark: SparkSession) -> None:
    frame = decisions(500)
    mine = fairview.audit(frame, SPEC)
    theirs = fairview.audit(spark.createDataFrame(frame), SPEC)
    assert [v.outcome for v in theirs.verdicts] == [v.outcome for v in mine.verdicts]
    for one, two in zip(mine.estimates, theirs.estimates, strict=True):
        assert (one.measure, one.slice, one.n, one.status) == (
            two.measure, two.slice, two.n, two.status,
        )  # fmt: skip
        if one.value is not None:
            assert two.value == pytest.approx(one.value, abs=1e-12)
    assert theirs.run_record.data_digest == ""


@pytest.mark.data
def test_compas_gives_the_published_rates(data_dir: Path) -> None:
    result = fairview.audit(
        data_dir / "fairness-compas" / "compas-scores-two-years.parquet",
        ["FPR", "FNR"],
        columns={"y_true": "two_year_recid", "y_pred": "decile_score"},
        slices=["race"],
        unit="row",
        defaults={"threshold": 5},
    )
    found = {(e.measure[:3], e.slice): e.value for e in result.estimates}
    published = {
        ("FPR", "African-American"): 0.4485,
        ("FPR", "Caucasian"): 0.2345,
        ("FNR", "African-American"): 0.2799,
        ("FNR", "Caucasian"): 0.4772,
    }
    for key, rate in published.items():
        assert found[key] == pytest.approx(rate, abs=5e-5)


def test_one_group_that_nothing_is_known_of_is_no_crash() -> None:
    rows = pd.DataFrame({"sex": [None] * 40, "y_true": [1, 0] * 20, "y_pred": [1] * 40})
    rows["sex"] = rows["sex"].astype("string")
    result = fairview.audit(rows, ["TPR", "Gap(of='TPR')"], slices=["sex"], unit="row")
    assert [e.slice for e in result.estimates if e.measure.startswith("TPR")] == [
        "unknown", "overall",
    ]  # fmt: skip
    gap = result.estimates[-1]
    assert gap.value is None
    assert "fewer than two slices" in gap.note


@pytest.mark.parametrize(
    ("column", "values", "said"),
    [
        ("sex", ["F", "f"] * 20, "differ only in case"),
        ("y_true", [0, 2] * 20, "0 or 1"),
        ("y_true", [0.0, float("inf")] * 20, "0 or 1"),
        (
            "y_pred",
            [0.5] + [1.0] * 39,
            "reads 1 value that isn't 0 or 1 from y_pred, y_true; .*thresh",
        ),
        ("sex", ["F", ""] * 20, "a group without a name"),
    ],
)
def test_a_wrong_value_is_an_error_and_no_lack_of_evidence(
    column: str, values: list[Any], said: str
) -> None:
    rows = pd.DataFrame({"sex": ["F", "M"] * 20, "y_true": [1, 0] * 20, "y_pred": [1] * 40})
    rows[column] = values
    with pytest.raises(DataError, match=said):
        fairview.audit(rows, ["TPR"], slices=["sex"], unit="row")


def test_a_mistyped_field_or_parameter_is_named() -> None:
    rows = pd.DataFrame({"sex": ["F", "M"] * 20, "y_true": [1, 0] * 20, "y_pred": [1] * 40})
    with pytest.raises(DataError, match="no field 'slice'; did you mean slices"):
        fairview.audit(rows, ["TPR"], slice=["sex"])
    with pytest.raises(DataError, match=r"Measure TPR doesn't take weight; it takes"):
        fairview.audit(rows, ["TPR(by='sex', weight='w')"], attributes=["sex"])
    with pytest.raises(DataError, match=r"gates\.1\.atmost: there is no such field"):
        fairview.audit(
            rows, ["TPR"], slices=["sex"], gates=[{"name": "g", "measure": "TPR", "atmost": 1}]
        )
    with pytest.raises(DataError, match="measures: this field is needed"):
        fairview.audit(rows, {"slices": ["sex"]})
