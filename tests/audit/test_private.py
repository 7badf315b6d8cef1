"""Audits under a privacy budget: noisy figures, honest intervals, and a ledger that refuses."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import yaml
from decisions_made import decisions

import fairview
from fairview.audit import AuditResult, save_audit
from fairview.audit.private import _estimate
from fairview.audit.spec import AuditSpec
from fairview.core import DataError, Outcome, UsageError
from fairview.measure import Log, Status, parse_measure
from fairview.measure.measures.tpr import TPR

pytest.importorskip("opendp", reason="the extra 'privacy' isn't installed")

SPEC: dict[str, Any] = {
    "slices": ["sex"],
    "columns": {"cluster_id": "person"},
    "measures": ["TPR", "FNR"],
    "gates": [{"name": "found", "measure": "TPR(by='sex')", "slice": "M", "at_least": 0.5}],
    "privacy": {"epsilon": 6.0, "spend": 3.0, "groups": {"sex": ["F", "M"]}},
}


def audit(folder: Path, frame: pd.DataFrame | None = None, **privacy: Any) -> AuditResult:
    asked = {**SPEC, "privacy": {**SPEC["privacy"], "ledger": str(folder / "l.db"), **privacy}}
    found: AuditResult = fairview.audit(decisions(8000) if frame is None else frame, asked)
    return found


def test_figures_are_near_the_truth_and_never_exact(tmp_path: Path) -> None:
    frame = decisions(8000)
    rates = frame[frame.y_true == 1].groupby("sex").y_pred.mean()
    result = audit(tmp_path)
    found = {e.slice: e for e in result.of("TPR(by='sex')")}
    for sex in ("F", "M"):
        assert found[sex].value == pytest.approx(rates[sex], abs=0.05)
        assert found[sex].low < rates[sex] < found[sex].high
    missed = {e.slice: e.value for e in result.of("FNR(by='sex')")}
    assert missed["F"] == pytest.approx(1 - rates["F"], abs=0.05)
    assert found["unknown"].status is Status.SUPPRESSED
    assert result.verdicts[0].outcome is Outcome.PASS
    again = audit(tmp_path)
    assert again.estimates != result.estimates


def test_nothing_exact_is_released(tmp_path: Path) -> None:
    result = audit(tmp_path)
    assert not result.counts
    assert result.run_record.data_digest == ""
    assert not result.evidence
    save_audit(tmp_path / "out", result)
    assert not (tmp_path / "out" / "cells.npz").exists()
    page = result.to_html()
    assert "differential privacy" in page
    assert "8,000" not in page


def test_the_ledger_keeps_account_and_refuses(tmp_path: Path) -> None:
    (tmp_path / "audit.yaml").write_text(yaml.safe_dump(SPEC))
    decisions(2000).to_parquet(tmp_path / "log.parquet")
    first = fairview.audit(tmp_path / "log.parquet", tmp_path / "audit.yaml")
    assert (tmp_path / "privacy.db").is_file()
    assert "3 of a budget of epsilon 6" in first.notes[-1]
    with pytest.raises(UsageError, match="privacy budget doesn't hold"):
        fairview.audit(
            tmp_path / "log.parquet",
            tmp_path / "audit.yaml",
            privacy={**SPEC["privacy"], "spend": 6.0},
        )


def test_one_row_of_each_person_is_read(tmp_path: Path) -> None:
    """A person with a thousand rows counts as one person."""
    frame = decisions(3000)
    heavy = pd.concat([frame, pd.concat([frame.head(1).assign(y_true=1, y_pred=1)] * 5000)])
    result = audit(tmp_path, heavy)
    n = sum(e.n for e in result.of("TPR(by='sex')") if e.slice in ("F", "M"))
    assert n == pytest.approx(frame.y_true.sum(), abs=60)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"measures": ["Gap(of='TPR')"], "gates": []}, "can't be made under a privacy budget"),
        ({"measures": ["BalancedAccuracy"], "gates": []}, "can't be made under a privacy budget"),
        ({"slices": ["region"], "gates": []}, "declare the groups of 'region'"),
        ({"measures": ["TPR(by='sex', unit='item')"], "gates": []}, "is about items"),
    ],
)
def test_what_cannot_be_private_is_refused_before_a_spend(
    tmp_path: Path, change: dict[str, Any], said: str
) -> None:
    asked = {**SPEC, **change}
    asked["privacy"] = {**SPEC["privacy"], "ledger": str(tmp_path / "l.db")}
    with pytest.raises(DataError, match=said):
        fairview.audit(decisions(100), asked)
    assert not (tmp_path / "l.db").exists()


def test_a_workspace_has_no_budget(tmp_path: Path, workspace: Any) -> None:
    from fairview.audit import run_audit

    spec = AuditSpec.model_validate(SPEC)
    with pytest.raises(UsageError, match="for audits of a log"):
        run_audit(spec, Log(decisions(10)), rng=np.random.default_rng(0))


@pytest.mark.prove
@pytest.mark.parametrize("seed", [1, 2, 3])
@pytest.mark.parametrize(("n", "share", "error"), [(400, 0.3, 8.0), (5000, 0.05, 20.0)])
def test_intervals_hold_noise_and_sampling(seed: int, n: int, share: float, error: float) -> None:
    rng = np.random.default_rng(seed)
    audits = 10_000
    yes = rng.binomial(n, share, audits) + rng.normal(0, error, audits)
    every = n + rng.normal(0, error, audits)
    measure = parse_measure("TPR(by='sex')")
    assert isinstance(measure, TPR)
    found = [
        _estimate(measure, "F", (float(y), float(e), error), 0.95, 10)
        for y, e in zip(yes, every, strict=True)
    ]
    held = np.mean([e.low <= share <= e.high for e in found if e.low is not None])
    assert held == pytest.approx(0.95, abs=0.012)
