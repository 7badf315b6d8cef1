"""What to do about an audit's outcome, in sentences."""

from __future__ import annotations

import math

from fairview.audit.result import AuditResult
from fairview.audit.spec import Gate
from fairview.core import Outcome, Verdict
from fairview.measure import Estimate, RequestMeasure, parse_measure


def advice(result: AuditResult) -> list[str]:
    """Return what to do next, the most pressing first; never empty."""
    failures: dict[str, list[str]] = {}
    lacks = []
    for gate, verdict in zip(result.spec.gates, result.verdicts, strict=True):
        if verdict.outcome is Outcome.FAIL:
            remedy = _for_foreign_failure(gate) if result.is_foreign else _for_failure(gate)
            failures.setdefault(remedy, []).append(f"“{gate.name}”")
        elif verdict.outcome is Outcome.INSUFFICIENT:
            lacks.append(_for_lack(gate, verdict, result))
    said = [_joined(names, remedy) for remedy, names in failures.items()] + lacks
    if not result.spec.gates:
        said.append("Add gates to the audit file, so that an audit can decide something.")
    if not said:
        said.append("Nothing has to change. Keep the gates, and audit again after every change.")
    return list(dict.fromkeys(said))


def _is_about_pages(gate: Gate) -> bool:
    """Whether a gate is about what pages show of groups."""
    measure = parse_measure(gate.measure)
    return isinstance(measure, RequestMeasure) and measure.attribute is not None


def _joined(names: list[str], remedy: str) -> str:
    """Return which gates fail, and what mends them."""
    if len(names) == 1:
        return f"{names[0]} fails: {remedy}"
    return f"{', '.join(names[:-1])} and {names[-1]} fail: {remedy}"


def _for_failure(gate: Gate) -> str:
    kind = type(parse_measure(gate.measure)).__name__
    if _is_about_pages(gate):
        return (
            "turn on diversification or raise “representation” in the "
            "settings, and audit again. Where even the catalogue holds little of a group, take "
            "in more of it: no order of the page can show what isn't there."
        )
    if kind in ("GroupShare", "SampledGroupShare"):
        return "take in more items of the groups that are short."
    if kind == "NDCG":
        return "train the ranker again, or lower the weights of diversity."
    return f"look at the figures of {kind} below for where."


def _for_foreign_failure(gate: Gate) -> str:
    """Return what to do where the system that made the log isn't Fairview's."""
    if _is_about_pages(gate):
        return (
            "look at what the candidates hold of each group. Where they hold "
            "enough, the ranking keeps it from the page; where they don't, the supply is short. "
            "Change one of them, and audit again with the same file."
        )
    return (
        "look below for the groups that are farthest apart, check their "
        "labels and how much data they rest on, mend the decision rule or the model, and audit "
        "again with the same file to see whether the change is more than noise."
    )


def _for_lack(gate: Gate, verdict: Verdict, result: AuditResult) -> str:
    found = next((e for e in result.of(gate.measure) if e.slice == gate.slice), None)
    more = _more_needed(gate, found)
    if more:
        return (
            f"“{gate.name}” can't be decided yet: if the figure stays where it is, about {more} "
            f"times as much data would decide it."
        )
    if found is not None and found.value is not None and found.low is not None:
        return (
            f"“{gate.name}” can't be decided: the figure is too close to its bound. Gather more "
            f"data, or give the gate a tolerance."
        )
    return f"“{gate.name}” can't be decided. {verdict.reason}"


def _more_needed(gate: Gate, found: Estimate | None) -> int | None:
    """Return how many times the data would bring the interval clear of the bound, up to 100.

    Intervals shrink with the square root of the data.
    """
    if found is None or found.value is None or found.low is None or found.high is None:
        return None
    half = max(found.value - found.low, found.high - found.value)
    distances = [abs(found.value - bound) for bound in gate.allowed if math.isfinite(bound)]
    nearest = min(distances)
    if nearest == 0 or not 1 < (half / nearest) ** 2 <= 100:
        return None
    return math.ceil((half / nearest) ** 2)
