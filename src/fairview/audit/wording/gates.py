"""What a gate asks for and how it came out, in the measure's own unit."""

from __future__ import annotations

from collections.abc import Sequence

from fairview.audit.gate import Gate
from fairview.audit.wording.registry import words_of
from fairview.core import Outcome, Verdict
from fairview.measure import Estimate, Status, parse_measure


def gate_words(gate: Gate, verdict: Verdict, estimates: Sequence[Estimate]) -> tuple[str, str]:
    """Return what a gate asks for, and why it came out as it did, in the measure's own unit.

    Parameters
    ----------
    gate, verdict
        The gate and its verdict.
    estimates
        The audit's estimates.
    """
    scale = words_of(parse_measure(gate.measure)).scale
    low, high = gate.within or (gate.at_least, gate.at_most)
    if gate.within is not None:
        asks = f"from {scale.bound(gate.within[0])} to {scale.bound(gate.within[1])}"
    elif low is not None:
        asks = f"at least {scale.bound(low)}"
    else:
        asks = f"at most {scale.bound(high or 0.0)}"
    if gate.tolerance:
        asks += f", with a tolerance of {gate.tolerance:g}"
    found = next((e for e in estimates if (e.measure, e.slice) == (gate.measure, gate.slice)), None)
    if found is None or found.value is None or found.status is not Status.OK:
        return asks, verdict.reason
    figure = f"It is {scale.number(found.value)}{scale.between(found)}"
    return asks, figure + _BECAUSE[verdict.outcome]


_BECAUSE = {
    Outcome.PASS: ", all of which is allowed.",
    Outcome.FAIL: ", none of which is allowed.",
    Outcome.INSUFFICIENT: ", only part of which is allowed.",
}
