"""Measures that take the smallest, the largest or the farthest of several smooth parts.

Such a figure isn't smooth, and percentiles of a bootstrap promise too much for it: where parts
are close together, the smallest of them is small by chance, and smaller still in a resample. So
every part gets an interval, all at once, and the figure's interval is what the parts allow.
"""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from fairview.measure.estimate import OVERALL
from fairview.measure.measure import Floats, RequestMeasure


@dataclass(frozen=True)
class ExtremeMeasure(RequestMeasure):
    """A ranking measure that is an extreme of p smooth parts, one per group.

    Attributes
    ----------
    change_per_part
        How much the figure can change at most where every part changes by at most 1.
    """

    abstract: ClassVar[bool] = True
    smooth: ClassVar[bool] = False
    change_per_part: ClassVar[float] = 1.0

    @abstractmethod
    def parts(self, totals: Floats, counts: Floats) -> Floats:
        """Return the parts (... x p) of sums and counts (... x m); NaN for one that isn't there."""

    @abstractmethod
    def extreme(self, parts: Floats) -> Floats:
        """Return the figure (...) of parts (... x p); parts that are NaN are left out."""

    def reach(self, low: Floats, high: Floats) -> tuple[float, float]:
        """Return the figure's smallest and largest value where part i lies in low[i] to high[i].

        By default the figure rises with each of its parts.
        """
        return float(self.extreme(low)), float(self.extreme(high))

    def figure_names(self, components: tuple[str, ...]) -> tuple[str, ...]:
        """Return ``overall``: an extreme is one figure."""
        return (OVERALL,)

    def counted(self, figure: str, components: tuple[str, ...]) -> tuple[str, ...]:
        """Return no component: requests are counted once, not once per group."""
        return ()

    def figures(self, totals: Floats, counts: Floats) -> Floats:
        """Return the figure (... x 1)."""
        return np.asarray(self.extreme(self.parts(totals, counts)))[..., None]


def smallest(parts: Floats) -> Floats:
    """Return the smallest part (...), NaN only where all are NaN."""
    return np.asarray(np.fmin.reduce(parts, axis=-1))


def largest(parts: Floats) -> Floats:
    """Return the largest part (...), NaN only where all are NaN."""
    return np.asarray(np.fmax.reduce(parts, axis=-1))
