"""`fairview audit --log` and `fairview audit compare`: exit codes, files, and what is printed."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

SPEC = """
title: Decisions
slices: [sex]
unit: row
measures: [TPR, "Gap(of='TPR')"]
gates:
  - {name: alike, measure: "Gap(of='TPR')", at_most: LIMIT}
"""


def write_log(path: Path, gap: float, seed: int = 0, n: int = 3000) -> Path:
    rng = np.random.default_rng(seed)
    sex = rng.choice(["F", "M"], n)
    truth = rng.random(n) < 0.5
    yes = rng.random(n) < np.where(truth, 0.8 - gap * (sex == "F"), 0.2)
    pd.DataFrame({"sex": sex, "y_true": truth, "y_pred": yes}).to_parquet(path)
    return path


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory, fairview: Callable[..., Any]) -> Path:
    """A folder with two audits, one of them of a system that has a gap."""
    folder = tmp_path_factory.mktemp("audits")
    (folder / "audit.yaml").write_text(SPEC.replace("LIMIT", "0.15"))
    for name, gap in (("good", 0.0), ("bad", 0.4)):
        log = write_log(folder / f"{name}.parquet", gap)
        fairview(
            "audit", "--log", log, "--spec", folder / "audit.yaml", "--out", folder / name,
            check=False,
        )  # fmt: skip
    return folder


def test_exit_codes_are_those_of_the_gates(saved: Path, fairview: Callable[..., Any]) -> None:
    spec = saved / "audit.yaml"
    good = fairview("audit", "--log", saved / "good.parquet", "--spec", spec, check=False)
    assert good.returncode == 0, good.stderr
    assert "pass: alike" in good.stdout
    assert "No gap found; the smallest gap this could have found" in good.stdout
    bad = fairview("audit", "--log", saved / "bad.parquet", "--spec", spec, "--json", check=False)
    assert bad.returncode == 1
    assert json.loads(bad.stdout)["verdict"]["outcome"] == "fail"
    (saved / "tight.yaml").write_text(SPEC.replace("LIMIT", "0.02"))
    tight = fairview(
        "audit", "--log", saved / "good.parquet", "--spec", saved / "tight.yaml", check=False
    )
    assert tight.returncode == 3
    assert "insufficient evidence" in tight.stdout


def test_everything_is_written_and_the_summary_is_added(
    saved: Path, tmp_path: Path, fairview: Callable[..., Any]
) -> None:
    names = {path.name for path in (saved / "good").iterdir()}
    assert {"report.html", "result.json", "summary.md", "card.md", "metrics.txt"} <= names
    summary = tmp_path / "summary.md"
    summary.write_text("before\n")
    done = fairview(
        "audit", "--log", str(saved / "goo*.parquet"), "--spec", saved / "audit.yaml",
        "--markdown", env={"GITHUB_STEP_SUMMARY": str(summary)},
    )  # fmt: skip
    assert done.stdout.startswith("## Decisions: ✅ pass")
    assert summary.read_text().startswith("before\n## Decisions: ✅ pass")


def test_two_saved_audits_are_compared(saved: Path, fairview: Callable[..., Any]) -> None:
    worse = fairview("audit", "compare", saved / "good", saved / "bad", check=False)
    assert worse.returncode == 1
    assert "alike did not fail before and does now" in worse.stdout
    better = fairview("audit", "compare", saved / "bad", saved / "good", "--json")
    found = json.loads(better.stdout)
    assert found["gates"]["alike"] == ["fail", "pass"]
    assert found["verdict"] == "pass"
    text = fairview("audit", "compare", saved / "bad", saved / "good", "--markdown").stdout
    assert "More than noise" in text


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--log", "nowhere.parquet", "--spec", "SPEC"), "no log at nowhere.parquet"),
        (("--log", "good.parquet"), "--log needs --spec"),
        (("--out", "x"), "--out goes with --log"),
        (("--log", "good.parquet", "--spec", "none.yaml"), "no audit file at none.yaml"),
        (("compare", "nowhere", "nowhere"), "no audit at nowhere"),
    ],
)
def test_what_is_wrong_is_one_sentence_and_exit_2(
    saved: Path, fairview: Callable[..., Any], arguments: tuple[str, ...], said: str
) -> None:
    given = [
        str(saved / "audit.yaml") if each == "SPEC" else each.replace("good", str(saved / "good"))
        for each in arguments
    ]
    done = fairview("audit", *given, check=False)
    assert done.returncode == 2
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_a_search_and_a_watch_are_one_flag_each(
    saved: Path, tmp_path: Path, fairview: Callable[..., Any]
) -> None:
    asked = ("audit", "--log", saved / "bad.parquet", "--spec", saved / "audit.yaml")
    found = fairview(*asked, "--find", "--out", tmp_path / "found", check=False)
    assert found.returncode == 1, found.stderr
    assert not found.stderr
    assert "sex=F" in found.stdout
    assert "sex=F" in (tmp_path / "found" / "report.html").read_text()
    watched = fairview(*asked, "--watch", tmp_path / "state", "--json", check=False)
    data = json.loads(watched.stdout)
    assert any("confidence sequence" in e["method"] for e in data["estimates"])
    assert (tmp_path / "state" / "watched.npz").is_file()
    lone = fairview(*asked, "--planned-error", "0.1", check=False)
    assert lone.returncode == 2
    assert "goes with --watch" in lone.stderr
