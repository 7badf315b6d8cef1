"""How good a ranker is on a later part of the log: order, calibration, and both by name."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from fairview.core.columns import Array

Floats = npt.NDArray[np.float64]


def area_under_curve(score: Array, happened: Array) -> float | None:
    """Return the chance that a positive scores above a negative, ties half; None without both.

    Examples
    --------
    >>> area_under_curve(np.array([0.1, 0.4, 0.35, 0.8]), np.array([0, 0, 1, 1]))
    0.75
    """
    from scipy.stats import rankdata

    positives = int(happened.sum())
    negatives = len(happened) - positives
    if not positives or not negatives:
        return None
    ranks = rankdata(score)[happened.astype(bool)].sum()
    return float((ranks - positives * (positives + 1) / 2) / (positives * negatives))


def calibration_error(probability: Array, happened: Array, *, bins: int = 10) -> float | None:
    """Return the mean gap of predicted and observed rate over bins of equal mass.

    Sum over bins of n_b/n times the absolute gap; None without rows. Small samples read above 0
    even where the model is perfect.

    Examples
    --------
    >>> calibration_error(np.full(10, 0.3), np.arange(10) < 5, bins=1)
    0.2
    """
    if not len(probability):
        return None
    order = np.argsort(probability, kind="stable")
    gap = 0.0
    for part in np.array_split(order, min(bins, len(order))):
        gap += len(part) * abs(float(happened[part].mean() - probability[part].mean()))
    return round(gap / len(order), 12)


def mean_ndcg(request: Array, score: Array, gain: Array, *, k: int = 10) -> float | None:
    """Return the mean NDCG@k of the requests in which anything was gained; None without any.

    Discount 1/log2(1 + rank), linear gain, ties by the rows' order; the ideal is the same
    request's rows sorted by gain.

    Examples
    --------
    >>> mean_ndcg(np.zeros(3), np.array([3.0, 2.0, 1.0]), np.array([0.0, 1.0, 0.0])).__round__(4)
    0.6309
    """
    reached = _discounted(request, score, gain, k)
    ideal = _discounted(request, gain, gain, k)
    gained = ideal > 0
    return float((reached[gained] / ideal[gained]).mean()) if gained.any() else None


def _discounted(request: Array, score: Array, gain: Array, k: int) -> Floats:
    order = np.lexsort((np.arange(len(score)), -score, request))
    owner = request[order]
    codes, start = np.unique(owner, return_index=True)
    sizes = np.diff(np.append(start, len(owner)))
    rank = np.arange(len(owner)) - np.repeat(start, sizes) + 1
    worth = np.where(rank <= k, gain[order] / np.log2(1 + rank), 0.0)
    place = np.repeat(np.arange(len(codes)), sizes)
    return np.asarray(np.bincount(place, weights=worth, minlength=len(codes)), np.float64)
