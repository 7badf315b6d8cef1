"""ExposureGap: how far the farthest group's exposure is from its target."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from fairview.measure.batches import RankedBatch
from fairview.measure.extremes import ExtremeMeasure, largest
from fairview.measure.measure import Better, Floats
from fairview.measure.representation import (
    BandMeasure,
    TargetMeasure,
    pooled,
    pooled_names,
    pooled_shares,
)


@dataclass(frozen=True)
class ExposureGap(ExtremeMeasure, BandMeasure, TargetMeasure):
    r"""Largest difference between a group's share of exposure and its target.

    .. math:: \max_g |E_g - p^*_g|

    E is the share of exposure as in `ExposureShare`, over requests with a known target; the
    target is the mean of the requests' targets weighted by the exposure that they gave to known
    groups. Requests without a known target are excluded and counted. Range [0, 1], 0 on target.
    Source: demographic parity of exposure, Singh and Joachims, KDD 2018. Its interval is made
    of simultaneous intervals of all groups' differences, so it holds 0 where nothing is shown
    to differ.

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
    Exposures 3 and 1 where 2 and 2 are on target: |0.75 - 0.5|.

    >>> float(ExposureGap(by="x").figures(np.array([3.0, 1, 2, 2]), np.ones(4))[0])
    0.25
    """

    better: ClassVar[Better] = Better.LOWER
    bounds: ClassVar[tuple[float, float]] = (0.0, 1.0)
    discount: str = "log2"

    def components(self, groups: tuple[str, ...]) -> tuple[str, ...]:
        """Return each group's exposure, and its exposure on target."""
        return pooled_names(groups)

    def reduce(self, batch: RankedBatch) -> Floats:
        """Return R x 2K exposures; NaN for a request without a target or a known item."""
        return pooled(batch, self.discount, self.at, self.target, self.start)

    def parts(self, totals: Floats, counts: Floats) -> Floats:
        """Return each group's share minus its target (... x K)."""
        share, target = pooled_shares(totals)
        return np.asarray(share - target)

    def extreme(self, parts: Floats) -> Floats:
        """Return the largest difference, whatever its sign (...)."""
        return largest(np.abs(parts))

    def reach(self, low: Floats, high: Floats) -> tuple[float, float]:
        """Return the smallest and largest gap; a part whose interval holds 0 may be 0."""
        ends = np.abs(np.stack([low, high]))
        nearest = np.where((low <= 0) & (high >= 0), 0.0, ends.min(axis=0))
        return float(largest(nearest)), float(largest(ends.max(axis=0)))
