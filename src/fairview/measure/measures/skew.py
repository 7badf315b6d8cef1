"""Skew: how over- or under-represented each group is, against a target."""

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
    pooled_names,
    pooled_shares,
)


@dataclass(frozen=True)
class Skew(BandMeasure, TargetMeasure):
    r"""Log ratio of each group's share of the first k items to its target, over all requests.

    .. math:: Skew_g@k = \ln \frac{(C_g + \alpha) / (N + \alpha K)}{p^*_g},
              \quad C_g = \sum_q \sum_{r \le k} a_{\pi_q(r) g}, \quad N = \sum_g C_g

    a is the (soft) membership, and items of unknown membership count on neither side. The
    target is the mean of the requests' targets, weighted by their known items; requests without
    a known target are excluded and counted. A group whose target is 0 has no skew, and neither
    has one that is never shown where `smoothing` is 0. Range (-inf, inf): 0 on target, -0.69
    for half of it, 0.69 for twice as much. Source: Geyik, Ambler and Kenthapadi,
    "Fairness-Aware Ranking in Search & Recommendation Systems", KDD 2019; pooled here, where
    they look at one list.

    Parameters
    ----------
    by
        The attribute.
    target
        Name of the target: ``qualified``, ``uniform``, or one of the log's own.
    smoothing
        alpha, at least 0, added once to each group's pooled count.
    at
        k, at least 1.
    start
        The first rank that counts, 1 unless a band of ranks is looked at.

    Examples
    --------
    Three of four items are of group a, where half would be on target: ln(0.75/0.5).

    >>> batch = RankedBatch(
    ...     offsets=np.array([0, 4]), buckets=np.array([0], np.int16), groups=("a", "b"),
    ...     membership=np.array([[1, 0, 0], [1, 0, 0], [0, 1, 0], [1, 0, 0.0]]))
    >>> skew = Skew(by="x", target="uniform")
    >>> skew.figures(skew.reduce(batch)[0], np.ones(4)).round(4).tolist()
    [0.4055, -0.6931]
    """

    better: ClassVar[Better] = Better.NEAR_ZERO
    smoothing: float = 0.0

    def components(self, groups: tuple[str, ...]) -> tuple[str, ...]:
        """Return each group's count, and its count on target."""
        return pooled_names(groups)

    def reduce(self, batch: RankedBatch) -> Floats:
        """Return R x 2K counts; NaN for a request without a target or a known item."""
        return pooled(batch, "none", self.at, self.target, self.start)

    def figure_names(self, components: tuple[str, ...]) -> tuple[str, ...]:
        """Return the groups."""
        return components[: len(components) // 2]

    def figures(self, totals: Floats, counts: Floats) -> Floats:
        """Return each group's skew (... x K)."""
        skews = log_ratio(*pooled_shares(totals, self.smoothing))
        return np.where(np.isfinite(skews), skews, np.nan)
