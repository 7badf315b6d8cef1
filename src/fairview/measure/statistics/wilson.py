"""Wilson's score interval of a proportion."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy import special

from fairview.measure.statistics.counts import checked_counts

Floats = npt.NDArray[np.float64]


def wilson(
    successes: npt.ArrayLike, trials: npt.ArrayLike, level: npt.ArrayLike = 0.95
) -> tuple[Floats, Floats]:
    r"""Return the lower and upper ends of the proportions p = x / n that a score test keeps.

    .. math:: \frac{\hat p + z^2/2n \pm z\sqrt{\hat p(1-\hat p)/n + z^2/4n^2}}{1 + z^2/n}

    Source: Wilson (1927). Range [0, 1]. Its coverage averages the level, and lies below it for
    some p near 0 and 1; `clopper_pearson` never does.

    Parameters
    ----------
    successes, trials
        x and n, broadcast together; fractions (effective counts) are fine. n = 0 gives NaN.
    level
        The confidence.

    Raises
    ------
    DataError
        Where x < 0 or x > n.

    Examples
    --------
    No success in ten trials: the upper end is z^2 / (10 + z^2).

    >>> [round(float(end), 4) for end in wilson(0, 10)]
    [0.0, 0.2775]
    """
    x, n = checked_counts(successes, trials)
    z = special.ndtri((1 + np.asarray(level, np.float64)) / 2)
    share, square = x / n, z * z / n
    centre = (share + square / 2) / (1 + square)
    half = np.sqrt(square * share * (1 - share) + square**2 / 4) / (1 + square)
    low, high = np.clip(centre - half, 0, 1), np.clip(centre + half, 0, 1)
    return np.where(x == 0, 0.0 * n, low), np.where(x == n, 0.0 * n + 1, high)
