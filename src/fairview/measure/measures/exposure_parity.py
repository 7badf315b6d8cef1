"""ExposureParity: the least exposed group's exposure over the most exposed one's."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from fairview.measure.batches import RankedBatch
from fairview.measure.extremes import ExtremeMeasure, largest, smallest
from fairview.measure.measure import Better, Floats
from fairview.measure.representation import (
    BandMeasure,
    TargetMeasure,
    log_ratio,
    pooled,
    pooled_names,
    pooled_shares,
)


@dataclass(frozen=True)
class ExposureParity(ExtremeMeasure, BandMeasure, TargetMeasure):
    r"""Ratio of the smallest to the largest exposure of a group, each relative to its target.

    .. math:: \frac{\min_g E_g / p^*_g}{\max_g E_g / p^*_g}, \quad p^*_g > 0

    E is the share of exposure and p* the target as in `ExposureGap`; groups whose target is 0
    are left out, and requests without a known target are excluded and counted. Undefined where
    a group with a target gets no exposure at all. Range (0, 1], 1 where every group gets the
    same part of its target. Source: demographic parity of exposure as a ratio, Singh and
    Joachims, KDD 2018. Its interval is made of simultaneous intervals of all groups' ratios.

    Parameters
    ----------
    by
        The attribute.
    target
        Name of the target: ``qualified``, ``uniform``, or one of the log's own.
    discount
        ``log2``: 1/log2(1+r), ``trec``: 1/log2(max(r, 2)), ``none``: 1.
    at
        k, at least 1.
    start
        The first rank that counts, 1 unless a band of ranks is looked at.

    Examples
    --------
    Exposures 3 and 1 where 2 and 2 are on target: 0.5 / 1.5.

    >>> round(float(ExposureParity(by="x").figures(np.array([3.0, 1, 2, 2]), np.ones(4))[0]), 4)
    0.3333
    """

    better: ClassVar[Better] = Better.NEAR_ONE
    bounds: ClassVar[tuple[float, float]] = (0.0, 1.0)
    change_per_part: ClassVar[float] = 2.0
    discount: str = "log2"

    def components(self, groups: tuple[str, ...]) -> tuple[str, ...]:
        """Return each group's exposure, and its exposure on target."""
        return pooled_names(groups)

    def reduce(self, batch: RankedBatch) -> Floats:
        """Return R x 2K exposures; NaN for a request without a target or a known item."""
        return pooled(batch, self.discount, self.at, self.target, self.start)

    def parts(self, totals: Floats, counts: Floats) -> Floats:
        """Return the natural log of each group's share over its target (... x K)."""
        return log_ratio(*pooled_shares(totals))

    def extreme(self, parts: Floats) -> Floats:
        """Return the ratio of the smallest to the largest (...); NaN where one has nothing."""
        low, high = smallest(parts), largest(parts)
        defined = np.isfinite(low) & np.isfinite(high)
        difference = np.subtract(low, high, out=np.full_like(low, np.nan), where=defined)
        return np.asarray(np.exp(difference))

    def reach(self, low: Floats, high: Floats) -> tuple[float, float]:
        """Return the smallest and largest ratio; it falls with the most exposed group's part."""
        least = float(smallest(low) - largest(high))
        most = float(smallest(high) - largest(low))
        return math.exp(least), math.exp(min(most, 0.0))
