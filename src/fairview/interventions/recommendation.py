"""Which point to take: within what it may cost, the best at what is preferred."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from fairview.interventions.frontiers import goodness
from fairview.interventions.spec import Constraint, InterventionSpec
from fairview.measure import SamplingUnit

if TYPE_CHECKING:
    from fairview.interventions.result import Point


@dataclass(frozen=True)
class Recommendation:
    """The recommended point.

    Parameters
    ----------
    name
        The point; empty where none satisfies every constraint.
    reason
        Why, in a sentence.
    refused
        Point to the constraints that it doesn't satisfy throughout.
    """

    name: str
    reason: str
    refused: dict[str, tuple[str, ...]]

    def to_dict(self) -> dict[str, Any]:
        """Return plain data, ready for JSON."""
        return asdict(self)


def recommend(spec: InterventionSpec, baseline: Point, points: Sequence[Point]) -> Recommendation:
    """Return the point to take.

    Among the points whose whole intervals satisfy every constraint, and which are shown to be
    better than the baseline at the preferred figure, the best at it by value; of those equal
    there, the one with the most utility, then the first by name.
    """
    refused: dict[str, tuple[str, ...]] = {}
    allowed: list[tuple[float, float, str]] = []
    figure = spec.preferred
    for point in points:
        broken = tuple(c.words for c in spec.constraints if not satisfies(c, point))
        if broken:
            refused[point.name] = broken
            continue
        estimate, change = point.estimate(figure), point.change(figure)
        if estimate is None or estimate.value is None:
            refused[point.name] = (f"{figure} has no value",)
            continue
        before = baseline.estimate(figure)
        gained = goodness(figure, estimate.value)
        was = None if before is None or before.value is None else goodness(figure, before.value)
        if was is None:
            refused[point.name] = (f"{figure} has no value of the baseline to compare with",)
            continue
        shown = change is not None and (change.is_shown or change.method == "census")
        if not (shown and gained > was):
            refused[point.name] = (f"no shown gain in {figure}",)
            continue
        utility = point.estimate(spec.utility)
        worth = -1e300
        if utility is not None and utility.value is not None:
            worth = goodness(spec.utility, utility.value)
        allowed.append((-gained, -worth, point.name))
    if not allowed:
        return Recommendation("", _none(refused), refused)
    name = min(allowed)[2]
    limits = ", ".join(c.words for c in spec.constraints) or "no constraint"
    reason = f"It is the best at {figure} of the {len(allowed)} points that satisfy {limits}."
    return Recommendation(name, reason, refused)


def satisfies(constraint: Constraint, point: Point) -> bool:
    """Return whether a point's whole interval satisfies a constraint; no interval doesn't."""
    if constraint.loses_at_most is not None:
        change = point.change(constraint)
        if change is None or change.difference is None or change.before.value is None:
            return False
        ends = (change.low, change.high)
        if change.method == "census":
            ends = (change.difference, change.difference)
        before = change.before.value
        losses = [
            goodness(constraint, before) - goodness(constraint, before + end)
            for end in ends
            if end is not None
        ]
        return len(losses) == 2 and max(losses) <= constraint.loses_at_most
    estimate = point.estimate(constraint)
    if estimate is None or estimate.value is None:
        return False
    low, high = estimate.low, estimate.high
    if estimate.unit is SamplingUnit.CENSUS:
        low = high = estimate.value
    if low is None or high is None:
        return False
    if constraint.at_least is not None:
        return low >= constraint.at_least
    return constraint.at_most is not None and high <= constraint.at_most


def _none(refused: dict[str, tuple[str, ...]]) -> str:
    counts: dict[str, int] = {}
    for reasons in refused.values():
        for reason in reasons:
            counts[reason] = counts.get(reason, 0) + 1
    if not counts:
        return "Nothing was tried."
    most = max(counts, key=lambda reason: (counts[reason], reason))
    return (
        f"No point can be recommended; what most of them fail is: {most} "
        f"({counts[most]} of {len(refused)})."
    )


__all__ = ["Recommendation", "recommend", "satisfies"]
