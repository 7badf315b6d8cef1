"""Run the benchmarks and write one table: `python -m bench [NAME ...]`."""

from __future__ import annotations

import json
import os
import platform
import sys
from collections.abc import Callable
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from bench import demo, dispatch, ingest, page, report, search, slice_discovery, startup
from bench.rows import Row
from fairview.core.run_record import code_revision, package_versions

RESULTS = Path(__file__).parent / "results"


def entries(folder: Path) -> dict[str, Callable[[], list[Row]]]:
    """Return the entries by name, in order; the later ones use what the demo made."""
    return {
        "dispatch": dispatch.rows,
        "startup": startup.rows,
        "slice_discovery": slice_discovery.rows,
        "report": report.rows,
        "demo": lambda: demo.rows(folder),
        "search": lambda: search.rows(folder / "workspace"),
        "ingest": lambda: ingest.rows(folder / "world"),
        "page": lambda: page.rows(folder / "workspace"),
    }


def table(rows: list[Row]) -> str:
    """Return the rows as a Markdown table under a line about the machine."""
    made = f"Measured {datetime.now(UTC):%Y-%m-%d} at {code_revision()}"
    lines = [
        f"{made} on {os.cpu_count()} cores, Python {platform.python_version()}.",
        "",
        "| what | measured | goal | beside |",
        "| --- | ---: | --- | --- |",
    ]
    lines += [
        f"| {row.what} | {row.value:,.4g} {row.unit} | {row.goal} | {row.against} |" for row in rows
    ]
    return "\n".join(lines) + "\n"


def main(names: list[str]) -> None:
    """Run the named entries, or all of them."""
    rows: list[Row] = []
    with TemporaryDirectory() as kept:
        folder = Path(os.environ.get("FAIRVIEW_BENCH_DEMO") or Path(kept) / "demo")
        for name, run in entries(folder).items():
            if not names or name in names:
                print(f"{name} …", file=sys.stderr)
                rows += run()
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / "table.md").write_text(table(rows))
    record = {"packages": package_versions(), "rows": [asdict(row) for row in rows]}
    (RESULTS / "table.json").write_text(json.dumps(record, indent=2))
    print(table(rows))


main(sys.argv[1:])
