"""Power: the smallest gap that an audit could have found, and how much data a gap needs."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt
from scipy import special

from fairview.core.errors import UsageError

Floats = npt.NDArray[np.float64]


def smallest_gap(
    error: npt.ArrayLike,
    level: float = 0.95,
    power: float = 0.8,
    critical: npt.ArrayLike | None = None,
) -> Floats:
    r"""Return the smallest true gap that is found with this power.

    .. math:: \delta = (z_{1-\alpha/2} + z_{1-\beta})\,\mathrm{se}

    Source: Bloom (1995), the minimum detectable effect. To be printed beside every "no gap
    found": a gap smaller than this could well be there.

    Parameters
    ----------
    error
        The gap's standard error in this audit; clusters are in it already.
    level, power
        Of the test, and the chance that it finds a gap of this size.
    critical
        The critical value where the gap is one of a family, such as `max_t`'s; by default that
        of a single two-sided test.

    Examples
    --------
    A standard error of one point finds gaps of 2.8 points:

    >>> round(float(smallest_gap(0.01)), 4)
    0.028
    """
    _check(level, power)
    z = special.ndtri((1 + level) / 2) if critical is None else np.asarray(critical, np.float64)
    return np.asarray((z + special.ndtri(power)) * np.asarray(error, np.float64), np.float64)


def power_of_gap(
    gap: npt.ArrayLike,
    error: npt.ArrayLike,
    level: float = 0.95,
    critical: npt.ArrayLike | None = None,
) -> Floats:
    r"""Return the chance that a true gap is found, on either side.

    .. math:: \Phi(|\delta|/\mathrm{se} - z) + \Phi(-|\delta|/\mathrm{se} - z)

    Examples
    --------
    >>> round(float(power_of_gap(0.028, 0.01)), 3)
    0.8
    """
    z = special.ndtri((1 + level) / 2) if critical is None else np.asarray(critical, np.float64)
    away = np.abs(np.asarray(gap, np.float64)) / np.asarray(error, np.float64)
    return np.asarray(special.ndtr(away - z) + special.ndtr(-away - z), np.float64)


def gap_error(
    rate: npt.ArrayLike,
    n: npt.ArrayLike,
    other_n: npt.ArrayLike,
    gap: npt.ArrayLike = 0.0,
    design_effect: npt.ArrayLike = 1.0,
) -> Floats:
    """Return the standard error of a gap between two shares, `rate` and `rate` + `gap`.

    Parameters
    ----------
    rate
        The share in the first group, of `n` rows.
    n, other_n
        Rows of the two groups.
    gap
        How far the other group's share lies from `rate`.
    design_effect
        By how much clusters multiply the variance; see `design_effect`.

    Examples
    --------
    >>> round(float(gap_error(0.2, 1600, 1600)), 5)
    0.01414
    """
    p = np.asarray(rate, np.float64)
    q = p + np.asarray(gap, np.float64)
    if np.any((q < 0) | (q > 1) | (p < 0) | (p > 1)):
        raise UsageError("A share and a share plus the gap must lie between 0 and 1.")
    variance = p * (1 - p) / np.asarray(n) + q * (1 - q) / np.asarray(other_n)
    return np.asarray(np.sqrt(variance * np.asarray(design_effect)), np.float64)


def required_n(
    gap: float,
    rate: float,
    level: float = 0.95,
    power: float = 0.8,
    *,
    design_effect: float = 1.0,
    share: float = 0.5,
    critical: float | None = None,
) -> int:
    r"""Return the rows of both groups together that find a gap with this power.

    .. math:: N = \left(\frac{z_{1-\alpha/2} + z_{1-\beta}}{\delta}\right)^2
        \left(\frac{p(1-p)}{s} + \frac{q(1-q)}{1-s}\right)\mathrm{deff}, \quad q = p + \delta

    Parameters
    ----------
    gap
        The true gap to be found; not 0.
    rate
        The share in the first group.
    level, power, critical
        As in `smallest_gap`.
    design_effect
        By how much clusters multiply the variance.
    share
        The first group's part of the rows.

    Examples
    --------
    A gap of two points from a rate of 20 %, in two groups of one size:

    >>> required_n(0.02, 0.2)
    13014
    """
    if gap == 0 or not 0 < share < 1:
        raise UsageError("A gap to be found isn't 0, and a share of rows lies between 0 and 1.")
    error = float(gap_error(rate, share, 1 - share, gap, design_effect))
    return math.ceil((float(smallest_gap(error, level, power, critical)) / gap) ** 2)


def design_effect(error: npt.ArrayLike, independent_error: npt.ArrayLike) -> Floats:
    """Return how much clusters multiply the variance: (error / error of independent rows)^2.

    Source: Kish (1965).

    Examples
    --------
    >>> float(design_effect(0.02, 0.01))
    4.0
    """
    ratio = np.asarray(error, np.float64) / np.asarray(independent_error, np.float64)
    return np.asarray(ratio**2, np.float64)


def _check(level: float, power: float) -> None:
    if not (0 < level < 1 and 0 < power < 1):
        raise UsageError("A level and a power lie between 0 and 1.")
