"""The published confusion matrix is what the producer gives, and the reader knows no renderer."""

from __future__ import annotations

import ast
import json
from pathlib import Path

import cv2
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import yaml
from click.testing import CliRunner
from scipy import stats

import fairview.signals
from fairview.catalog import Catalog, Workspace, ingest
from fairview.catalog.world.truth import LIGHTINGS
from fairview.core import SKIN_TONE, Confusion, Contract
from fairview.signals.base import shipped_contract
from fairview.signals.calibrate import (
    Outcome,
    calibration_error,
    confusions,
    main,
    publish,
    quality,
    sample_outcomes,
    workspace_outcomes,
)

ROOM = Path(fairview.signals.__file__).parent
CONTRACT = shipped_contract("skin_tone")


def outcome(tone: int, group: str | None, confidence: float = 0.9, light: str = "even") -> Outcome:
    return Outcome(light, tone, group, group is not None, confidence if group else 0.0)


def imported(path: Path) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module)
    return names


@pytest.mark.parametrize("path", sorted(ROOM.glob("*.py")), ids=lambda path: path.stem)
def test_only_the_measurement_knows_the_renderer(path: Path) -> None:
    used = {name for name in imported(path) if name.startswith("fairview.catalog.world")}
    assert not used or path.stem == "calibrate"


def test_the_renderer_knows_nothing_of_the_reader() -> None:
    world = ROOM.parent / "catalog" / "world"
    for path in world.rglob("*.py"):
        assert not any(name.startswith("fairview.signals") for name in imported(path))


def test_a_matrix_counts_people_by_true_and_read_range() -> None:
    outcomes = [outcome(2, "1-3"), outcome(2, "4-5"), outcome(9, None), outcome(5, "4-5")]
    outcomes.append(outcome(7, "6-7", light="dim"))
    even, dim = sorted(confusions(outcomes), key=lambda matrix: matrix.condition != "even")
    assert even.condition == "even"
    assert even.counts == ((1, 1, 0, 0, 0), (0, 1, 0, 0, 0), (0, 0, 0, 0, 0), (0, 0, 0, 0, 1))
    assert dim.counts[2] == (0, 0, 1, 0, 0)


def test_quality_by_hand() -> None:
    outcomes = [outcome(2, "1-3"), outcome(2, "4-5"), outcome(9, None), outcome(5, "4-5")]
    figures = quality(outcomes)
    assert figures["coverage_all"] == 0.75
    assert figures["accuracy_all"] == pytest.approx(2 / 3, abs=1e-3)
    assert figures["coverage_tone_9"] == 0
    assert "accuracy_tone_9" not in figures
    assert calibration_error(outcomes) == pytest.approx(0.9 - 2 / 3)
    assert calibration_error([]) == 0


def test_publishing_keeps_the_rest_of_the_contract(tmp_path: Path) -> None:
    path = tmp_path / "skin_tone.yaml"
    written = publish(CONTRACT, [outcome(2, "1-3"), outcome(9, "8-10")], path)
    assert Contract.load(path) == written
    assert written.quality["accuracy_all"] == 1
    assert written.intended_use == CONTRACT.intended_use
    assert yaml.safe_load(path.read_text(encoding="utf-8"))["confusion"][0]["domain"] == "rendered"


def test_the_contract_has_one_matrix_per_lighting_in_its_domain() -> None:
    assert [matrix.condition for matrix in CONTRACT.confusion] == list(LIGHTINGS)
    for matrix in CONTRACT.confusion:
        assert matrix.domain == "rendered"
        assert matrix.groups == SKIN_TONE.names
        assert min(sum(row) for row in matrix.counts) >= 20


def test_coverage_differs_little_by_tone_and_keeps_the_promise() -> None:
    shares = [CONTRACT.quality[f"coverage_tone_{tone}"] for tone in range(1, 11)]
    assert max(shares) - min(shares) < 0.2
    assert CONTRACT.quality["coverage_all"] >= CONTRACT.coverage
    assert CONTRACT.quality["calibration_error"] < 0.08


def rows_differ(published: Confusion, fresh: Confusion) -> list[float]:
    """Return, per true range, the p-value that both rows come from one distribution."""
    values = []
    for old, new in zip(published.counts, fresh.counts, strict=True):
        table = np.array([old, new])[:, np.add(old, new) > 0]
        values.append(stats.chi2_contingency(table + 0.5).pvalue if table.shape[1] > 1 else 1.0)
    return values


def test_a_small_fresh_sample_agrees_with_the_contract() -> None:
    """One picture per lighting and tone: its accuracy and coverage lie where they are promised."""
    outcomes = sample_outcomes(1, seed=20)
    read = [each for each in outcomes if each.group is not None]
    right = sum(each.right for each in read)
    covered = stats.binomtest(len(read), len(outcomes), CONTRACT.quality["coverage_all"])
    accurate = stats.binomtest(right, len(read), CONTRACT.quality["accuracy_all"])
    assert covered.pvalue > 1e-3
    assert accurate.pvalue > 1e-3


@pytest.mark.prove
def test_the_published_matrices_are_what_the_producer_gives() -> None:
    """A fresh sample of 480 pictures; 24 rows, each tested at a thousandth over 24."""
    fresh = confusions(sample_outcomes(8, seed=77, processes=2))
    for published, measured in zip(CONTRACT.confusion, fresh, strict=True):
        assert published.condition == measured.condition
        assert min(rows_differ(published, measured)) > 1e-3 / 24


def test_a_workspace_is_measured_by_its_worlds_truth(tmp_path: Path) -> None:
    from fairview.catalog.world import PersonTruth, SceneTruth
    from fairview.catalog.world.draw import STYLES, SUBJECTS, draw_scene

    pictures = tmp_path / "pictures"
    pictures.mkdir()
    rows = []
    for tone in (2, 6):
        person = PersonTruth(tone, "straight", 2)
        scene = SceneTruth("portrait", (person,), "even", STYLES[0], SUBJECTS["portrait"][0])
        drawn = draw_scene(scene, np.random.default_rng(tone))
        cv2.imwrite(str(pictures / f"{tone}.png"), drawn[:, :, ::-1])
        rows.append({"file": f"{tone}.png", "title": str(tone)})
    manifest = pictures / "manifest.jsonl"
    manifest.write_text("\n".join(json.dumps(row) for row in rows), encoding="utf-8")
    workspace = Workspace.create(tmp_path / "workspace", signals={"processes": 1})
    ingest(workspace, manifest, progress=False)
    items = Catalog(workspace).items(["item_id", "title"]).to_pylist()
    truth = pa.table(
        {
            "item_id": [item["item_id"] for item in items],
            "lighting": ["even"] * len(items),
            "monk": [[int(item["title"])] for item in items],
        }
    )
    pq.write_table(truth, tmp_path / "items.parquet")
    outcomes = list(workspace_outcomes(workspace.root, tmp_path / "items.parquet"))
    assert sorted(each.tone for each in outcomes) == [2, 6]
    arguments = ["--workspace", str(workspace.root), "--truth", str(tmp_path / "items.parquet")]
    output = tmp_path / "measured.yaml"
    result = CliRunner().invoke(main, [*arguments, "--output", str(output)])
    assert result.exit_code == 0
    assert "coverage_all" in result.output
    assert Contract.load(output).name == "skin_tone"
    assert CliRunner().invoke(main, arguments[:2]).exit_code == 2
