"""GroupExposureDifference: how much more attention one group's items get than another's."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from fairview.measure.batches import RankedBatch
from fairview.measure.extremes import ExtremeMeasure, largest, smallest
from fairview.measure.measure import Better, Floats, ratio
from fairview.measure.measures.group_exposure import exposures_and_items
from fairview.measure.representation import BandMeasure


@dataclass(frozen=True)
class GroupExposureDifference(ExtremeMeasure, BandMeasure):
    r"""Largest minus smallest mean exposure of a group's ranked items.

    .. math:: \max_g E(g) - \min_g E(g)

    with E as in `GroupExposure`; groups without a ranked item are left out, and with fewer than
    two groups it is undefined. Range [0, 1], 0 is parity. Source: demographic parity of exposure
    as a difference, Singh and Joachims, KDD 2018. Its interval is made of simultaneous intervals
    of all groups' exposures.

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
    Exposure 3 for 4 items and 1 for 4: 0.75 - 0.25.

    >>> GroupExposureDifference(by="x").figures(np.array([3.0, 1, 4, 4]), np.ones(4)).tolist()
    [0.5]
    """

    better: ClassVar[Better] = Better.LOWER
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
        """Return each group's mean exposure (... x K)."""
        exposure, items = np.split(totals, 2, axis=-1)
        return ratio(exposure, items)

    def extreme(self, parts: Floats) -> Floats:
        """Return the largest minus the smallest (...); NaN with fewer than two groups."""
        alone = (~np.isnan(parts)).sum(axis=-1) < 2
        return np.where(alone, np.nan, largest(parts) - smallest(parts))

    def reach(self, low: Floats, high: Floats) -> tuple[float, float]:
        """Return the smallest and largest difference that the parts allow."""
        least = float(largest(low) - smallest(high))
        return max(least, 0.0), float(largest(high) - smallest(low))
