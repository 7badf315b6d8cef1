"""Standard errors of ratios whose rows come in clusters: the delta method on cluster sums."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from fairview.core.errors import DataError

Floats = npt.NDArray[np.float64]


def cluster_robust(totals: npt.ArrayLike, counts: npt.ArrayLike) -> tuple[Floats, Floats]:
    r"""Return m ratios of sums and their standard errors, from sums per cluster.

    .. math:: R = \frac{\sum_b y_b}{\sum_b n_b}, \quad
        \mathrm{se}^2 = \frac{b}{b-1}\,\frac{\sum_b (y_b - R n_b)^2}{(\sum_b n_b)^2}

    Source: Cochran (1977), section 6.3; Deng et al. (2018) for experiments. Clusters, or the
    buckets that hold whole clusters, must be independent; there is nothing to assume about rows
    of one cluster.

    Parameters
    ----------
    totals, counts
        b x m sums of values and (weighted) counts per cluster. A ratio without counts is NaN, an
        error from fewer than two clusters too.

    Raises
    ------
    DataError
        Where the two shapes differ.

    Examples
    --------
    Three people with 1 of 2, 2 of 4 and 6 of 6 clicks:

    >>> ratio, error = cluster_robust([[1], [2], [6]], [[2], [4], [6]])
    >>> ratio.tolist(), error.round(4).tolist()
    ([0.75], [0.1909])
    """
    y, n, ratio = _ratio(totals, counts)
    squares = ((y - ratio * n) ** 2).sum(axis=0)
    b = len(y)
    factor = b / (b - 1) if b > 1 else np.nan
    below = n.sum(axis=0)
    return ratio, np.sqrt(factor * squares) / np.where(below > 0, below, np.nan)


def influence(totals: npt.ArrayLike, counts: npt.ArrayLike) -> Floats:
    r"""Return b x m pulls of each cluster on its ratio, (y_b - R n_b) / (sum of n).

    They add up to 0; the covariance of two ratios is b/(b-1) times the sum of products of their
    pulls.

    Examples
    --------
    >>> influence([[1], [2], [6]], [[2], [4], [6]]).ravel().round(4).tolist()
    [-0.0417, -0.0833, 0.125]
    """
    y, n, ratio = _ratio(totals, counts)
    below = n.sum(axis=0)
    return (y - ratio * n) / np.where(below > 0, below, np.nan)


def _ratio(totals: npt.ArrayLike, counts: npt.ArrayLike) -> tuple[Floats, Floats, Floats]:
    y, n = np.asarray(totals, np.float64), np.asarray(counts, np.float64)
    if y.ndim != 2 or y.shape != n.shape:
        raise DataError(f"Cluster sums and counts must both be b x m, not {y.shape}, {n.shape}.")
    below = n.sum(axis=0)
    return y, n, y.sum(axis=0) / np.where(below > 0, below, np.nan)
