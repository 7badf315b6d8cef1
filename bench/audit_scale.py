"""Audits of classifiers at ten million rows, beside bare counting and Fairlearn."""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from bench.rows import Row
from fairview.measure import (
    DuckDBEngine,
    Estimate,
    Log,
    Precision,
    evaluate_all,
    parse_measure,
)

PEOPLE = 500_000
CHUNK = 1_000_000
NAMES = ("SelectionRate", "TPR", "FPR", "Accuracy")
SUMS = "count(*) n, sum(y_true) y, sum(y_pred) p, sum(y_true * y_pred) yp"
TIMES = 5


def rows() -> list[Row]:
    """Ten million rows: rows that are independent, then people's."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "decisions.parquet"
        write(path, 10)
        return [*independent(path), *clustered(path), *fairlearn_rows(path)]


def write(path: Path, millions: int) -> None:
    """Write decisions about people who differ, in 2 x 15 groups, a million rows at a time."""
    rng = np.random.default_rng(0)
    own = rng.beta(2, 3, PEOPLE)
    sexes = np.array(["Female", "Male"])
    races = np.array([f"race {k:02d}" for k in range(15)])
    writer = None
    for _ in range(millions):
        person = rng.integers(0, PEOPLE, CHUNK)
        truth = rng.random(CHUNK) < own[person]
        decided = rng.random(CHUNK) < np.where(truth, 0.5 + 0.4 * own[person], 0.15)
        table = pa.table(
            {
                "cluster_id": person,
                "sex": sexes[person % 2],
                "race": races[person // 2 % 15],
                "y_true": truth.astype(np.int8),
                "y_pred": decided.astype(np.int8),
            }
        )
        writer = writer or pq.ParquetWriter(path, table.schema)
        writer.write_table(table)
    if writer:
        writer.close()


def audited(path: Path, unit: str, precision: Precision) -> list[Estimate]:
    """From Parquet to finished estimates."""
    measures = [parse_measure(f"{name}(by='sex*race', unit={unit!r})") for name in NAMES]
    engine = DuckDBEngine(Log(path))
    return evaluate_all(measures, engine, np.random.default_rng(0), precision)


def side_by_side(ours: Callable[[], object], bare: Callable[[], object]) -> dict[str, float]:
    """Medians of both, in turn: seconds on the clock, and of processors."""
    taken: dict[str, list[float]] = {name: [] for name in ("ours", "bare", "cpu", "bare cpu")}
    ours()
    for _ in range(TIMES):
        for name, call, cpu in (("bare", bare, "bare cpu"), ("ours", ours, "cpu")):
            start, used = time.perf_counter(), time.process_time()
            call()
            taken[name].append(time.perf_counter() - start)
            taken[cpu].append(time.process_time() - used)
    return {name: statistics.median(values) for name, values in taken.items()}


def quiet() -> duckdb.DuckDBPyConnection:
    """A connection that draws no progress bar."""
    connection = duckdb.connect()
    connection.execute("set enable_progress_bar = false")
    return connection


def beside(took: dict[str, float]) -> str:
    """The medians that a ratio was made of, and the ratio of processor times."""
    ratio = took["cpu"] / took["bare cpu"]
    return f"{took['ours']:.2f} s against {took['bare']:.2f} s; {ratio:.2f} x in processor time"


def independent(path: Path) -> list[Row]:
    """Rows that are independent, against the bare group-by of the same columns."""
    bare = f"select sex, race, {SUMS} from read_parquet('{path}') group by all"
    connection = quiet()
    took = side_by_side(
        lambda: audited(path, "row", Precision()), lambda: connection.execute(bare).fetchall()
    )
    what = "4 rates x 30 groups with 95 % intervals, 10M rows"
    _, peak = in_a_process(path, "row")
    return [
        Row(
            f"{what}: times the bare group-by",
            took["ours"] / took["bare"],
            "x",
            "<= 3",
            beside(took),
        ),
        Row(f"{what}: peak memory", peak, "GiB", "< 1", "a process of its own"),
    ]


def clustered(path: Path) -> list[Row]:
    """The same by people, with 1,000 replicates, against the bare group-by per person."""
    inner = f"select cluster_id, sex, race, {SUMS} from read_parquet('{path}') group by all"
    bare = f"select sum(n), sum(y), sum(p), sum(yp) from ({inner})"
    connection = quiet()
    precision = Precision(replicates=1000, bootstrap=True)
    took = side_by_side(
        lambda: audited(path, "person", precision), lambda: connection.execute(bare).fetchall()
    )
    people = connection.execute(inner).to_arrow_table().to_pandas()
    full = widths_by_person(people)
    ratios = width_ratios(audited(path, "person", precision), full)
    plain = width_ratios(audited(path, "person", Precision()), full)
    what = f"the same clustered by {PEOPLE:,} people, 1,000 replicates"
    _, peak = in_a_process(path, "person")
    return [
        Row(
            f"{what}: times the bare group-by per person",
            took["ours"] / took["bare"],
            "x",
            "<= 3",
            beside(took),
        ),
        Row(
            f"{what}: widths against a bootstrap of every person",
            float(np.mean(ratios)),
            "x",
            "0.97 to 1.03",
            f"mean of {len(ratios)}; each within {max(abs(r - 1) for r in ratios):.1%}",
        ),
        Row(
            "the same by the jackknife, without chance",
            float(np.mean(plain)),
            "x",
            "0.97 to 1.03",
            f"mean of {len(plain)}; each within {max(abs(r - 1) for r in plain):.1%}",
        ),
        Row(f"{what}: peak memory", peak, "GiB", "< 1", "a process of its own"),
    ]


def width_ratios(found: list[Estimate], full: dict[tuple[str, str], float]) -> list[float]:
    """Each interval's width over that of the bootstrap of every person."""
    return [
        (e.high - e.low) / full[e.measure.split("(")[0], e.slice]
        for e in found
        if e.high is not None and e.low is not None
    ]


