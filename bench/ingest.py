"""Throughput of ingest and of each signal's producer on the demo's pictures."""

from __future__ import annotations

import os
import time
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.rows import Row
from fairview.catalog import Catalog, Workspace, ingest
from fairview.signals import ItemBatch, producers

SAMPLE = 64


def rows(world: Path) -> list[Row]:
    """Ingest the demo's world again, then time each producer on a sample."""
    with TemporaryDirectory() as folder:
        workspace = Workspace.create(Path(folder) / "bench", synthetic=True)
        cores = len(os.sched_getaffinity(0))
        report = ingest(workspace, world / "manifest.parquet", progress=False)
        result = [Row("ingest", report.items_per_second, "pictures/s", "", f"{cores} processes")]
        catalogue = Catalog(workspace)
        items = catalogue.items().slice(0, SAMPLE).to_pylist()
        batch = ItemBatch(
            [item["item_id"] for item in items],
            [catalogue.picture(item["media"]) for item in items],
            [f"{item['title']}\n{item['description']}" for item in items],
        )
        for name, kind in producers().items():
            producer = kind()
            if producer.fits:
                producer.fit(batch)
            start = time.perf_counter()
            producer.produce(batch)
            each = (time.perf_counter() - start) / SAMPLE * 1e3
            result.append(Row(f"signal {name}, one process", each, "ms/item"))
    return result
