"""MeanMinSkew: the mean over requests of the most under-represented group's skew."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from fairview.measure.batches import RankedBatch
from fairview.measure.extremes import smallest
from fairview.measure.measure import Better, Floats
from fairview.measure.representation import (
    BandMeasure,
    TargetMeasure,
    log_ratio,
    pooled,
    pooled_shares,
)


@dataclass(frozen=True)
class MeanMinSkew(BandMeasure, TargetMeasure):
    r"""Mean over requests of the smallest skew within each request.

    .. math:: \frac{1}{|Q|} \sum_q \min_{g : p^*_{qg} > 0}
              \ln \frac{(c_{qg} + \alpha) / (n_q + \alpha K)}{p^*_{qg}}

    c counts the (soft) members of a group among the request's first k items and n those of any
    known group. Groups whose target is 0 in a request are left out there; requests without a
    known item or target are excluded and counted. `MinSkew` pools requests before it takes the
    minimum; a page that leaves out a different group each time is bad here and fine there.
    Range (-inf, inf): 0 is on target, less is worse. Source: Geyik et al., KDD 2019.

    Parameters
    ----------
    by
        The attribute.
    target
        Name of the target: ``qualified``, ``uniform``, or one of the log's own.
    smoothing
        alpha, above 0, because a group is often missing from one page.
    at
        k, at least 1.
    start
        The first rank that counts, 1 unless a band of ranks is looked at.

    Examples
    --------
    Two of a, none of b, smoothed by a half: (0 + 0.5) / (2 + 1) = 1/6 against 1/2.

    >>> batch = RankedBatch(
    ...     offsets=np.array([0, 2]), buckets=np.array([0], np.int16), groups=("a", "b"),
    ...     membership=np.array([[1, 0, 0], [1, 0, 0.0]]))
    >>> round(float(MeanMinSkew(by="x", target="uniform").reduce(batch)[0, 0]), 4)
    -1.0986
    """

    better: ClassVar[Better] = Better.NEAR_ZERO
    must_smooth: ClassVar[bool] = True
    smoothing: float = 0.5

    def reduce(self, batch: RankedBatch) -> Floats:
        """Return R x 1 smallest skews; NaN for a request without a target or a known item."""
        sums = pooled(batch, "none", self.at, self.target, self.start)
        skews = smallest(log_ratio(*pooled_shares(np.nan_to_num(sums), self.smoothing)))
        skews[np.isnan(sums).any(axis=1) | ~np.isfinite(skews)] = np.nan
        return skews[:, None]
