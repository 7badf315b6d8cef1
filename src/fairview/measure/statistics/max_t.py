"""Simultaneous intervals of many figures by the largest of their standardised deviations."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import special

from fairview.core.errors import DataError, UsageError

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Simultaneous:
    """Intervals of G figures that hold together.

    Parameters
    ----------
    values, low, high
        G figures and the ends of their intervals; NaN where a figure is undefined.
    critical
        How many standard errors the largest of the deviations stays within, at the level.
    level
        The confidence that all intervals hold the truth.
    each
        The confidence of each alone, 2 Phi(critical) - 1.
    p_values
        G adjusted p-values of "this figure is the null value": at most 1 - level where the
        interval leaves the null value out, but for the resamples' own noise.
    """

    values: Floats
    low: Floats
    high: Floats
    critical: float
    level: float
    each: float
    p_values: Floats


def max_t(
    values: npt.ArrayLike,
    errors: npt.ArrayLike,
    resampled: npt.ArrayLike,
    level: float = 0.95,
    null: float = 0.0,
) -> Simultaneous:
    r"""Return simultaneous intervals of G figures from B resamples of them.

    .. math:: \hat\theta_g \pm c\,\mathrm{se}_g, \quad
        c = Q_{1-\alpha}\left(\max_g |\theta^*_g - \hat\theta_g| / \mathrm{se}_g\right)

    Source: Westfall and Young (1993); Romano and Wolf (2005). The resamples are centred at the
    estimates, so a true value of 0 is held at the level however many figures there are: the
    largest of thirty gaps is large by chance, and c says how large. For shares in small cells,
    or few clusters, use `gaps_to`, whose ends aren't symmetric.

    Parameters
    ----------
    values, errors
        G figures and their standard errors. Undefined figures are NaN and stay so.
    resampled
        B x G figures of resamples, all of one resample in one row. A figure that is undefined
        in a resample counts as infinitely far away, which widens all intervals.
    level
        The confidence that all G hold.
    null
        The value that p-values are about.

    Raises
    ------
    DataError
        Where the shapes don't fit.
    UsageError
        Where there are too few resamples for this level.

    Examples
    --------
    Two figures that deviate alike need no more than one does; two that don't need more:

    >>> z = np.random.default_rng(1).standard_normal((20_000, 2))
    >>> alike = max_t([0, 0], [1, 1], z[:, [0, 0]])
    >>> apart = max_t([0, 0], [1, 1], z)
    >>> round(alike.critical, 1), round(apart.critical, 1)
    (1.9, 2.2)
    """
    value, error = np.asarray(values, np.float64), np.asarray(errors, np.float64)
    drawn = np.asarray(resampled, np.float64)
    if value.ndim != 1 or error.shape != value.shape or drawn.shape[1:] != value.shape:
        raise DataError(
            f"Max-T needs G values, G errors and B x G resamples, not {value.shape}, "
            f"{error.shape} and {drawn.shape}."
        )
    known = np.isfinite(value) & (error > 0)
    deviations = (drawn[:, known] - value[known]) / error[known]
    farthest = largest_deviation(deviations)
    critical = critical_value(farthest, level)
    low, high, p = np.full((3, len(value)), np.nan)
    low[known] = value[known] - critical * error[known]
    high[known] = value[known] + critical * error[known]
    p[known] = adjusted_p_values(farthest, np.abs(value[known] - null) / error[known])
    return Simultaneous(value, low, high, critical, level, level_of(critical), p)


def largest_deviation(deviations: Floats) -> Floats:
    """Return the B largest absolute deviations of B x G; NaN counts as infinitely far.

    Examples
    --------
    >>> largest_deviation(np.array([[1.0, -3.0], [np.nan, 0.0]])).tolist()
    [3.0, inf]
    """
    away = np.where(np.isnan(deviations), np.inf, np.abs(deviations))
    return np.asarray(away.max(axis=1, initial=0.0))


def critical_value(farthest: Floats, level: float) -> float:
    """Return the value that the largest deviation stays within at this level.

    Of B resamples it is the one of rank (B + 1) x level, which makes the test's size exact
    whatever B.

    Raises
    ------
    UsageError
        Where that rank is above B: too few resamples for this level.

    Examples
    --------
    >>> critical_value(np.arange(1.0, 20.0), 0.9)
    18.0
    """
    if not 0 < level < 1:
        raise UsageError("A level lies between 0 and 1.")
    rank = math.ceil((len(farthest) + 1) * level - 1e-9)
    if rank > len(farthest):
        raise UsageError(
            f"{len(farthest)} resamples are too few for a level of {level}; draw at least "
            f"{math.ceil(level / (1 - level) - 1e-9)}."
        )
    return float(np.partition(farthest, rank - 1)[rank - 1])


def adjusted_p_values(farthest: Floats, statistics: npt.ArrayLike) -> Floats:
    """Return the share of resamples whose largest deviation reaches each |t|, never 0.

    Examples
    --------
    >>> adjusted_p_values(np.array([1.0, 2.0, 3.0]), [2.5, 9.0]).tolist()
    [0.5, 0.25]
    """
    ordered = np.sort(farthest)
    reached = len(ordered) - np.searchsorted(ordered, np.abs(statistics), side="left")
    return np.asarray((1 + reached) / (len(ordered) + 1), np.float64)


def level_of(critical: float) -> float:
    """Return the confidence of one normal interval of this critical value.

    Examples
    --------
    >>> round(level_of(1.959964), 4)
    0.95
    """
    return float(1 - 2 * special.ndtr(-critical))
