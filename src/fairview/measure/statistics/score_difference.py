"""The score interval of a difference of two proportions, and its test."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy import special

from fairview.measure.statistics.counts import checked_counts

Floats = npt.NDArray[np.float64]
_STEPS = 60


def score_difference(
    successes: npt.ArrayLike,
    trials: npt.ArrayLike,
    other_successes: npt.ArrayLike,
    other_trials: npt.ArrayLike,
    level: npt.ArrayLike = 0.95,
) -> tuple[Floats, Floats]:
    r"""Return the ends of the differences p1 - p2 that a score test keeps.

    .. math:: Z(\delta) = \frac{\hat p_1 - \hat p_2 - \delta}
        {\sqrt{\left(\frac{\tilde p_1(1-\tilde p_1)}{n_1} + \frac{\tilde p_2(1-\tilde p_2)}{n_2}
        \right)\frac{N}{N-1}}}

    with the most likely proportions whose difference is delta. Source: Miettinen and Nurminen
    (1985), the closed form of Farrington and Manning (1990). Range [-1, 1]. It is preferred to
    Newcombe's hybrid of two Wilson intervals because it inverts a test: the interval excludes 0
    exactly where the test of no difference rejects, so a gate and a p-value can't disagree.

    Parameters
    ----------
    successes, trials, other_successes, other_trials
        Counts of the two independent samples, broadcast together. No trials give NaN.
    level
        The confidence.

    Raises
    ------
    DataError
        Where a success count is negative or above its trials.

    Examples
    --------
    >>> [round(float(end), 4) for end in score_difference(56, 70, 48, 80)]
    [0.0528, 0.3382]
    """
    x1, n1 = checked_counts(successes, trials)
    x2, n2 = checked_counts(other_successes, other_trials)
    z = special.ndtri((1 + np.asarray(level, np.float64)) / 2)
    x1, n1, x2, n2, z = np.broadcast_arrays(x1, n1, x2, n2, z)
    difference = x1 / n1 - x2 / n2
    ends = []
    for sign in (1.0, -1.0):
        inside, outside = difference.copy(), np.full(difference.shape, -sign)
        for _ in range(_STEPS):
            middle = (inside + outside) / 2
            kept = np.abs(difference_score(x1, n1, x2, n2, middle)) <= z
            inside, outside = np.where(kept, middle, inside), np.where(kept, outside, middle)
        ends.append(np.where(np.isnan(difference), np.nan, (inside + outside) / 2))
    return ends[0], ends[1]


def difference_score(
    x1: npt.ArrayLike,
    n1: npt.ArrayLike,
    x2: npt.ArrayLike,
    n2: npt.ArrayLike,
    difference: npt.ArrayLike = 0.0,
) -> Floats:
    """Return Z of the hypothesis that p1 - p2 is `difference`; 0 where nothing speaks against it.

    Examples
    --------
    7 of 10 against 3 of 10: pooled p is 1/2, so Z = 0.4 / sqrt(0.05 x 20/19).

    >>> round(float(difference_score(7, 10, 3, 10)), 4)
    1.7436
    """
    a, n_a = checked_counts(x1, n1)
    b, n_b = checked_counts(x2, n2)
    delta = np.asarray(difference, np.float64)
    p, q = _likeliest(a / n_a, b / n_b, n_b / n_a, delta)
    size = n_a + n_b
    variance = (p * (1 - p) / n_a + q * (1 - q) / n_b) * size / (size - 1)
    distance = a / n_a - b / n_b - delta
    with np.errstate(divide="ignore", invalid="ignore"):
        z = distance / np.sqrt(np.maximum(variance, 0))
    return np.asarray(np.where(np.abs(distance) < 1e-15, 0.0, z))


def _likeliest(p1: Floats, p2: Floats, ratio: Floats, delta: Floats) -> tuple[Floats, Floats]:
    """Return the likeliest proportions whose difference is delta, a root of a cubic."""
    a = 1 + ratio
    b = -(1 + ratio + p1 + ratio * p2 + delta * (ratio + 2))
    c = delta**2 + delta * (2 * p1 + ratio + 1) + p1 + ratio * p2
    d = -p1 * delta * (1 + delta)
    third = b / (3 * a)
    v = third**3 - b * c / (6 * a**2) + d / (2 * a)
    u = np.where(v > 0, 1.0, -1.0) * np.sqrt(np.maximum(third**2 - c / (3 * a), 0))
    cube = np.where(u == 0, 1.0, u**3)
    angle = (np.pi + np.arccos(np.clip(v / cube, -1, 1))) / 3
    p = np.clip(2 * u * np.cos(angle) - third, np.maximum(delta, 0), np.minimum(1, 1 + delta))
    return p, np.clip(p - delta, 0, 1)
