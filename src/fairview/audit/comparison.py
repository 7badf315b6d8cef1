"""Two audits side by side: what changed, and whether it is more than noise."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import special

from fairview.audit.result import AuditResult
from fairview.core import Outcome, UsageError, Verdict
from fairview.measure import (
    Better,
    Change,
    Estimate,
    SamplingUnit,
    Status,
    paired_changes,
    parse_measure,
)
from fairview.measure.comparisons import ComparisonMeasure, Contrast
from fairview.measure.statistics import holm

_APART = "two audits taken as independent, normal"


@dataclass(frozen=True)
class Comparison:
    """What changed from one audit to another.

    Parameters
    ----------
    before, after
        The two audits.
    changes
        Every figure that both have, with the interval of its difference.
    p_values
        One per change, adjusted for all of them together (Holm); NaN where there is no interval.
    gates
        Gates that both have, by name: the verdict before and after.
    only_before, only_after
        Figures that one audit alone has, as ``measure [slice]``.
    notes
        What a reader has to know, one sentence each.
    """

    before: AuditResult
    after: AuditResult
    changes: tuple[Change, ...]
    p_values: tuple[float, ...]
    gates: Mapping[str, tuple[Verdict, Verdict]]
    only_before: tuple[str, ...]
    only_after: tuple[str, ...]
    notes: tuple[str, ...]

    @property
    def level(self) -> float:
        """The confidence of each interval, and of all that is called more than noise together."""
        return self.changes[0].level if self.changes else 0.95

    @property
    def shown(self) -> tuple[Change, ...]:
        """The changes that are more than noise among all of them together, largest first."""
        pairs = zip(self.changes, self.p_values, strict=True)
        found = [(p, c) for c, p in pairs if p <= 1 - self.level + 1e-12]
        return tuple(c for _, c in sorted(found, key=lambda pair: pair[0]))

    @property
    def worse(self) -> tuple[Change, ...]:
        """The changes that are more than noise, and for the worse."""
        return tuple(c for c in self.shown if _is_worse(c))

    @property
    def verdict(self) -> Verdict:
        """Fail where a gate newly fails or a figure is shown to be worse, else pass.

        Without any figure that can be compared there is not enough evidence.
        """
        broken = [
            name
            for name, (one, two) in self.gates.items()
            if two.outcome is Outcome.FAIL and one.outcome is not Outcome.FAIL
        ]
        if broken:
            reason = f"{', '.join(broken)} did not fail before and does now."
            return Verdict(Outcome.FAIL, "no gate gets worse", reason)
        if self.worse:
            first = self.worse[0]
            reason = (
                f"{len(self.worse)} got worse by more than noise, such as {_name(first.after)}."
            )
            return Verdict(Outcome.FAIL, "no figure gets worse by more than noise", reason)
        if not any(math.isfinite(p) for p in self.p_values):
            reason = "No figure of the two audits has intervals that can be compared."
            return Verdict(Outcome.INSUFFICIENT, "at least one figure can be compared", reason)
        reason = f"Of {len(self.changes)} figures none got worse by more than noise."
        return Verdict(Outcome.PASS, "no figure gets worse by more than noise", reason)

    @property
    def exit_code(self) -> int:
        """0 pass, 1 fail, 3 insufficient evidence."""
        return self.verdict.exit_code

    def to_dict(self) -> dict[str, Any]:
        """Return plain data, ready for JSON."""
        return {
            "before": self.before.run_record.digest,
            "after": self.after.run_record.digest,
            "verdict": self.verdict.outcome.value,
            "rule": self.verdict.rule,
            "reason": self.verdict.reason,
            "changes": [
                {**c.to_dict(), "p_holm": None if math.isnan(p) else p}
                for c, p in zip(self.changes, self.p_values, strict=True)
            ],
            "gates": {n: [v.outcome.value for v in pair] for n, pair in self.gates.items()},
            "only_before": list(self.only_before),
            "only_after": list(self.only_after),
            "notes": list(self.notes),
        }

    def to_markdown(self) -> str:
        """Return a summary for a pull request."""
        from fairview.audit.markdown import comparison_markdown

        return comparison_markdown(self)


def compare_audits(before: AuditResult, after: AuditResult) -> Comparison:
    """Compare two audits, whether or not they still have their statistics.

    A measure whose statistics both audits have is compared in pairs: what the two have in common
    (the same people, the same requests) cancels out. Any other is compared as if the audits were
    independent, which is right for other people and too wide for the same ones.

    Raises
    ------
    UsageError
        Where the audits have no figure in common.
    """
    changes: list[Change] = []
    apart: list[str] = []
    names = [n for n in after.spec.measures if before.of(n) and after.of(n)]
    for name in names:
        paired = _paired(before, after, name)
        if paired is None:
            apart.append(name)
        changes += paired if paired is not None else _independent(before.of(name), after.of(name))
    one, two = ({_name(e) for e in side.estimates} for side in (before, after))
    if not changes:
        raise UsageError(
            "The two audits have no figure in common; audit both with the same audit file."
        )
    raw = np.array([_p_value(c) for c in changes])
    return Comparison(
        before,
        after,
        tuple(changes),
        tuple(holm(raw).tolist()),
        _gates(before, after),
        tuple(sorted(one - two)),
        tuple(sorted(two - one)),
        tuple(_notes(before, after, apart)),
    )


def _paired(before: AuditResult, after: AuditResult, name: str) -> list[Change] | None:
    one, two = before.evidence.get(name), after.evidence.get(name)
    if one is None or two is None:
        return None
    try:
        return paired_changes(one, two)
    except UsageError:
        return None


def _independent(before: Sequence[Estimate], after: Sequence[Estimate]) -> list[Change]:
    earlier = {e.slice: e for e in before}
    return [_apart(earlier[e.slice], e) for e in after if e.slice in earlier]


def _apart(one: Estimate, two: Estimate) -> Change:
    status = next((e.status for e in (one, two) if e.value is None), Status.OK)
    difference = low = high = None
    method, note = "none", one.note or two.note if status is not Status.OK else ""
    if one.value is not None and two.value is not None:
        difference = two.value - one.value
        errors = [_error(e) for e in (one, two)]
        if one.unit is SamplingUnit.CENSUS and two.unit is SamplingUnit.CENSUS:
            method = "census"
        elif None in errors or one.level != two.level:
            status, note = Status.INSUFFICIENT, "no intervals of one level on both sides"
        else:
            reach = math.hypot(*(error or 0.0 for error in errors)) * _z(two.level)
            low, high, method = difference - reach, difference + reach, _APART
    return Change(
        two.measure, two.slice, one, two, difference, low, high, two.level, status, method, note
    )


def _error(e: Estimate) -> float | None:
    if e.low is None or e.high is None or not math.isfinite(e.high - e.low):
        return None
    return (e.high - e.low) / 2 / _z(e.level)


def _z(level: float) -> float:
    return float(special.ndtri((1 + level) / 2))


def _p_value(c: Change) -> float:
    """Return the p-value of no change, from the interval; 0 or 1 for a census."""
    if c.difference is None:
        return math.nan
    if c.method == "census":
        return float(c.difference == 0)
    if c.low is None or c.high is None:
        return math.nan
    reach = c.difference - c.low if c.difference > 0 else c.high - c.difference
    if reach <= 0:
        return float(c.difference == 0)
    return float(2 * special.ndtr(-abs(c.difference) / reach * _z(c.level)))


def _gates(before: AuditResult, after: AuditResult) -> dict[str, tuple[Verdict, Verdict]]:
    earlier = {g.name: v for g, v in zip(before.spec.gates, before.verdicts, strict=True)}
    later = {g.name: v for g, v in zip(after.spec.gates, after.verdicts, strict=True)}
    return {name: (earlier[name], later[name]) for name in later if name in earlier}


def _notes(before: AuditResult, after: AuditResult, apart: Sequence[str]) -> list[str]:
    notes = []
    if apart:
        notes.append(
            f"{len(apart)} of the measures were compared as if the audits were independent, since "
            f"their statistics aren't kept on both sides or don't fit; where both are of the same "
            f"people, smaller changes could be shown."
        )
    one, two = before.run_record, after.run_record
    if one.data_digest and one.data_digest == two.data_digest:
        notes.append("Both audits read the same data.")
    rules = {g.name: g for g in before.spec.gates}
    moved = [g.name for g in after.spec.gates if g.name in rules and rules[g.name] != g]
    if moved:
        notes.append(f"The rules of {', '.join(moved)} differ between the two audits.")
    if one.revision != two.revision:
        notes.append(f"The code was {one.revision} before and is {two.revision} now.")
    return notes


def _is_worse(c: Change) -> bool:
    """Whether a figure moved away from where it is best."""
    measure = parse_measure(c.measure)
    better = measure.better
    if isinstance(measure, ComparisonMeasure):
        is_gap = measure.contrast is Contrast.DIFFERENCE
        better = Better.NEAR_ZERO if is_gap else Better.NEAR_ONE
    one, two = c.before.value or 0.0, c.after.value or 0.0
    if better in (Better.NEAR_ZERO, Better.NEAR_ONE):
        best = 0.0 if better is Better.NEAR_ZERO else 1.0
        return abs(two - best) > abs(one - best)
    return {Better.HIGHER: two < one, Better.LOWER: two > one}.get(better, False)


def _name(e: Estimate) -> str:
    return f"{e.measure} [{e.slice}]"
