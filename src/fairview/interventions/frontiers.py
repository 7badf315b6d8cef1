"""The frontier: the points that no other point beats on both utility and a fairness figure."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

from fairview.interventions.spec import Figure
from fairview.measure import Better, parse_measure

if TYPE_CHECKING:
    from fairview.interventions.result import Point


def goodness(figure: Figure, value: float) -> float:
    """Return a figure's value turned so that larger is better.

    Examples
    --------
    >>> goodness(Figure(measure="NDKL(by='x')@10"), 0.2)
    -0.2
    >>> goodness(Figure(measure="Div(by='x')@10"), 0.9)
    0.9
    """
    better = parse_measure(figure.measure).better
    if better is Better.LOWER:
        return -value
    if better is Better.NEAR_ZERO:
        return -abs(value)
    if better is Better.NEAR_ONE:
        return -abs(math.log(value)) if value > 0 else -math.inf
    return value


def frontier(points: Sequence[Point], utility: Figure, fairness: Figure) -> tuple[str, ...]:
    """Return the names of the points on the frontier, best utility first.

    A point is left out where another is at least as good on both and better on one, by their
    values: what is more than noise is told by the points' intervals. Points without a value
    of either aren't on it.
    """
    placed: list[tuple[float, float, str]] = []
    for point in points:
        both = (point.estimate(utility), point.estimate(fairness))
        values = [None if e is None or e.value is None else e.value for e in both]
        if values[0] is None or values[1] is None:
            continue
        placed.append((goodness(utility, values[0]), goodness(fairness, values[1]), point.name))
    found: list[str] = []
    last = (-math.inf, -math.inf)
    for useful, fair, name in sorted(placed, key=lambda p: (-p[0], -p[1], p[2])):
        if fair > last[1] or (useful, fair) == last:
            last = (useful, fair)
            found.append(name)
    return tuple(found)


__all__ = ["frontier", "goodness"]
