"""AWRF: how close the attention that a list gives is to the target."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from fairview.measure.batches import RankedBatch
from fairview.measure.measure import Better, Floats, ratio
from fairview.measure.representation import BandMeasure, TargetMeasure, pooled


@dataclass(frozen=True)
class AWRF(BandMeasure, TargetMeasure):
    r"""Attention-weighted rank fairness: 1 minus the Jensen-Shannon divergence from the target.

    .. math:: d_g = \frac{\sum_r v(r)\, a_{\pi(r) g}}{\sum_r v(r)}, \quad
              AWRF = 1 - JSD(d, p^*)

    per request, natural log, then the mean over requests. Items of unknown membership stand in
    neither sum; requests without a known item or target are excluded and counted. Range
    [1 - ln 2, 1], 1 on target. Source: Ekstrand et al., "Overview of the TREC 2021 Fair
    Ranking Track".

    Parameters
    ----------
    by
        The attribute.
    target
        Name of the target: ``qualified``, ``uniform``, or one of the log's own.
    discount
        ``trec``: 1/log2(max(r, 2)) as in the source, ``log2``: 1/log2(1+r), ``none``: 1.
    at
        k, at least 1.
    start
        The first rank that counts, 1 unless a band of ranks is looked at.

    Examples
    --------
    All attention on a, half on target: JSD = (ln(4/3) + (ln(2/3) + ln 2) / 2) / 2.

    >>> batch = RankedBatch(
    ...     offsets=np.array([0, 1]), buckets=np.array([0], np.int16), groups=("a", "b"),
    ...     membership=np.array([[1, 0, 0.0]]))
    >>> round(float(AWRF(by="x", target="uniform").reduce(batch)[0, 0]), 4)
    0.7842
    """

    better: ClassVar[Better] = Better.NEAR_ONE
    bounds: ClassVar[tuple[float, float]] = (1 - math.log(2), 1.0)
    discount: str = "trec"

    def reduce(self, batch: RankedBatch) -> Floats:
        """Return R x 1 values; NaN for a request without a target or a known item."""
        sums = pooled(batch, self.discount, self.at, self.target, self.start)
        given, wanted = np.split(sums, 2, axis=1)
        total = np.nan_to_num(given.sum(axis=1, keepdims=True))
        d, p = ratio(given, total), ratio(wanted, total)
        middle = (d + p) / 2
        divergence = (_divergence(d, middle) + _divergence(p, middle)) / 2
        return np.clip(1 - divergence, *self.bounds)[:, None]


def _divergence(d: Floats, p: Floats) -> Floats:
    """Return R divergences of d from p, where a share of 0 gives 0."""
    quotient = np.divide(d, p, out=np.ones_like(d), where=d > 0)
    return np.asarray((d * np.log(quotient)).sum(axis=1))
