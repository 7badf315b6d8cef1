"""Deciding a gate by an interval: lack of evidence is never a pass, and never a failure."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
from scipy import special

from fairview.audit.gate import Gate
from fairview.core import Outcome, UsageError, Verdict
from fairview.measure import Estimate, SamplingUnit, Status
from fairview.measure.statistics import benjamini_hochberg, holm

FAMILIES = {
    "holm": ("Holm", holm),
    "benjamini-hochberg": ("Benjamini-Hochberg", benjamini_hochberg),
}
"""How the gates of one audit can be decided together: a name and what adjusts p-values."""


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


def decide_together(
    gates: Sequence[Gate],
    estimates: Sequence[Estimate],
    lacking: Mapping[str, str],
    *,
    family: str = "none",
) -> tuple[Verdict, ...]:
    """Return the verdicts of all gates of an audit, one each.

    With a family, a gate that its own interval would decide is only decided where the decision
    stands among all of the audit's decisions: by Holm's method the chance of any wrong one is at
    most 1 - level, by that of Benjamini and Hochberg at most that share of them is expected to be
    wrong. A gate that can't be decided at all isn't counted among them.

    Parameters
    ----------
    gates, estimates
        As in `decide`.
    lacking
        Measure to why it has no estimate, in a sentence.
    family
        ``none``, ``holm`` or ``benjamini-hochberg``.
    """
    verdicts = [decide(gate, estimates, lacking.get(gate.measure, "")) for gate in gates]
    if family == "none":
        return tuple(verdicts)
    if family not in FAMILIES:
        raise UsageError(f"There is no family {family!r}; there are none, {', '.join(FAMILIES)}.")
    name, adjust = FAMILIES[family]
    pairs = [_estimate_of(gate, estimates) for gate in gates]
    p_values = [
        math.nan if e is None else p_value(gate, e) for gate, e in zip(gates, pairs, strict=True)
    ]
    adjusted: list[float] = adjust(np.array(p_values)).tolist() if p_values else []
    tested = sum(math.isfinite(p) for p in p_values)
    decided = []
    for verdict, e, p in zip(verdicts, pairs, adjusted, strict=True):
        if e is None or verdict.outcome is Outcome.INSUFFICIENT:
            decided.append(verdict)
            continue
        together = f"{name} over {tested} gates: p = {_p_words(p)}"
        if p <= 1 - e.level + 1e-12:
            decided.append(replace(verdict, reason=f"{verdict.reason} {together}."))
        else:
            reason = (
                f"{verdict.reason} Alone that would decide; with all gates it doesn't: {together}."
            )
            decided.append(Verdict(Outcome.INSUFFICIENT, verdict.rule, reason))
    return tuple(decided)


def p_value(gate: Gate, estimate: Estimate) -> float:
    """Return the p-value of deciding a gate, either way, by an estimate; NaN where it has none.

    It is 1 minus the level of the widest interval that would still decide, on the normal scale and
    with each side's own width; 0 for a census.
    """
    ends = _ends(estimate)
    if ends is None or estimate.value is None:
        return math.nan
    low, high, value = *ends, estimate.value
    least, most = gate.allowed
    z = float(special.ndtri((1 + estimate.level) / 2))

    def distance(bound: float) -> float:
        """Return how many standard errors a bound is away, on its side."""
        if math.isinf(bound):
            return math.inf
        reach = high - value if bound > value else value - low
        return math.inf if reach <= 0 else abs(bound - value) / reach * z

    if least <= value <= most:
        away = min(distance(least), distance(most))
    else:
        away = distance(least if value < least else most)
    return float(2 * special.ndtr(-away))


def _p_words(p: float) -> str:
    return "below 0.001" if p < 0.001 else f"{p:.2g}"


def _estimate_of(gate: Gate, estimates: Sequence[Estimate]) -> Estimate | None:
    return next((e for e in estimates if (e.measure, e.slice) == (gate.measure, gate.slice)), None)


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