def widths_by_person(people: pd.DataFrame) -> dict[tuple[str, str], float]:
    """The widths of percentile intervals from 1,000 draws of every person, by rate and slice."""
    rng = np.random.default_rng(1)
    slices = people.sex + " & " + people.race
    names, place = np.unique(slices.to_numpy(), return_inverse=True)
    sums = people[["n", "y", "p", "yp"]].to_numpy(np.float64)
    drawn = np.zeros((1000, len(names) + 1, 4))
    for b in range(len(drawn)):
        times = np.bincount(rng.integers(0, len(people), len(people)), minlength=len(people))
        for c in range(4):
            drawn[b, :-1, c] = np.bincount(place, times * sums[:, c], len(names))
    drawn[:, -1] = drawn[:, :-1].sum(axis=1)
    n, y, p, yp = np.moveaxis(drawn, 2, 0)
    rates = {
        "SelectionRate": p / n,
        "TPR": yp / y,
        "FPR": (p - yp) / (n - y),
        "Accuracy": (yp + n - y - p + yp) / n,
    }
    ends = {name: np.quantile(rate, [0.025, 0.975], axis=0) for name, rate in rates.items()}
    return {
        (name, str(label)): float(high[i] - low[i])
        for name, (low, high) in ends.items()
        for i, label in enumerate([*names, "overall"])
    }


def fairlearn_rows(path: Path) -> list[Row]:
    """Fairlearn's MetricFrame without intervals on a million rows, times ten."""
    from fairlearn import metrics as fair
    from sklearn.metrics import accuracy_score

    frame = next(pq.ParquetFile(path).iter_batches(CHUNK)).to_pandas()
    start, began = time.perf_counter(), time.process_time()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        made = fair.MetricFrame(
            metrics={
                "selection rate": fair.selection_rate,
                "tpr": fair.true_positive_rate,
                "fpr": fair.false_positive_rate,
                "accuracy": accuracy_score,
            },
            y_true=frame.y_true,
            y_pred=frame.y_pred,
            sensitive_features=frame[["sex", "race"]],
        )
        made.by_group  # noqa: B018
    theirs, used = 10 * (time.perf_counter() - start), 10 * (time.process_time() - began)
    taken = []
    for _ in range(TIMES):
        start, before = time.perf_counter(), time.process_time()
        audited(path, "row", Precision())
        taken.append((time.perf_counter() - start, time.process_time() - before))
    ours, cpu = (statistics.median(part) for part in zip(*taken, strict=True))
    return [
        Row(
            "4 rates x 30 groups, 10M rows: times as fast as Fairlearn's MetricFrame",
            theirs / ours,
            "x",
            ">= 300",
            f"{ours:.2f} s with intervals against {theirs:.0f} s without, extrapolated from "
            f"1M rows; {used / cpu:.0f} x in processor time",
        )
    ]


def in_a_process(path: Path, unit: str) -> tuple[float, float]:
    """Seconds and peak memory in GiB of an audit in a process of its own."""
    program = (
        "import sys, time\n"
        "from pathlib import Path\n"
        "from bench.audit_scale import Precision, audited\n"
        "start = time.perf_counter()\n"
        "audited(Path(sys.argv[1]), sys.argv[2], Precision())\n"
        "took = time.perf_counter() - start\n"
        "status = Path('/proc/self/status').read_text()\n"
        "print(took, int(status.split('VmHWM:')[1].split()[0]) / 2**20)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, str(path), unit], check=True, capture_output=True, text=True
    )
    seconds, peak = done.stdout.split()
    return float(seconds), float(peak)
