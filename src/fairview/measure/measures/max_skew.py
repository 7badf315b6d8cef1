"""MaxSkew: the skew of the group that is most over-represented, over all requests."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from fairview.measure.batches import RankedBatch
from fairview.measure.extremes import ExtremeMeasure, largest
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
class MaxSkew(ExtremeMeasure, BandMeasure, TargetMeasure):
    r"""Skew of the group that exceeds its target most, pooled over all requests.

    .. math:: MaxSkew@k = \max_{g : p^*_g > 0} Skew_g@k

    with `Skew` as defined there; `MeanMaxSkew` takes the maximum within each request instead,
    which is another figure. Range [0, inf) without smoothing: 0 where every group is on target.
    Source: Geyik et al., KDD 2019. Its interval is made of simultaneous intervals of all
    groups' skews, because the largest of several is large by chance.

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
    Shown 3 of a and 1 of b, where 2 of each are on target: ln(0.75/0.5).

    >>> import numpy as np
    >>> round(float(MaxSkew(by="x").figures(np.array([3.0, 1, 2, 2]), np.ones(4))[0]), 4)
    0.4055
    """

    better: ClassVar[Better] = Better.NEAR_ZERO
    smoothing: float = 0.0

    def components(self, groups: tuple[str, ...]) -> tuple[str, ...]:
        """Return each group's count, and its count on target."""
        return pooled_names(groups)

    def reduce(self, batch: RankedBatch) -> Floats:
        """Return R x 2K counts; NaN for a request without a target or a known item."""
        return pooled(batch, "none", self.at, self.target, self.start)

    def parts(self, totals: Floats, counts: Floats) -> Floats:
        """Return each group's skew (... x K)."""
        return log_ratio(*pooled_shares(totals, self.smoothing))

    def extreme(self, parts: Floats) -> Floats:
        """Return the largest skew (...)."""
        return largest(parts)
