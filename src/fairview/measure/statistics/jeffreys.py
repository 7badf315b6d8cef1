"""Jeffreys' interval of a proportion: exact tails without their waste."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy import special

from fairview.measure.statistics.counts import checked_counts

Floats = npt.NDArray[np.float64]


def jeffreys(
    successes: npt.ArrayLike, trials: npt.ArrayLike, level: npt.ArrayLike = 0.95
) -> tuple[Floats, Floats]:
    r"""Return equal-tailed ends of a proportion after a Beta(1/2, 1/2) prior.

    .. math:: [B_{\alpha/2}(x+\tfrac12, n-x+\tfrac12),\; B_{1-\alpha/2}(x+\tfrac12, n-x+\tfrac12)]

    with 0 as the lower end where x = 0 and 1 as the upper where x = n. Source: Brown, Cai and
    DasGupta (2001). Range [0, 1]. Close to the mid-p version of `clopper_pearson`; far out in
    the tails, where simultaneous intervals of many groups look, it holds its level better than
    Wilson's.

    Parameters and errors are those of `wilson`.

    Examples
    --------
    >>> [round(float(end), 4) for end in jeffreys(0, 10)]
    [0.0, 0.2172]
    """
    x, n = checked_counts(successes, trials)
    return jeffreys_ends(x, n, (1 - np.asarray(level, np.float64)) / 2)


def jeffreys_ends(x: Floats, n: Floats, tail: npt.ArrayLike) -> tuple[Floats, Floats]:
    """Return the ends that leave about `tail` on each side."""
    low = special.betaincinv(x + 0.5, n - x + 0.5, tail)
    high = 1 - special.betaincinv(n - x + 0.5, x + 0.5, tail)
    return np.where(x == 0, 0.0, low), np.where(x == n, 1.0, high)
