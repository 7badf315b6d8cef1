"""How long the program takes to say anything."""

from __future__ import annotations

import subprocess
import sys

from bench.rows import Row, median, seconds_each


def rows() -> list[Row]:
    """Time `fairview --help` and a bare interpreter, in turn."""
    program = "import sys; sys.argv = ['fairview', '--help']; from fairview.cli import main; main()"

    def run(code: str) -> None:
        subprocess.run([sys.executable, "-c", code], stdout=subprocess.DEVNULL, check=True)

    shown = median(seconds_each(lambda: run(program), 9, warmup=2))
    bare = median(seconds_each(lambda: run("pass"), 9, warmup=2))
    return [
        Row("fairview --help", shown, "s", "at most 0.3", f"{shown / bare:.1f} x a bare python")
    ]
