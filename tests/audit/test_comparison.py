"""Two audits side by side: what changed, and whether it is more than noise."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from decisions_made import SPEC, audited, decisions

import fairview
from fairview.audit import AuditResult, compare_audits, load_audit, save_audit
from fairview.catalog import Workspace
from fairview.core import DataError, MissingError, Outcome, UsageError
from fairview.discovery import save_run

GAP = "Gap(of=\"TPR(by='sex', unit='row')\")"


def test_a_mended_gap_is_more_than_noise() -> None:
    found = compare_audits(audited(gap=0.3), audited(gap=0.0, seed=1))
    shown = {(c.measure, c.slice) for c in found.shown}
    assert ("TPR(by='sex', unit='row')", "F") in shown
    assert ("FPR(by='sex', unit='row')", "M") not in shown
    assert found.verdict.outcome is Outcome.PASS
    assert found.exit_code == 0
    one, two = found.gates["misses"]
    assert (one.outcome, two.outcome) == (Outcome.FAIL, Outcome.PASS)
    text = found.to_markdown()
    assert "❌ fail | ✅ pass" in text
    assert "more than noise" in text
    assert json.loads(json.dumps(found.to_dict()))["gates"]["misses"] == ["fail", "pass"]


def test_a_new_gap_fails_and_names_the_rule() -> None:
    found = compare_audits(audited(gap=0.0), audited(gap=0.3, seed=1))
    assert found.exit_code == 1
    assert "did not fail before and does now" in found.verdict.reason
    no_gates = [
        replace(side, spec=side.spec.model_copy(update={"gates": ()}), verdicts=())
        for side in (found.before, found.after)
    ]
    worse = compare_audits(*no_gates)
    assert worse.exit_code == 1
    assert "got worse by more than noise" in worse.verdict.reason
    assert any(c.slice == "F" and c.measure.startswith("TPR") for c in worse.worse)


def test_the_same_system_on_other_people_shows_nothing() -> None:
    """Holm over all figures keeps false alarms of the whole comparison rare."""
    alarms = 0
    for seed in range(12):
        found = compare_audits(audited(n=1500, seed=seed), audited(n=1500, seed=100 + seed))
        alarms += bool(found.shown)
    assert alarms <= 3
    same = audited()
    twice = compare_audits(same, same)
    assert not twice.shown
    assert any("same data" in note for note in twice.notes)


def test_saved_audits_are_compared_as_the_living_are(tmp_path: Path) -> None:
    before, after = audited(gap=0.3), audited(gap=0.0, seed=1)
    for name, result in (("before", before), ("after", after)):
        report = save_audit(tmp_path / name, result)
        assert report.read_text(encoding="utf-8").startswith("<!doctype html>")
        files = {p.name for p in (tmp_path / name).iterdir()}
        assert files == {
            "result.json", "cells.npz", "report.html", "summary.md", "card.md", "metrics.txt",
        }  # fmt: skip
    loaded = [load_audit(tmp_path / name) for name in ("before", "after")]
    assert loaded[0] == before
    living, saved = compare_audits(before, after), compare_audits(*loaded)
    assert saved.changes == living.changes
    assert np.array_equal(saved.p_values, living.p_values, equal_nan=True)
    apart = compare_audits(
        load_audit(tmp_path / "before"),
        AuditResult.from_json((tmp_path / "after" / "result.json").read_text()),
    )
    assert {c.method for c in apart.changes if c.low is not None} == {
        "two audits taken as independent, normal"
    }
    assert any("as if the audits were independent" in note for note in apart.notes)
    key = ("TPR(by='sex', unit='row')", "F")
    by_key = [{(c.measure, c.slice): c for c in each.changes} for each in (saved, apart)]
    assert by_key[1][key].low == pytest.approx(by_key[0][key].low, abs=0.01)


def test_the_parts_of_a_workspace_run_are_compared(tmp_path: Path, workspace: Workspace) -> None:
    runs = [
        save_run(workspace, {"page": audited(gap=gap), "log": audited(gap=0.1)})
        for gap in (0.3, 0.0)
    ]
    found = compare_audits(*(load_audit(run.folder) for run in runs))
    assert {c.method for c in found.changes} != {"two audits taken as independent, normal"}
    assert any(c.slice == "F" for c in found.shown)
    logs = [load_audit(run.folder / "log.json") for run in runs]
    assert not compare_audits(*logs).shown
    assert all(log.evidence for log in logs)


def test_what_cannot_be_compared_or_read_is_said(tmp_path: Path) -> None:
    one = audited()
    other = fairview.audit(decisions(200), ["Accuracy"], slices=["region"], unit="row")
    with pytest.raises(UsageError, match="no figure in common"):
        compare_audits(one, other)
    with pytest.raises(MissingError, match="no audit at"):
        load_audit(tmp_path)
    save_audit(tmp_path / "a", one)
    (tmp_path / "a" / "cells.npz").write_bytes(b"broken")
    with pytest.raises(DataError, match="damaged"):
        load_audit(tmp_path / "a")
    save_audit(tmp_path / "b", other)
    save_audit(tmp_path / "a", one)
    (tmp_path / "b" / "cells.npz").replace(tmp_path / "a" / "cells.npz")
    with pytest.raises(DataError, match="has statistics of Accuracy"):
        load_audit(tmp_path / "a")


def test_figures_of_one_side_alone_and_changed_rules_are_named() -> None:
    one = audited()
    asked = {**SPEC, "measures": [*SPEC["measures"], "PPV"], "gates": [
        {**SPEC["gates"][0], "at_most": 0.5}, *SPEC["gates"][1:]]}  # fmt: skip
    found = compare_audits(one, fairview.audit(decisions(), asked))
    assert any(name.startswith("PPV") for name in found.only_after)
    assert not found.only_before
    assert any("The rules of misses differ" in note for note in found.notes)
