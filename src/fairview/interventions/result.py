"""What a run of interventions found: points, the frontier they form, and which one to take."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from fairview.audit import AuditResult
from fairview.core import RunRecord
from fairview.core.plain import to_json
from fairview.interventions.recommendation import Recommendation
from fairview.interventions.spec import Figure, InterventionSpec, Value
from fairview.measure import Change, Estimate

FORMAT = 1


@dataclass(frozen=True)
class Point:
    """One change, tried.

    Parameters
    ----------
    name
        The candidate, and what of its grid this is.
    stage
        Which stages it changes.
    settings
        The changed settings.
    result
        Its audit, with paired changes against the baseline.
    """

    name: str
    stage: str
    settings: Mapping[str, Value]
    result: AuditResult

    def estimate(self, figure: Figure) -> Estimate | None:
        """Return the estimate of a figure; None where it wasn't made."""
        found = [e for e in self.result.of(figure.measure) if e.slice == figure.slice]
        return found[0] if found else None

    def change(self, figure: Figure) -> Change | None:
        """Return the paired change of a figure against the baseline."""
        same = [c for c in self.result.changes if c.measure == figure.measure]
        found = [c for c in same if c.slice == figure.slice]
        return found[0] if found else None


@dataclass(frozen=True)
class InterventionResult:
    """All that was tried.

    Parameters
    ----------
    spec
        What was asked.
    baseline
        The page as it is without any of it.
    points
        One per candidate and combination, in the spec's order.
    frontiers
        Fairness figure to the names of the points that no other beats on both it and utility.
    recommendation
        Which point to take, and why.
    notes
        What a reader has to know: what the replay can't say.
    run_record
        How to make it again.
    synthetic
        Whether any of the data is synthetic.
    """

    spec: InterventionSpec
    baseline: Point
    points: tuple[Point, ...]
    frontiers: Mapping[str, tuple[str, ...]]
    recommendation: Recommendation
    notes: tuple[str, ...]
    run_record: RunRecord
    synthetic: bool
    failed: Mapping[str, str] = field(default_factory=dict)

    def point(self, name: str) -> Point | None:
        """Return the point of a name, the baseline among them."""
        return next((p for p in (self.baseline, *self.points) if p.name == name), None)

    def to_dict(self) -> dict[str, Any]:
        """Return plain data, ready for JSON; figures of the spec only."""
        figures = (self.spec.utility, *self.spec.fairness)
        return {
            "format": FORMAT,
            "synthetic": self.synthetic,
            "spec": self.spec.model_dump(mode="json"),
            "baseline": _plain(self.baseline, figures),
            "points": [_plain(point, figures) for point in self.points],
            "frontiers": {name: list(found) for name, found in self.frontiers.items()},
            "recommendation": self.recommendation.to_dict(),
            "failed": dict(self.failed),
            "notes": list(self.notes),
            "run_record": self.run_record.to_dict(),
        }

    def to_json(self) -> str:
        """Return the result as JSON; a number that isn't finite is a string such as ``inf``."""
        return to_json(self.to_dict())

    def to_markdown(self) -> str:
        """Return a table of before, after and price, for a pull request."""
        from fairview.interventions.report import markdown

        return markdown(self)

    def to_html(self) -> str:
        """Return the report: one page that stands alone, with a frontier per fairness figure."""
        from fairview.interventions.report import html

        return html(self)

    def configuration(self) -> str:
        """Return the recommended settings as a part of ``fairview.toml``; empty where none is."""
        from fairview.interventions.report import configuration

        return configuration(self)


def _plain(point: Point, figures: tuple[Figure, ...]) -> dict[str, Any]:
    made = {str(figure): (point.estimate(figure), point.change(figure)) for figure in figures}
    return {
        "name": point.name,
        "stage": point.stage,
        "settings": dict(point.settings),
        "figures": {
            name: {
                "estimate": None if estimate is None else estimate.to_dict(),
                "difference": None if change is None else change.difference,
                "low": None if change is None else change.low,
                "high": None if change is None else change.high,
            }
            for name, (estimate, change) in made.items()
        },
    }
