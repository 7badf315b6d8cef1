"""What other tools read: assertions, OpenMetrics, MLflow's metrics and cards."""

from __future__ import annotations

import math
import re
import sys
from dataclasses import replace
from types import ModuleType
from typing import Any

import pytest
from decisions_made import audited

from fairview.audit import (
    assert_gate,
    assert_no_gap,
    log_to_mlflow,
    mlflow_metrics,
    model_card,
    openmetrics,
    signal_card,
)
from fairview.core import Contract, ExtraError, UsageError
from fairview.core.contract import ALWAYS_PROHIBITED, Confusion

RESULT = audited()
GAP = "Gap(of=\"TPR(by='sex', unit='row')\")"
SAMPLE = re.compile(
    r"^[a-z_]+\{[a-z_]+=\"(?:[^\"\\\n]|\\.)*\"(?:,[a-z_]+=\"(?:[^\"\\\n]|\\.)*\")*\} "
    r"(?:[-+]?[0-9.]+(?:e[-+]?[0-9]+)?|NaN|[-+]Inf)$"
)


def test_a_gate_is_asserted() -> None:
    assert_gate(RESULT, "alarms")
    with pytest.raises(AssertionError, match=r"fail: misses: Gap.*at most 0\.1"):
        assert_gate(RESULT, "misses")
    with pytest.raises(UsageError, match="no gate 'nothing'; it has misses, alarms"):
        assert_gate(RESULT, "nothing")
    few = audited(n=60)
    with pytest.raises(AssertionError, match="insufficient evidence"):
        assert_gate(few, "misses")
    assert_gate(few, "misses", undecided_is_failure=False)


def test_a_gap_is_asserted_with_what_could_have_been_found() -> None:
    even = audited(gap=0.0)
    assert_no_gap(even, GAP, at_most=0.2)
    assert_no_gap(RESULT, "FPR(by='sex', unit='row')", at_most=0.5, group="F")
    with pytest.raises(AssertionError, match="No part of"):
        assert_no_gap(RESULT, GAP, at_most=0.1)
    with pytest.raises(AssertionError, match=r"insufficient.*smallest gap this could have found"):
        assert_no_gap(even, GAP, at_most=0.001)
    for wrong in ({"measure": "Nope"}, {"measure": "NDCG"}, {"measure": GAP, "at_most": -1}):
        with pytest.raises(UsageError):
            assert_no_gap(RESULT, **{"at_most": 0.1, **wrong})  # type: ignore[arg-type]


def test_openmetrics_text_is_well_formed_and_never_writes_zero_for_nothing() -> None:
    lacking = [replace(e, value=None, low=None, high=None) for e in RESULT.estimates[:1]]
    result = replace(RESULT, estimates=(*lacking, *RESULT.estimates[1:]))
    spec = result.spec.model_copy(update={"title": 'a "quoted"\\ title\nover lines'})
    text = openmetrics(replace(result, spec=spec))
    lines = text.splitlines()
    assert lines[-1] == "# EOF"
    assert text.endswith("\n")
    samples = [line for line in lines if not line.startswith("#")]
    assert all(SAMPLE.match(line) for line in samples)
    assert len(samples) == len({line.rpartition(" ")[0] for line in samples})
    values = [line for line in samples if line.startswith("fairview_audit_estimate{")]
    assert len(values) == sum(e.value is not None for e in result.estimates)
    types = [line.split()[2] for line in lines if line.startswith("# TYPE")]
    assert len(types) == len(set(types))
    assert any(
        line.startswith("fairview_audit_gate{") and line.endswith(" 0.0") for line in samples
    )


def test_mlflow_gets_metrics_where_it_is_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    metrics = mlflow_metrics(RESULT)
    assert all(re.fullmatch(r"[A-Za-z0-9_\-. /]{1,250}", name) for name in metrics)
    assert all(math.isfinite(value) for value in metrics.values())
    assert metrics["TPR by sex unit row/F"] == RESULT.of("TPR(by='sex', unit='row')")[0].value
    monkeypatch.setitem(sys.modules, "mlflow", None)
    with pytest.raises(ExtraError, match=r"fairview\[mlflow\]"):
        log_to_mlflow(RESULT)
    said: dict[str, Any] = {}
    fake = ModuleType("mlflow")
    fake.log_metrics = lambda found, run_id: said.update(found)  # type: ignore[attr-defined]
    fake.set_tags = said.update  # type: ignore[attr-defined]
    fake.log_text = lambda text, name, run_id: said.update({name: text})  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "mlflow", fake)
    log_to_mlflow(RESULT)
    assert said["fairview.verdict"] == "fail"
    assert said["fairview/report.html"].startswith("<!doctype html>")
    assert metrics.items() <= said.items()


def test_a_model_card_says_what_is_not_stated() -> None:
    card = model_card(RESULT, name="Lender", describes="who gets a loan <soon>", owner="the bank")
    assert card.startswith("# Lender\n")
    assert "| Intended use | not stated |" in card
    assert "who gets a loan &lt;soon>" in card
    assert "| misses | at most 10 points | fail |" in card
    assert "### True positive rate: `TPR(by='sex', unit='row')`" in card
    assert RESULT.run_record.data_digest in card
    assert "Synthetic" not in card
    assert "**Synthetic data.**" in model_card(replace(RESULT, synthetic=True))


def test_a_signal_card_starts_from_the_contract() -> None:
    contract = Contract(
        name="skin_tone",
        version="2",
        describes="the tone of visible skin",
        value="groups",
        ranges="skin_tone",
        coverage=0.9,
        calibration="isotonic",
        freshness="at ingest",
        latency_ms=3,
        quality={"accuracy": 0.91},
        confusion=(
            Confusion(
                condition="daylight",
                domain="rendered",
                groups=("1-3", "4-5"),
                counts=((9, 1, 0), (2, 7, 1)),
            ),
        ),
        intended_use=("audit",),
        prohibited_use=ALWAYS_PROHIBITED,
        owner="signals",
        consumers=("audit",),
    )
    card = signal_card(contract, RESULT)
    assert card.startswith("# Signal skin_tone, version 2\n")
    assert "identity, race or ethnicity inference" in card
    assert "| 4-5 | 2 | 7 | 1 |" in card
    assert "Measured on rendered; it corrects nothing outside of that." in card
    assert "- accuracy: 0.91" in card
    assert "## Gates" in card
