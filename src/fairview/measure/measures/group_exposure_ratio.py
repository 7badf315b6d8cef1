"""GroupExposureRatio: the least exposed group's items against the most exposed one's."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from fairview.measure.batches import RankedBatch
from fairview.measure.extremes import ExtremeMeasure, largest, smallest
from fairview.measure.measure import Better, Floats
from fairview.measure.measures.group_exposure import exposures_and_items
from fairview.measure.representation import BandMeasure, log_ratio


@dataclass(frozen=True)
class GroupExposureRatio(ExtremeMeasure, BandMeasure):
    r"""Smallest over largest mean exposure of a group's ranked items.

    .. math:: \frac{\min_g E(g)}{\max_g E(g)}

    with E as in `GroupExposure`; groups without a ranked item are left out. Undefined with fewer
    than two groups, or where a group's items get no exposure at all. `ExposureParity` compares
    each group with its target instead. Range (0, 1], 1 is parity. Source: demographic parity of
    exposure, Singh and Joachims, KDD 2018. Its interval is made of simultaneous intervals of the
    logarithms of all groups' exposures.

    Parameters
    ----------
    by
        The attribute.
    discount
        ``log2``: 1/log2(1+r), ``trec``: 1/log2(max(r, 2)), ``none``: 1.
    at
        k, at least 1.
    start
        The first rank that counts, 1 unless a band of ranks is looked at.

    Examples
    --------
    Exposure 3 for 4 items and 1 for 4: a third.

    >>> ratio = GroupExposureRatio(by="x")
    >>> ratio.figures(np.array([3.0, 1, 4, 4]), np.ones(4)).round(4).tolist()
    [0.3333]
    """

    better: ClassVar[Better] = Better.NEAR_ONE
    bounds: ClassVar[tuple[float, float]] = (0.0, 1.0)
    change_per_part: ClassVar[float] = 2.0
    discount: str = "log2"

    def components(self, groups: tuple[str, ...]) -> tuple[str, ...]:
        """Return each group's exposure, and its items."""
        return (*groups, *(f"items {group}" for group in groups))

    def reduce(self, batch: RankedBatch) -> Floats:
        """Return R x 2K exposures and counts of items."""
        return exposures_and_items(batch, self.discount, self.at, self.start)

    def parts(self, totals: Floats, counts: Floats) -> Floats:
        """Return the natural log of each group's mean exposure (... x K)."""
        return log_ratio(*np.split(totals, 2, axis=-1))

    def extreme(self, parts: Floats) -> Floats:
        """Return the ratio of the smallest to the largest (...); NaN with fewer than two groups."""
        low, high = smallest(parts), largest(parts)
        alone = (~np.isnan(parts)).sum(axis=-1) < 2
        defined = np.isfinite(low) & np.isfinite(high) & ~alone
        difference = np.subtract(low, high, out=np.full_like(low, np.nan), where=defined)
        return np.asarray(np.exp(difference))

    def reach(self, low: Floats, high: Floats) -> tuple[float, float]:
        """Return the smallest and largest ratio; it falls with the most exposed group's part."""
        least = float(smallest(low) - largest(high))
        most = float(smallest(high) - largest(low))
        return math.exp(least), math.exp(min(most, 0.0))
