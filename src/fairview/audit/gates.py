"""Deciding a gate by an interval: lack of evidence is never a pass, and never a failure."""

from __future__ import annotations

import math
from collections.abc import Sequence

from fairview.audit.spec import Gate
from fairview.core import Outcome, Verdict
from fairview.measure import Estimate, SamplingUnit, Status


def decide(gate: Gate, estimates: Sequence[Estimate], lacking: str = "") -> Verdict:
    """Return the verdict of one gate.

    Parameters
    ----------
    gate
        The rule.
    estimates
        The audit's estimates; the one that the gate is about is looked for among them.
    lacking
        Why the gate's measure has no estimate, in a sentence, where that is known.

    Returns
    -------
    Verdict
        Pass where the whole interval is allowed, fail where none of it is, else insufficient
        evidence, as it is for a figure that is suppressed or undefined. A census has no interval:
        its value decides.
    """
    mine = [e for e in estimates if e.measure == gate.measure]
    found = next((e for e in mine if e.slice == gate.slice), None)
    if found is None:
        known = ", ".join(e.slice for e in mine)
        reason = lacking or (
            f"The measure has no slice {gate.slice!r}; it has {known}."
            if mine
            else "The measure wasn't made."
        )
        return Verdict(Outcome.INSUFFICIENT, gate.rule, reason)
    ends = _ends(found)
    if ends is None:
        why = found.note or found.status.value
        return Verdict(Outcome.INSUFFICIENT, gate.rule, f"No figure to decide by: {why}.")
    low, high = ends
    least, most = gate.allowed
    figure = _figure(found)
    if least <= low and high <= most:
        return Verdict(Outcome.PASS, gate.rule, f"{figure} is {gate.condition} throughout.")
    if high < least or low > most:
        return Verdict(Outcome.FAIL, gate.rule, f"No part of {figure} is {gate.condition}.")
    return Verdict(Outcome.INSUFFICIENT, gate.rule, f"{figure} is only partly {gate.condition}.")


def _ends(estimate: Estimate) -> tuple[float, float] | None:
    if estimate.value is None or estimate.status is not Status.OK:
        return None
    if estimate.unit is SamplingUnit.CENSUS:
        return estimate.value, estimate.value
    if estimate.low is None or estimate.high is None:
        return None
    if not math.isfinite(estimate.low + estimate.high):
        return None
    return estimate.low, estimate.high


def _figure(estimate: Estimate) -> str:
    if estimate.low is None or estimate.high is None:
        return f"{estimate.value:.3g} (everything counted)"
    return f"{estimate.value:.3g} ({estimate.low:.3g} to {estimate.high:.3g})"
