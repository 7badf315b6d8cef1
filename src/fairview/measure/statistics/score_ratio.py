"""The score interval of a ratio of two proportions."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy import special

from fairview.measure.statistics.counts import checked_counts

Floats = npt.NDArray[np.float64]
_STEPS = 80
_FARTHEST = 60.0


def score_ratio(
    successes: npt.ArrayLike,
    trials: npt.ArrayLike,
    other_successes: npt.ArrayLike,
    other_trials: npt.ArrayLike,
    level: npt.ArrayLike = 0.95,
) -> tuple[Floats, Floats]:
    r"""Return the ends of the ratios p1 / p2 that a score test keeps.

    .. math:: Z(\varphi) = \frac{\hat p_1 - \varphi\hat p_2}
        {\sqrt{\left(\frac{\tilde p_1(1-\tilde p_1)}{n_1}
        + \varphi^2\frac{\tilde p_2(1-\tilde p_2)}{n_2}\right)\frac{N}{N-1}}}

    with the most likely proportions whose ratio is phi. Source: Miettinen and Nurminen (1985);
    without N/(N-1) it is Koopman's (1984). Range [0, inf]. The lower end is 0 where x1 = 0, the
    upper is infinite where x2 = 0; where both are 0 nothing can be said, and both ends are NaN.

    Parameters and errors are those of `score_difference`.

    Examples
    --------
    >>> [round(float(end), 4) for end in score_ratio(36, 40, 16, 80)]
    [2.9346, 7.1663]
    """
    x1, n1 = checked_counts(successes, trials)
    x2, n2 = checked_counts(other_successes, other_trials)
    z = special.ndtri((1 + np.asarray(level, np.float64)) / 2)
    x1, n1, x2, n2, z = np.broadcast_arrays(x1, n1, x2, n2, z)
    start = np.log((x1 + 0.5) / (n1 + 0.5)) - np.log((x2 + 0.5) / (n2 + 0.5))
    known = (x1 > 0) & (x2 > 0)
    start = np.where(
        known, np.log(np.where(known, x1 / n1, 1)) - np.log(np.where(known, x2 / n2, 1)), start
    )
    ends = []
    for sign in (-1.0, 1.0):
        inside, outside = start.copy(), np.full(start.shape, sign * _FARTHEST)
        for _ in range(_STEPS):
            middle = (inside + outside) / 2
            kept = np.abs(ratio_score(x1, n1, x2, n2, np.exp(middle))) <= z
            inside, outside = np.where(kept, middle, inside), np.where(kept, outside, middle)
        ends.append(np.exp((inside + outside) / 2))
    nothing = np.isnan(start) | ((x1 == 0) & (x2 == 0))
    low = np.where(nothing, np.nan, np.where(x1 == 0, 0.0, ends[0]))
    return low, np.where(nothing, np.nan, np.where(x2 == 0, np.inf, ends[1]))


def ratio_score(
    x1: npt.ArrayLike, n1: npt.ArrayLike, x2: npt.ArrayLike, n2: npt.ArrayLike, ratio: npt.ArrayLike
) -> Floats:
    """Return Z of the hypothesis that p1 / p2 is `ratio`.

    Examples
    --------
    At a ratio of 1 it is the test of no difference.

    >>> round(float(ratio_score(7, 10, 3, 10, 1.0)), 4)
    1.7436
    """
    a, n_a = checked_counts(x1, n1)
    b, n_b = checked_counts(x2, n2)
    phi, size = np.asarray(ratio, np.float64), n_a + n_b
    # The smaller root of size*phi*q^2 - half*q + (a + b) = 0, written without cancellation.
    half = n_a * phi + a + n_b + b * phi
    root = np.sqrt(np.maximum(half**2 - 4 * size * phi * (a + b), 0))
    q = np.clip(2 * (a + b) / (half + root), 0, np.minimum(1, 1 / phi))
    p = phi * q
    variance = (p * (1 - p) / n_a + phi**2 * q * (1 - q) / n_b) * size / (size - 1)
    distance = a / n_a - phi * b / n_b
    with np.errstate(divide="ignore", invalid="ignore"):
        z = distance / np.sqrt(np.maximum(variance, 0))
    return np.asarray(np.where(np.abs(distance) < 1e-15, 0.0, z))
