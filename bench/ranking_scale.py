"""Ranking measures over a million requests, in a process of its own; NDKL beside FairRankTune."""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import time
import warnings
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from bench.rows import Row, median, seconds_each
from fairview.measure import DuckDBEngine, Log, RankedBatch, evaluate_all, parse_measure
from fairview.measure.measures.ndkl import NDKL

REQUESTS, POSITIONS, PEOPLE = 1_000_000, 25, 300_000
GROUPS = ("1-3", "4-5", "6-7", "8-10")
TARGETED = "Skew MinSkew MaxSkew MeanMinSkew MeanMaxSkew NDKL ExposureGap ExposureParity AWRF"
MEASURES = (
    "Div(by='tone')@25",
    "ExposureShare(by='tone')@25",
    *(f"{name}(by='tone', target='uniform')@25" for name in TARGETED.split()),
)


def write_log(path: Path, requests: int = REQUESTS) -> None:
    """Write a log whose requests stand in no order of their ids, 100,000 of them at a time."""
    rng = np.random.default_rng(0)
    writer = None
    for start in range(0, requests, 100_000):
        size = min(100_000, requests - start)
        ids = pa.array([f"{key:016x}" for key in rng.integers(0, 2**63, size)])
        people = pa.array([f"p{i}" for i in rng.integers(0, PEOPLE, size)])
        each = np.repeat(np.arange(size), POSITIONS)
        n = size * POSITIONS
        table = pa.table(
            {
                "request_id": ids.take(pa.array(each)),
                "cluster_id": people.take(pa.array(each)),
                "position": np.tile(np.arange(1, POSITIONS + 1, dtype=np.int32), size),
                "tone": pa.DictionaryArray.from_arrays(
                    rng.choice(4, n, p=[0.45, 0.3, 0.15, 0.1]).astype(np.int8), list(GROUPS)
                ).cast(pa.string()),
            }
        )
        writer = writer or pq.ParquetWriter(path, table.schema)
        writer.write_table(table)
    assert writer is not None
    writer.close()


def measured(path: str) -> dict[str, float]:
    """Return how long all measures take from the file to intervals, and the most memory held."""
    start = time.perf_counter()
    engine = DuckDBEngine(Log(rows=path), threads=2, memory_limit="2GB")
    estimates = evaluate_all(
        [parse_measure(text) for text in MEASURES], engine, np.random.default_rng(0)
    )
    seconds = time.perf_counter() - start
    assert all(e.low is not None for e in estimates if e.slice not in ("supply", "unknown"))
    used = resource.getrusage(resource.RUSAGE_SELF)
    return {
        "seconds": seconds,
        "cpu": used.ru_utime + used.ru_stime,
        "gib": used.ru_maxrss / 2**20,
        "figures": len(estimates),
    }


def _ndkl_against_peer(n: int) -> Row:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import FairRankTune
    groups = np.random.default_rng(0).integers(0, 4, n)
    ranking = pd.DataFrame({0: np.arange(n)})
    of_item = dict(enumerate(groups.tolist()))
    membership = np.eye(5)[groups]

    def ours() -> None:
        batch = RankedBatch(np.array([0, n]), np.zeros(1, np.int16), {}, GROUPS, membership)
        NDKL(by="tone", target="uniform", at=n).reduce(batch)

    mine = median(seconds_each(ours, 30))
    theirs = median(seconds_each(lambda: FairRankTune.NDKL(ranking, of_item), 5, warmup=1))
    return Row(
        f"NDKL of one list of {n:,}",
        mine / theirs,
        "x",
        "below 1",
        f"FairRankTune {1000 * theirs:.0f} ms, here {1000 * mine:.2f} ms",
    )


def rows() -> list[Row]:
    with TemporaryDirectory() as kept:
        path = Path(kept) / "rows.parquet"
        write_log(path)
        command = [sys.executable, "-m", "bench.ranking_scale", str(path)]
        done = subprocess.run(command, check=True, capture_output=True, text=True)
        found = json.loads(done.stdout)
    what = f"{len(MEASURES)} ranking measures, 1M requests x 25, 4 groups"
    return [
        Row(what, found["seconds"], "s", "60", f"{found['cpu']:.0f} CPU-s"),
        Row(f"{what}: peak memory", found["gib"], "GiB", "4"),
        _ndkl_against_peer(1000),
        _ndkl_against_peer(5000),
    ]


if __name__ == "__main__":
    print(json.dumps(measured(sys.argv[1])))
