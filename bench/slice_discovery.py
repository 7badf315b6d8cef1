"""Slice discovery on ACS income: 332,900 rows, 10 columns, conjunctions to depth 3.

Beside it, in the same run: counting the same conjunctions with pandas' group-by, which finds
nothing and confirms nothing; a share of the column sets is timed and the rest extrapolated.
"""

from __future__ import annotations

import os
import time
from itertools import combinations
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.parquet as pq

from bench.rows import Row, median, seconds_each
from fairview.audit.finding import (
    SliceColumn,
    SliceFindings,
    SliceSearch,
    find_slices,
    slice_columns,
)

CODES = ("RAC1P", "SCHL", "POBP", "SEX", "OCCP", "RELP", "COW", "MAR")
OTHERS = ("WKHP", "AGEP")
TIMED = 12
LARGE = 10_000_000


def data_file() -> Path:
    """Where ACS income lies."""
    folder = os.environ.get("FAIRVIEW_DATA") or Path(__file__).parents[2] / "shared" / "data"
    return Path(folder) / "fairness-acs-folktables" / "ACSIncome.validation.parquet"


def rows() -> list[Row]:
    """Time the search from the table in memory to confirmed findings; none where data lacks."""
    if not data_file().is_file():
        return []
    table = pq.read_table(data_file())
    said = (table["SCHL"].to_numpy() >= 21) & (table["WKHP"].to_numpy() >= 40)
    wrong = (said != (table["PINCP"].to_numpy() == 1)).astype(np.float64)
    found: list[SliceFindings] = []

    def search() -> None:
        columns = slice_columns(table, [*CODES, *OTHERS], categories=CODES)
        found.append(find_slices(columns, wrong, np.random.default_rng(0), asked=SliceSearch()))

    taken = seconds_each(search, 5, warmup=1)
    peer = grouped(table.select([*CODES, *OTHERS]).to_pandas().assign(wrong=wrong))
    last = found[-1]
    looked = last.counted + last.small
    return [
        Row(
            f"slice discovery, {last.rows:,} rows, 10 columns, depth 3, {looked:,} groups looked "
            f"at in one half, {len(last.confirmed)} of {len(last.slices)} confirmed in the other",
            median(taken),
            "s",
            "under 60 s",
            f"pandas group-by of the same 175 column sets, without tests: {peer:.1f} s "
            f"(extrapolated from {TIMED}), {peer / median(taken):.1f} times as long",
        ),
        large(),
    ]


def large() -> Row:
    """Time ten million synthetic rows, one slice planted among ten columns."""
    rng = np.random.default_rng(0)
    columns = [
        SliceColumn(
            f"c{j}", tuple(map(str, range(size))), rng.integers(0, size, LARGE, dtype=np.int32)
        )
        for j, size in enumerate((2, 9, 24, 8, 5, 18, 12, 5, 5, 50))
    ]
    inside = (columns[1].codes == 3) & (columns[4].codes == 2)
    wrong = (rng.random(LARGE) < 0.2 + 0.1 * inside).astype(np.float64)
    began, used = time.perf_counter(), time.process_time()
    found = find_slices(columns, wrong, rng)
    taken, used = time.perf_counter() - began, time.process_time() - used
    names = ", ".join(each.name for each in found.confirmed)
    return Row(
        f"slice discovery, {LARGE:,} synthetic rows, 10 columns, depth 3; confirmed: {names}",
        taken,
        "s",
        against=f"{used:.1f} s of one core",
    )


def grouped(frame: pd.DataFrame) -> float:
    """Return the seconds of a group-by over every set of up to three columns, extrapolated."""
    sets = [s for depth in (1, 2, 3) for s in combinations((*CODES, *OTHERS), depth)]
    chosen = np.random.default_rng(0).permutation(len(sets))[:TIMED]
    began = time.perf_counter()
    for place in chosen:
        frame.groupby(list(sets[place]), sort=False)["wrong"].agg(["size", "sum"])
    return (time.perf_counter() - began) / TIMED * len(sets)
