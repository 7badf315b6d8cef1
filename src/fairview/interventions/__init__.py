"""Interventions: candidate changes, replays of them, and what each costs.

What lives here: the file that names candidates, the frontier of utility against each fairness
measure, the recommended point and the report. How a page is replayed belongs to the product;
definitions and intervals to `measure`; gates to `audit`.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from fairview.interventions.frontiers import frontier, goodness
    from fairview.interventions.recommendation import Recommendation, recommend
    from fairview.interventions.result import InterventionResult, Point
    from fairview.interventions.running import Replayer, intervene
    from fairview.interventions.spec import Candidate, InterventionSpec

_HOME = {
    "Candidate": "spec",
    "InterventionResult": "result",
    "InterventionSpec": "spec",
    "Point": "result",
    "Recommendation": "recommendation",
    "Replayer": "running",
    "frontier": "frontiers",
    "goodness": "frontiers",
    "intervene": "running",
    "recommend": "recommendation",
}


def __getattr__(name: str) -> Any:
    """Import a public name from the module that it lives in."""
    try:
        module = _HOME[name]
    except KeyError:
        raise AttributeError(f"module 'fairview.interventions' has no attribute {name!r}") from None
    return getattr(import_module(f"fairview.interventions.{module}"), name)


__all__ = [
    "Candidate",
    "InterventionResult",
    "InterventionSpec",
    "Point",
    "Recommendation",
    "Replayer",
    "frontier",
    "goodness",
    "intervene",
    "recommend",
]
