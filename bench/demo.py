"""The demo's steps, as it times them itself."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from bench.rows import Row


def rows(demo: Path) -> list[Row]:
    """Run the demo into `demo`, without serving, and read its timings."""
    program = "from fairview.cli import main; main()"
    subprocess.run(
        [sys.executable, "-c", program, "demo", "--folder", str(demo), "--no-serve"],
        check=True,
        stdout=subprocess.DEVNULL,
    )
    steps = json.loads((demo / "timings.json").read_text())
    result = [Row(f"demo: {name}", seconds, "s") for name, seconds in steps["seconds"].items()]
    total = sum(steps["seconds"].values())
    return [
        *result,
        Row("demo: all steps", total, "s", "at most 180"),
        Row("demo: peak memory of one process", steps["peak_mib"], "MiB", "at most 2048"),
    ]
