"""The result of an audit: figures, verdicts, what is missing, and how it was made."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from fairview.audit.corrections import Correction
from fairview.audit.findings import Finding
from fairview.audit.spec import AuditSpec
from fairview.core import DataError, Outcome, RunRecord, UsageError, Verdict
from fairview.core.plain import to_json
from fairview.measure import Change, Estimate, Measured, SamplingUnit, Status, paired_changes

FORMAT = 1


@dataclass(frozen=True)
class AuditResult:
    """What an audit found.

    Parameters
    ----------
    spec
        What was asked.
    estimates
        Every figure, measure after measure.
    verdicts
        One per gate of the spec, in its order.
    verdict
        The verdict that decides; its `exit_code` is the audit's.
    counts
        What was read and what was left out, in words.
    missing, notes
        What couldn't be said, and what a reader has to know; sentences.
    run_record
        How to make it again.
    synthetic
        Whether any of the data is synthetic; then every page made of it says so.
    changes
        Paired changes since an earlier result, where `compared_with` was called.
    is_foreign
        Whether the log is the table of another system, which Fairview's settings don't change.
    corrections
        Figures of inferred attributes, corrected for how often readings are wrong.
    findings
        What was found that nobody asked about.
    evidence
        Measure to its mergeable statistics; not part of the JSON.
    """

    spec: AuditSpec
    estimates: tuple[Estimate, ...]
    verdicts: tuple[Verdict, ...]
    verdict: Verdict
    counts: Mapping[str, int]
    missing: tuple[str, ...]
    notes: tuple[str, ...]
    run_record: RunRecord
    synthetic: bool
    changes: tuple[Change, ...] = ()
    is_foreign: bool = False
    corrections: tuple[Correction, ...] = ()
    findings: tuple[Finding, ...] = ()
    evidence: Mapping[str, Measured] = field(default_factory=dict, compare=False, repr=False)

    @property
    def exit_code(self) -> int:
        """0 pass, 1 fail, 3 insufficient evidence."""
        return self.verdict.exit_code

    def of(self, measure: str) -> tuple[Estimate, ...]:
        """Return the estimates of one measure, by its identity; empty where it has none."""
        return tuple(e for e in self.estimates if e.measure == measure)

    def compared_with(self, before: AuditResult) -> AuditResult:
        """Return this result with its changes since `before`; see `compare`."""
        return replace(self, changes=tuple(compare(before, self)))

    def with_findings(self, *findings: Finding) -> AuditResult:
        """Return this result with findings added behind those that it has."""
        return replace(self, findings=(*self.findings, *findings))

    def to_dict(self) -> dict[str, Any]:
        """Return plain data, ready for JSON."""
        return {
            "format": FORMAT,
            "synthetic": self.synthetic,
            "is_foreign": self.is_foreign,
            "verdict": _verdict(self.verdict),
            "exit_code": self.exit_code,
            "verdicts": [_verdict(v) for v in self.verdicts],
            "estimates": [e.to_dict() for e in self.estimates],
            "changes": [c.to_dict() for c in self.changes],
            "corrections": [c.to_dict() for c in self.corrections],
            "findings": [f.to_dict() for f in self.findings],
            "counts": dict(self.counts),
            "missing": list(self.missing),
            "notes": list(self.notes),
            "spec": self.spec.model_dump(mode="json"),
            "run_record": self.run_record.to_dict(),
        }

    def to_json(self) -> str:
        """Return the result as JSON; a number that isn't finite is a string such as ``inf``."""
        return to_json(self.to_dict())

    @classmethod
    def from_json(cls, text: str) -> AuditResult:
        """Return the result that `to_json` wrote, without its `evidence`.

        Raises
        ------
        DataError
            Where the text isn't such a result.
        """
        try:
            data = json.loads(text)
            if data["format"] != FORMAT:
                raise DataError(f"The audit result has format {data['format']}; this is {FORMAT}.")
            return cls(
                spec=AuditSpec.checked(data["spec"], "the result's spec"),
                estimates=tuple(_estimate(each) for each in data["estimates"]),
                verdicts=tuple(_read_verdict(each) for each in data["verdicts"]),
                verdict=_read_verdict(data["verdict"]),
                counts=data["counts"],
                missing=tuple(data["missing"]),
                notes=tuple(data["notes"]),
                run_record=RunRecord(**data["run_record"]),
                synthetic=data["synthetic"],
                is_foreign=data.get("is_foreign", False),
                changes=tuple(_change(each) for each in data["changes"]),
                corrections=tuple(
                    Correction.from_dict(each) for each in data.get("corrections", ())
                ),
                findings=tuple(Finding.from_dict(each) for each in data.get("findings", ())),
            )
        except (ValueError, KeyError, TypeError) as error:
            raise DataError(f"That isn't an audit result: {error!r}.") from None

    def to_markdown(self) -> str:
        """Return a summary for a pull request."""
        from fairview.audit.markdown import markdown

        return markdown(self)

    def to_html(self) -> str:
        """Return the report: one page that stands alone, with no outside request."""
        from fairview.audit.report import html

        return html(self)


def compare(before: AuditResult, after: AuditResult) -> list[Change]:
    """Return the paired change of every figure that both results have, with intervals.

    Both logs should hold the same requests, such as two replays; where they hold others, or
    other people, the intervals are still right, and wider.

    Raises
    ------
    UsageError
        Where a result was read from JSON, which holds no statistics to compare, where the
        results have no measure in common, or where their groups or levels differ.
    """
    if not before.evidence or not after.evidence:
        raise UsageError("Changes need both audits' own statistics; run both audits again.")
    common = [name for name in after.evidence if name in before.evidence]
    if not common:
        raise UsageError("The two audits have no measure in common; use one audit file for both.")
    changes = []
    for name in common:
        changes += paired_changes(before.evidence[name], after.evidence[name])
    return changes


def _verdict(verdict: Verdict) -> dict[str, str]:
    return {"outcome": verdict.outcome.value, "rule": verdict.rule, "reason": verdict.reason}


def _read_verdict(data: Mapping[str, str]) -> Verdict:
    return Verdict(Outcome(data["outcome"]), data["rule"], data["reason"])


def _estimate(data: Mapping[str, Any]) -> Estimate:
    known = {name: _number(value) for name, value in data.items()}
    known["status"] = Status(data["status"])
    known["unit"] = SamplingUnit(data["unit"])
    return Estimate(**known)


def _change(data: Mapping[str, Any]) -> Change:
    known = {name: _number(value) for name, value in data.items()}
    known["before"], known["after"] = _estimate(data["before"]), _estimate(data["after"])
    known["status"] = Status(data["status"])
    return Change(**known)


def _number(value: Any) -> Any:
    return float(value) if value in ("inf", "-inf", "nan") else value
