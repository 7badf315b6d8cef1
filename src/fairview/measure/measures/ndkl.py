"""NDKL: how far every prefix of a list is from the target, discounted by rank."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from fairview.measure.batches import RankedBatch
from fairview.measure.measure import Better, Floats, ratio
from fairview.measure.prefixes import prefix_divergences
from fairview.measure.representation import TargetMeasure


@dataclass(frozen=True)
class NDKL(TargetMeasure):
    r"""Normalised discounted Kullback-Leibler divergence of prefixes from the target, per request.

    .. math:: NDKL = \frac{1}{Z} \sum_{i=1}^{k} \frac{KL(D_{\pi^i} \| p^*)}{\log_2(i + 1)},
              \quad Z = \sum_i \frac{1}{\log_2(i + 1)}

    D is the distribution of the first i items over the groups, with soft membership, natural
    log, and the mean over requests is reported. Items of unknown membership add to no group; a
    prefix with nothing known has no distribution and stands in neither sum. A request is
    excluded and counted where its target isn't known, where it shows no known group, or where
    it shows a group whose target is 0. Range [0, inf): 0 where every prefix matches. Even a
    fair order is above 0, because a short prefix can't match; compare with a reference list.
    Source: Geyik et al., KDD 2019. The prefixes come from running sums, O(n).

    Parameters
    ----------
    by
        The attribute.
    target
        Name of the target: ``qualified``, ``uniform``, or one of the log's own.
    smoothing
        alpha, at least 0, added to the count of every group with a target above 0.
    at
        k, at least 1.

    Examples
    --------
    The list a, b: KL is ln 2 for the first prefix, 0 for both; (ln 2)/(1 + 1/log2(3)).

    >>> batch = RankedBatch(
    ...     offsets=np.array([0, 2]), buckets=np.array([0], np.int16), groups=("a", "b"),
    ...     membership=np.array([[1, 0, 0], [0, 1, 0.0]]))
    >>> round(float(NDKL(by="x", target="uniform").reduce(batch)[0, 0]), 4)
    0.425
    """

    better: ClassVar[Better] = Better.LOWER
    bounds: ClassVar[tuple[float, float]] = (0.0, np.inf)
    smoothing: float = 0.0

    def reduce(self, batch: RankedBatch) -> Floats:
        """Return R x 1 divergences; NaN where undefined."""
        divergence = self.divergence(batch)
        weight = batch.attention("log2", self.at) * ~np.isnan(divergence)
        inside = np.where(weight > 0, divergence, 0.0)
        total, norm = batch.sum_by_request(np.column_stack([weight * inside, weight])).T
        value = ratio(total, norm)
        unclear = np.isnan(batch.target(self.target)).any(axis=1)
        value[unclear | ~np.isfinite(value)] = np.nan
        return value[:, None]

    def divergence(self, batch: RankedBatch) -> Floats:
        """Return each prefix's divergence (n); NaN where it holds nothing known."""
        return prefix_divergences(batch, self.target, self.smoothing)
