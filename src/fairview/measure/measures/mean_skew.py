"""MeanSkew: each group's skew within a request, on average over requests."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from fairview.measure.batches import RankedBatch
from fairview.measure.measure import Better, Floats
from fairview.measure.representation import (
    BandMeasure,
    TargetMeasure,
    log_ratio,
    pooled,
    pooled_shares,
)


@dataclass(frozen=True)
class MeanSkew(BandMeasure, TargetMeasure):
    r"""Mean over requests of each group's log ratio of share to target within the request.

    .. math:: \frac{1}{|Q_g|} \sum_{q \in Q_g}
              \ln \frac{(c_{qg} + \alpha) / (n_q + \alpha K)}{p^*_{qg}},
              \quad Q_g = \{q : p^*_{qg} > 0\}

    c counts the (soft) members of a group among the request's first k items and n those of any
    known group. A request in which a group's target is 0 is left out for that group; requests
    without a known item or target are excluded and counted. `Skew` pools requests before it takes
    the logarithm. Range (-inf, inf): 0 on target, less for a group that is typically shown less.
    Source: Geyik, Ambler and Kenthapadi, "Fairness-Aware Ranking in Search & Recommendation
    Systems", KDD 2019.

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
    Two of a, none of b, smoothed by a half: 5/6 and 1/6 against 1/2.

    >>> batch = RankedBatch(
    ...     offsets=np.array([0, 2]), buckets=np.array([0], np.int16), groups=("a", "b"),
    ...     membership=np.array([[1, 0, 0], [1, 0, 0.0]]))
    >>> MeanSkew(by="x", target="uniform").reduce(batch)[0].round(4).tolist()
    [0.5108, -1.0986]
    """

    better: ClassVar[Better] = Better.NEAR_ZERO
    must_smooth: ClassVar[bool] = True
    smoothing: float = 0.5

    def components(self, groups: tuple[str, ...]) -> tuple[str, ...]:
        """Return the groups."""
        return groups

    def reduce(self, batch: RankedBatch) -> Floats:
        """Return R x K skews; NaN for a request without a target or a known item."""
        sums = pooled(batch, "none", self.at, self.target, self.start)
        skews = log_ratio(*pooled_shares(np.nan_to_num(sums), self.smoothing))
        skews[np.isnan(sums).any(axis=1)] = np.nan
        return np.where(np.isfinite(skews), skews, np.nan)
