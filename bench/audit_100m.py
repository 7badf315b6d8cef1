"""Audits of classifiers at a hundred million rows on one machine: the time and the memory."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

from bench.audit_scale import in_a_process, write
from bench.rows import Row


def rows() -> list[Row]:
    """By independent rows and by people, each in a process of its own."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "decisions.parquet"
        write(path, 100)
        found = []
        for unit in ("row", "person"):
            seconds, peak = in_a_process(path, unit)
            what = f"4 rates x 30 groups with intervals, 100M rows, by {unit}"
            found.append(Row(f"{what}: time", seconds, "s", "", "from Parquet to estimates"))
            found.append(Row(f"{what}: peak memory", peak, "GiB", "< 4"))
        return found
