"""Every command that the README shows is run."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import threading
import urllib.request
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess

import numpy as np
import pandas as pd
import pytest
from PIL import Image

Program = Callable[..., CompletedProcess[str]]
ROOT = Path(__file__).resolve().parents[2]


def commands() -> list[str]:
    """Return the commands of the README's shell blocks, line by line."""
    blocks = re.findall(r"```sh\n(.*?)```", (ROOT / "README.md").read_text(), re.DOTALL)
    return [line for block in blocks for line in block.strip().splitlines()]


def test_these_are_the_commands() -> None:
    shown = commands()
    assert shown[:2] == ["make demo", "make test"]
    own = [line.split()[:2] for line in shown[2:]]
    words = ("init", "ingest", "index", "serve", "intervene", "weeks")
    assert own == [[".venv/bin/fairview", word] for word in words]


def test_the_python_example_audits_a_table(capsys: pytest.CaptureFixture[str]) -> None:
    (code,) = re.findall(r"```python\n(.*?)```", (ROOT / "README.md").read_text(), re.DOTALL)
    rng = np.random.default_rng(0)
    table = pd.DataFrame(
        {
            "race": rng.choice(["a", "b"], 400),
            "sex": rng.choice(["f", "m"], 400),
            "reoffended": rng.random(400) < 0.4,
            "high_risk": rng.random(400) < 0.5,
        }
    )
    exec(compile(code, "README.md", "exec"), {"table": table})
    told = capsys.readouterr().out
    assert "FPR" in told or "false positive" in told.lower()
    assert "a & f" in told


def test_weeks_are_simulated_and_told(fairview: Program, tmp_path: Path) -> None:
    small = ("--days", "8", "--replicates", "2", "--items", "300", "--people", "40")
    told = fairview("weeks", *small, "--out", tmp_path / "weeks.html").stdout
    assert "clicks, diversified: day 1" in told
    assert "Synthetic" in (tmp_path / "weeks.html").read_text()


def test_own_pictures_in_four_commands(fairview: Program, tmp_path: Path) -> None:
    pictures = tmp_path / "Pictures"
    pictures.mkdir()
    rng = np.random.default_rng(0)
    coats = [f"{colour} coat" for colour in ("red", "blue", "green", "golden", "grey")]
    for name in (*coats, "green lamp"):
        noise = rng.integers(0, 256, (48, 64, 3), dtype=np.uint8)
        Image.fromarray(noise).save(pictures / f"{name}.png")
    lines = [line.replace("~/Pictures", str(pictures)).split()[1:] for line in commands()[2:]]
    here = [[str(tmp_path / w) if w == "looks" else w for w in words] for words in lines]
    here = here[:5]
    for words in here[:3]:
        fairview(*words)
    assert "red coat" in fairview("search", "coat", "-w", tmp_path / "looks").stdout
    tried = fairview(*here[4], check=False)
    assert tried.returncode in (0, 3), tried.stderr
    assert "Report: " in tried.stdout
    _serve(here[3])


def _serve(words: list[str]) -> None:
    program = [sys.executable, "-c", "from fairview.cli import main; main()", *words]
    server = subprocess.Popen(
        [*program, "--port", "0"], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    killer = threading.Timer(60, server.kill)
    killer.start()
    try:
        assert server.stdout is not None
        said = server.stdout.readline()
        found = re.search(r"http://127\.0\.0\.1:[1-9]\d*/", said)
        assert found, said
        with urllib.request.urlopen(found.group(0)) as reply:
            assert b"<html" in reply.read()
        server.send_signal(signal.SIGINT)
        assert server.wait(30) == 0
    finally:
        killer.cancel()
        server.kill()
        server.wait()
        if server.stdout:
            server.stdout.close()


@pytest.mark.prove
def test_make_demo_in_a_fresh_clone(tmp_path: Path) -> None:
    """The installation comes from the constraints alone, into an environment of its own."""
    clone = tmp_path / "clone"
    subprocess.run(["git", "clone", "-q", str(ROOT), str(clone)], check=True)
    unset = ("VIRTUAL_ENV", "PYTHONPATH", "PYTHONHOME")
    env = {name: value for name, value in os.environ.items() if name not in unset}
    env["PATH"] = os.pathsep.join(
        part for part in env["PATH"].split(os.pathsep) if ".venv" not in part
    )
    done = subprocess.run(
        ["make", "demo", "SERVE=0"],
        cwd=clone,
        capture_output=True,
        text=True,
        env=env,
        timeout=1500,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    assert "synthetic" in done.stdout
    assert done.stdout.count(" -> ") >= 3
    assert re.search(r"\[\d", done.stdout)
    assert (clone / "demo" / "timings.json").is_file()
    shutil.rmtree(clone)
