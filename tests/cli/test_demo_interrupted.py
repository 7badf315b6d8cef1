"""Ctrl-C while the demo is at work leaves no process behind, and the demo can be run again."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil


def test_ctrl_c_while_pictures_are_drawn(tmp_path: Path) -> None:
    folder = tmp_path / "demo"
    program = "from fairview.cli import main; main()"
    started = subprocess.Popen(
        [sys.executable, "-c", program, "demo", "--folder", str(folder), "--no-serve"],
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    try:
        until = time.monotonic() + 60
        while not _workers(started.pid) and time.monotonic() < until:
            time.sleep(0.1)
        workers = _workers(started.pid)
        assert workers
        os.killpg(started.pid, signal.SIGINT)
        _, said = started.communicate(timeout=30)
    finally:
        started.kill()
    assert started.returncode == 130
    assert said.strip().splitlines()[-1] == "Stopped."
    assert "Traceback" not in said
    _, alive = psutil.wait_procs(workers, timeout=10)
    assert not alive


def _workers(parent: int) -> list[psutil.Process]:
    try:
        return psutil.Process(parent).children(recursive=True)
    except psutil.NoSuchProcess:
        return []
