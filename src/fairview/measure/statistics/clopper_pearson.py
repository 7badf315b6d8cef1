"""Clopper and Pearson's exact interval of a proportion."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy import special

from fairview.measure.statistics.counts import checked_counts

Floats = npt.NDArray[np.float64]


def clopper_pearson(
    successes: npt.ArrayLike, trials: npt.ArrayLike, level: npt.ArrayLike = 0.95
) -> tuple[Floats, Floats]:
    r"""Return the ends of the proportions that neither exact binomial tail rejects.

    .. math:: [B_{\alpha/2}(x, n-x+1),\; B_{1-\alpha/2}(x+1, n-x)]

    where B is the quantile of the Beta distribution. Source: Clopper and Pearson (1934). Range
    [0, 1]. It covers at least at the level for every p, so it is wider than it need be.

    Parameters and errors are those of `wilson`.

    Examples
    --------
    No success in ten trials: the upper end is 1 - 0.025^(1/10).

    >>> [round(float(end), 4) for end in clopper_pearson(0, 10)]
    [0.0, 0.3085]
    """
    x, n = checked_counts(successes, trials)
    tail = (1 - np.asarray(level, np.float64)) / 2
    return exact_ends(x, n, tail)


def exact_ends(x: Floats, n: Floats, tail: npt.ArrayLike) -> tuple[Floats, Floats]:
    """Return the ends that leave at most `tail` on each side."""
    low = special.betaincinv(np.where(x == 0, 1.0, x), n - x + 1, tail)
    high = 1 - special.betaincinv(np.where(x == n, 1.0, n - x), x + 1, tail)
    return np.where(x == 0, 0.0, low), np.where(x == n, 1.0, high)
