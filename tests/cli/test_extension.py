"""The recipes of CONTRIBUTING: one file each adds a measure, a stage, a signal, a re-ranker."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess

import pytest

Program = Callable[..., CompletedProcess[str]]

RECIPES = Path(__file__).resolve().parents[2] / "CONTRIBUTING.md"


def recipes() -> dict[str, str]:
    """Return the files of the recipes by name; each code block begins with its file's name."""
    blocks = re.findall(r"```python\n# (\w+\.py)\n(.*?)```", RECIPES.read_text(), re.DOTALL)
    return dict(blocks)


SETTINGS = """
plugins = ["depth.py", "no_zero.py", "brightness.py", "backwards.py"]

[signals]
producers = ["picture_embedding", "text_embedding", "skin_tone", "brightness"]

[discovery]
reranker = "backwards"
stages = ["no zero"]
"""

AUDIT = """
title: Depth of the page
measures:
  - Depth@10
gates:
  - name: pages are full
    measure: Depth@10
    at_least: 0.5
"""


@pytest.fixture(scope="module")
def extended(tmp_path_factory: pytest.TempPathFactory, fairview: Program) -> Path:
    folder = tmp_path_factory.mktemp("extended")
    world, workspace = folder / "world", folder / "shop"
    fairview("world", world, "--items", 200, "--people", 40, "--days", 3, "--requests-per-day", 60)
    fairview("init", workspace)
    files = recipes()
    assert sorted(files) == ["backwards.py", "brightness.py", "depth.py", "no_zero.py"]
    for name, text in files.items():
        (workspace / name).write_text(text)
    (workspace / "fairview.toml").write_text(SETTINGS)
    (workspace / "audit.yaml").write_text(AUDIT)
    report = json.loads(
        fairview("ingest", world / "manifest.parquet", "--json", "-w", workspace).stdout
    )
    assert report["added"] == 200
    fairview("events", world / "events.parquet", "-w", workspace)
    fairview("signals", "run", "-w", workspace)
    fairview("index", "-w", workspace)
    return workspace


def test_the_added_signal_covers_the_catalogue(extended: Path, fairview: Program) -> None:
    shown = json.loads(fairview("signals", "show", "--json", "-w", extended).stdout)
    assert shown["brightness"]["present"] == 200


def test_the_added_stage_and_reranker_shape_the_page(extended: Path, fairview: Program) -> None:
    done = fairview("search", "linen outfit ideas", "--explain", "--json", "-w", extended)
    answer = json.loads(done.stdout)
    assert answer["items"]
    assert not [item for item in answer["items"] if item["id"].startswith("0")]
    assert answer["removed"]["no zero"].keys() == {"its id starts with 0"}
    ranks = [item["rank_before"] for item in answer["items"]]
    assert ranks[0] > ranks[1] > ranks[2]


def test_the_added_measure_decides_a_gate(extended: Path, fairview: Program) -> None:
    done = fairview("audit", "--json", "-w", extended, check=False)
    audit = json.loads(done.stdout)
    assert done.returncode == 0, done.stderr
    assert "Depth@10" in json.dumps(audit)
    assert any(extended.joinpath("runs").rglob("*.html"))


def test_a_failing_gate_exits_with_1(extended: Path, fairview: Program) -> None:
    spec = extended / "other.yaml"
    spec.write_text(AUDIT.replace("at_least: 0.5", "at_least: 2"))
    done = fairview("audit", "--spec", spec, "-w", extended, check=False)
    assert done.returncode == 1, done.stdout + done.stderr
    assert "Verdict: fail" in done.stdout


def test_a_gate_without_evidence_exits_with_3(extended: Path, fairview: Program) -> None:
    spec = extended / "other.yaml"
    spec.write_text(AUDIT.split("gates:")[0])
    done = fairview("audit", "--spec", spec, "-w", extended, check=False)
    assert done.returncode == 3, done.stdout + done.stderr
    assert "Verdict: insufficient evidence" in done.stdout
