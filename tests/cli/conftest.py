"""Running the program as people do, in a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Mapping

import pytest

Done = subprocess.CompletedProcess[str]


def run(*arguments: object, check: bool = True, env: Mapping[str, str] | None = None) -> Done:
    """Run `fairview` with these arguments; fail with what it printed where `check` isn't met."""
    program = "from fairview.cli import main; main()"
    done = subprocess.run(
        [sys.executable, "-c", program, *map(str, arguments)],
        capture_output=True,
        text=True,
        timeout=600,
        env={**os.environ, **(env or {})},
        check=False,
    )
    if check and done.returncode:
        raise AssertionError(f"fairview {arguments} gave {done.returncode}:\n{done.stderr}")
    return done


@pytest.fixture(scope="session")
def fairview() -> Callable[..., Done]:
    """The program."""
    return run
