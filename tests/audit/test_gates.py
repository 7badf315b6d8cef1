"""Gates: the whole interval decides, and lack of evidence never passes."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fairview.audit import Gate, decide, decide_together
from fairview.audit.gates import p_value
from fairview.core import Outcome, UsageError, Verdict
from fairview.measure import Estimate, SamplingUnit, Status

OK = Estimate(
    measure="Gini",
    slice="overall",
    value=0.5,
    low=0.4,
    high=0.6,
    level=0.95,
    n=100,
    effective_n=90.0,
    excluded=0,
    status=Status.OK,
    unit=SamplingUnit.PERSON,
    method="made",
)


def gate(**rule: object) -> Gate:
    return Gate.model_validate({"name": "rule", "measure": "Gini", **rule})


@pytest.mark.parametrize(
    ("rule", "outcome"),
    [
        ({"at_least": 0.39}, Outcome.PASS),
        ({"at_least": 0.41}, Outcome.INSUFFICIENT),
        ({"at_least": 0.59}, Outcome.INSUFFICIENT),
        ({"at_least": 0.61}, Outcome.FAIL),
        ({"at_least": 0.61, "tolerance": 0.05}, Outcome.INSUFFICIENT),
        ({"at_least": 0.61, "tolerance": 0.25}, Outcome.PASS),
        ({"at_most": 0.6}, Outcome.PASS),
        ({"at_most": 0.5}, Outcome.INSUFFICIENT),
        ({"at_most": 0.3}, Outcome.FAIL),
        ({"within": (0.4, 0.6)}, Outcome.PASS),
        ({"within": (0.45, 0.55)}, Outcome.INSUFFICIENT),
        ({"within": (0.7, 0.9)}, Outcome.FAIL),
        ({"within": (0.7, 0.9), "tolerance": 0.15}, Outcome.INSUFFICIENT),
    ],
)
def test_the_whole_interval_decides(rule: dict[str, object], outcome: Outcome) -> None:
    verdict = decide(gate(**rule), [OK])
    assert verdict.outcome is outcome
    assert verdict.rule == gate(**rule).rule
    assert "0.5 (0.4 to 0.6)" in verdict.reason


@pytest.mark.parametrize(
    "estimate",
    [
        replace(OK, value=None, low=None, high=None, status=Status.SUPPRESSED, note="too few"),
        replace(OK, value=None, low=None, high=None, status=Status.UNDEFINED, note="no target"),
        replace(OK, low=None, high=None, status=Status.INSUFFICIENT, note="3 units"),
        replace(OK, low=None, high=None),
        replace(OK, high=math.inf),
    ],
)
def test_no_interval_is_never_a_pass_or_a_failure(estimate: Estimate) -> None:
    verdict = decide(gate(at_least=0.0), [estimate])
    assert verdict.outcome is Outcome.INSUFFICIENT
    assert verdict.exit_code == 3


def test_a_census_is_decided_by_its_value() -> None:
    counted = replace(OK, low=None, high=None, unit=SamplingUnit.CENSUS)
    assert decide(gate(at_least=0.5), [counted]).outcome is Outcome.PASS
    assert decide(gate(at_least=0.51), [counted]).outcome is Outcome.FAIL


def test_what_was_not_measured_is_said() -> None:
    assert "has no slice 'x'; it has overall" in decide(gate(slice="x", at_least=0), [OK]).reason
    lacking = decide(gate(at_least=0), [], "Gini needs the column item_id.")
    assert (lacking.outcome, lacking.reason) == (
        Outcome.INSUFFICIENT,
        "Gini needs the column item_id.",
    )


def test_exit_codes_of_all_outcomes_together() -> None:
    good, bad, open_ = (decide(gate(at_least=at), [OK]) for at in (0.1, 0.9, 0.5))
    assert Verdict.combine([good, good]).exit_code == 0
    assert Verdict.combine([good, open_, bad]).exit_code == 1
    assert Verdict.combine([good, open_]).exit_code == 3
    assert Verdict.combine([good, open_, bad]).rule == bad.rule
    assert Verdict.combine([]).exit_code == 3


def figure(value: float, half: float, name: str = "overall") -> Estimate:
    return replace(OK, slice=name, value=value, low=value - half, high=value + half)


def test_gates_are_decided_together() -> None:
    """Eight figures that would each just be decided alone aren't, together; a clear one is."""
    close = [figure(0.5, 0.0975, f"g{i}") for i in range(8)]
    clear = figure(0.9, 0.01, "clear")
    gates = [gate(name=e.slice, slice=e.slice, at_most=0.6) for e in (*close, clear)]
    estimates = [*close, clear]
    alone = decide_together(gates, estimates, {})
    assert [v.outcome for v in alone] == [Outcome.PASS] * 8 + [Outcome.FAIL]
    held = decide_together(gates, estimates, {}, family="holm")
    assert [v.outcome for v in held] == [Outcome.INSUFFICIENT] * 8 + [Outcome.FAIL]
    assert "Holm over 9 gates: p = 0.36" in held[0].reason
    assert "Alone that would decide" in held[0].reason
    found = decide_together(gates, estimates, {}, family="benjamini-hochberg")
    assert [v.outcome for v in found] == [v.outcome for v in alone]
    with pytest.raises(UsageError, match="no family 'some'"):
        decide_together(gates, estimates, {}, family="some")


