"""Audits that are watched: every log is added once, and intervals hold on all days."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from decisions_made import decisions

import fairview
from fairview.audit import AuditResult, watch
from fairview.core import DataError, Outcome, UsageError
from fairview.measure import Status

TPR = "TPR(by='sex', unit='row')"
TO_M = f"Gap(of=\"{TPR}\", to='M')"
WORST = f'Gap(of="{TPR}")'


def day(seed: int, gap: float = 0.3, **fields: object) -> AuditResult:
    gates = [
        {"name": "alike", "measure": TO_M, "slice": "F", "within": [-0.1, 0.1]},
        {"name": "worst", "measure": WORST, "at_most": 0.1},
    ]
    rows = decisions(1500, gap=gap, seed=seed)
    asked = {"attributes": ["sex"], "measures": [TPR, TO_M, WORST], "gates": gates, **fields}
    found: AuditResult = fairview.audit(rows, asked)
    return found


def rng() -> np.random.Generator:
    return np.random.default_rng(0)


def test_days_add_up_to_one_audit_with_wider_intervals(tmp_path: Path) -> None:
    one, two = day(1), day(2)
    first = watch(tmp_path, one, planned_error=0.02, rng=rng())
    both = watch(tmp_path, two, rng=rng())
    for name in ("F", "M"):
        parts = [next(e for e in r.of(TPR) if e.slice == name) for r in (one, two)]
        whole = next(e for e in both.of(TPR) if e.slice == name)
        assert whole.n == sum(p.n for p in parts)
        weighted = sum((p.value or 0) * p.n for p in parts) / whole.n
        assert whole.value == pytest.approx(weighted)
        assert whole.method == "confidence sequence, planned error 0.02"
        looked = next(e for e in first.of(TPR) if e.slice == name)
        assert (looked.high or 0) - (looked.low or 0) > (parts[0].high or 0) - (parts[0].low or 0)
    assert both.counts["rows of the log"] == 3000
    assert "2 logs so far" in both.notes[-1]
    assert both.verdicts[0].outcome is Outcome.FAIL
    assert both.verdicts[1].outcome is Outcome.INSUFFICIENT
    [worst] = both.of(WORST)
    assert worst.status is Status.INSUFFICIENT
    assert worst.low is None
    assert "watch a rate" in worst.note
    assert "too close to its bound" not in both.to_markdown()


def test_a_log_is_added_once(tmp_path: Path) -> None:
    watch(tmp_path, day(1), rng=rng())
    first = watch(tmp_path, day(2), rng=rng())
    again = watch(tmp_path, day(2), rng=rng())
    assert again.estimates == first.estimates
    assert again.counts == first.counts
    assert "wasn’t added again" in again.notes[-1]
    assert "2 logs so far" in again.to_html()


def test_what_was_fixed_stays_fixed(tmp_path: Path) -> None:
    watch(tmp_path, day(1), planned_error=0.02, rng=rng())
    with pytest.raises(UsageError, match=r"fixed at 0\.02 by the first look"):
        watch(tmp_path, day(2), planned_error=0.01, rng=rng())
    with pytest.raises(DataError, match="watches another audit file"):
        watch(tmp_path, day(2, level=0.9), rng=rng())
    with pytest.raises(UsageError, match="decides each gate by itself"):
        watch(tmp_path / "other", day(1, family="holm"), rng=rng())
    with pytest.raises(UsageError, match="give a number above 0"):
        watch(tmp_path / "other", day(1), planned_error=0.0, rng=rng())
