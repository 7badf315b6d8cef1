"""Run the benchmarks and write one table: `python -m bench [NAME ...]`.

Every file of this folder that defines `rows` is a benchmark of its own name; a new one is one file.
What `rows` takes by name is handed to it: ``demo`` (the demo's folder), its ``workspace`` and
``world``, or ``scratch`` (an empty folder that is removed afterwards).
"""

from __future__ import annotations

import inspect
import json
import os
import pkgutil
import platform
import sys
from collections.abc import Callable
from dataclasses import asdict
from datetime import UTC, datetime
from functools import partial
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory

import bench
from bench.rows import Row
from fairview.core.run_record import code_revision, package_versions

RESULTS = Path(__file__).parent / "results"
FIRST = "demo"
"""The benchmark that makes what others use."""


def entries(demo: Path, scratch: Path) -> dict[str, Callable[[], list[Row]]]:
    """Return the benchmarks by name: the demo, then the others."""
    places = {
        "demo": demo,
        "workspace": demo / "workspace",
        "world": demo / "world",
        "scratch": scratch,
    }
    found: dict[str, Callable[[], list[Row]]] = {}
    names = [m.name for m in pkgutil.iter_modules(bench.__path__) if not m.name.startswith("__")]
    for name in sorted(names, key=lambda n: (n != FIRST, n)):
        run = getattr(import_module(f"bench.{name}"), "rows", None)
        if run is not None:
            given = {p: places[p] for p in inspect.signature(run).parameters}
            found[name] = partial(run, **given)
    return found


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
    """Run the named benchmarks, or all of them; an unknown name ends with the list of names."""
    rows: list[Row] = []
    with TemporaryDirectory() as kept:
        demo = Path(os.environ.get("FAIRVIEW_BENCH_DEMO") or Path(kept) / "demo")
        every = entries(demo, Path(kept) / "scratch")
        unknown = [name for name in names if name not in every]
        if unknown:
            sys.exit(f"There is no benchmark {unknown[0]!r}; there are {', '.join(every)}.")
        for name, run in every.items():
            if not names or name in names:
                print(f"{name} …", file=sys.stderr)
                rows += run()
                write(rows)
    print(table(rows))


def write(rows: list[Row]) -> None:
    """Write what was measured so far, so that a long run that ends early leaves it."""
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / "table.md").write_text(table(rows))
    record = {"packages": package_versions(), "rows": [asdict(row) for row in rows]}
    (RESULTS / "table.json").write_text(json.dumps(record, indent=2))


if __name__ == "__main__":
    main(sys.argv[1:])