def test_undecidable_gates_are_not_counted_in_a_family() -> None:
    gates = [gate(name="a", at_most=0.6), gate(name="b", slice="none", at_most=0.6)]
    verdicts = decide_together(gates, [figure(0.5, 0.05)], {}, family="holm")
    assert "Holm over 1 gates" in verdicts[0].reason
    assert verdicts[1].outcome is Outcome.INSUFFICIENT
    census = replace(OK, low=None, high=None, unit=SamplingUnit.CENSUS)
    assert p_value(gate(at_most=0.6), census) == 0
    assert math.isnan(p_value(gate(at_most=0.6), replace(OK, low=None, high=None)))
    assert p_value(gate(at_most=0.6), figure(0.5, 0.1)) == pytest.approx(0.05)
    assert p_value(gate(at_most=0.4), figure(0.5, 0.1)) == pytest.approx(0.05)


@pytest.mark.prove
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_family_of_gates_is_rarely_wrong(seed: int) -> None:
    """Truths that lie on their bounds: any decision is wrong; Holm keeps the audit's rate."""
    rng = np.random.default_rng(seed)
    audits, gates_each = 10_000, 10
    gates = [gate(name=str(i), slice=str(i), at_most=0.0) for i in range(gates_each)]
    half, wrong = 1.959964, 0
    for values in rng.standard_normal((audits, gates_each)):
        estimates = [figure(float(v), half, str(i)) for i, v in enumerate(values)]
        verdicts = decide_together(gates, estimates, {}, family="holm")
        wrong += any(v.outcome is not Outcome.INSUFFICIENT for v in verdicts)
    rate = wrong / audits
    assert rate <= 0.05 + 3 * (0.05 * 0.95 / audits) ** 0.5


@given(st.floats(0, 1), st.floats(0, 1), st.floats(-0.5, 1.5))
def test_pass_and_fail_exclude_each_other(a: float, b: float, bound: float) -> None:
    low, high = min(a, b), max(a, b)
    estimate = replace(OK, value=(low + high) / 2, low=low, high=high)
    least = decide(gate(at_least=bound), [estimate]).outcome
    most = decide(gate(at_most=bound), [estimate]).outcome
    if low > bound:
        assert (least, most) == (Outcome.PASS, Outcome.FAIL)
    elif high < bound:
        assert (least, most) == (Outcome.FAIL, Outcome.PASS)
    else:
        assert Outcome.FAIL not in (least, most)
