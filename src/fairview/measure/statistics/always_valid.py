"""Intervals that may be looked at every day: the normal-mixture confidence sequence."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import special

from fairview.core.errors import DataError, UsageError

Floats = npt.NDArray[np.float64]


def always_valid(
    values: npt.ArrayLike,
    errors: npt.ArrayLike,
    planned_error: npt.ArrayLike,
    level: float = 0.95,
) -> tuple[Floats, Floats]:
    r"""Return ends that hold at every look at once, however often one looks or stops.

    .. math:: \hat\theta_t \pm \mathrm{se}_t
        \sqrt{\left(1 + \frac1{x_t}\right)\ln\frac{1 + x_t}{\alpha^2}},
        \quad x_t = x^* \left(\frac{\mathrm{se}^*}{\mathrm{se}_t}\right)^2

    Source: Robbins (1970), with an estimated variance as in Waudby-Smith et al. (2021). With
    V = n s^2 and rho = V / x it is the boundary
    :math:`\sqrt{(V + \rho) \ln((V + \rho)/(\rho\alpha^2))}` of a sum (`mixture_reach`). It costs
    width: at its best, about 1.5 times that of an interval for a single look.

    Parameters
    ----------
    values, errors
        The figure and its standard error now, from everything seen so far; clusters are in the
        error already, so a person who comes back on later days counts once.
    planned_error
        The tuning, fixed before the first look: the standard error at which the interval is to
        be narrowest, such as the one expected at the end of the quarter.
    level
        The confidence that no interval, of any look, leaves the truth out.

    Raises
    ------
    UsageError
        Where the tuning or the level isn't possible.

    Examples
    --------
    >>> low, high = always_valid(0.5, 0.01, planned_error=0.01)
    >>> round(float(high - 0.5) / 0.01 / 1.96, 2)
    1.55
    """
    planned = np.asarray(planned_error, np.float64)
    if np.any(~(planned > 0)) or not 0 < level < 1:
        raise UsageError("A planned error is above 0 and a level between 0 and 1.")
    value, error = np.asarray(values, np.float64), np.asarray(errors, np.float64)
    alpha = 1 - level
    best = best_ratio(level)
    with np.errstate(divide="ignore", invalid="ignore"):
        x = best * (planned / error) ** 2
        half = error * np.sqrt((1 + 1 / x) * np.log((1 + x) / alpha**2))
    return value - half, value + half


def mixture_reach(
    n: npt.ArrayLike, variance: npt.ArrayLike, rho: npt.ArrayLike, level: float = 0.95
) -> Floats:
    r"""Return half the width of the sequence of a mean of n independent values.

    .. math:: \sqrt{\frac{n s^2 + \rho}{n^2} \ln\frac{n s^2 + \rho}{\rho\,\alpha^2}}

    Parameters
    ----------
    n, variance
        How many values, and their variance s^2.
    rho
        The tuning, fixed before the first look; see `tuning`.
    level
        As in `always_valid`.

    Examples
    --------
    >>> rho = tuning(1000, 0.25)
    >>> round(float(mixture_reach(1000, 0.25, rho)), 4)
    0.048
    """
    size, spread = np.asarray(n, np.float64), np.asarray(variance, np.float64)
    tuned = np.asarray(rho, np.float64)
    if np.any(~(tuned > 0)):
        raise UsageError("The tuning rho is above 0.")
    total = size * spread + tuned
    with np.errstate(divide="ignore", invalid="ignore"):
        reach = np.sqrt(total * np.log(total / (tuned * (1 - level) ** 2))) / size
    return np.asarray(np.where(size > 0, reach, np.nan), np.float64)


def best_ratio(level: float = 0.95) -> float:
    r"""Return x = V / rho at which the sequence is narrowest: x = ln((1 + x) / alpha^2).

    Source: Howard et al. (2021), by Lambert's W.

    Examples
    --------
    >>> x = best_ratio(0.95)
    >>> round(x, 3), round(math.log((1 + x) / 0.05**2), 3)
    (8.212, 8.212)
    """
    alpha = 1 - level
    return float(-special.lambertw(-(alpha**2) / math.e, -1).real) - 1


def tuning(planned_n: float, variance: float, level: float = 0.95) -> float:
    """Return the rho that is narrowest once `planned_n` values of this variance are in.

    Examples
    --------
    >>> round(tuning(1000, 0.25), 2)
    30.44
    """
    if not (planned_n > 0 and variance > 0):
        raise UsageError("A planned n and an expected variance are above 0.")
    return planned_n * variance / best_ratio(level)


@dataclass(frozen=True)
class Watched:
    """The state of a mean that is watched: what the next look needs, and nothing else.

    It merges in any order and is plain data, so days, shards and machines add up. Values must be
    independent; where people come back, keep their cells instead and use `always_valid`.

    Parameters
    ----------
    rho
        The tuning, fixed before the first look.
    level
        The confidence.
    count, mean, m2
        How many values were seen, their mean and their sum of squared deviations.

    Examples
    --------
    >>> watched = Watched(rho=tuning(1000, 0.25))
    >>> monday, tuesday = watched.update([0, 1, 1]), watched.update([1])
    >>> week = monday.merge(tuesday)
    >>> week.count, week.mean, week == tuesday.merge(monday)
    (4, 0.75, True)
    """

    rho: float
    level: float = 0.95
    count: int = 0
    mean: float = 0.0
    m2: float = 0.0

    def update(self, values: npt.ArrayLike) -> Watched:
        """Return the state with more values seen."""
        seen = np.asarray(values, np.float64).ravel()
        if not np.all(np.isfinite(seen)):
            raise DataError("A watched value is NaN or infinite; count what is missing apart.")
        if not len(seen):
            return self
        mean = float(seen.mean())
        m2 = float(((seen - mean) ** 2).sum())
        return self.merge(Watched(self.rho, self.level, len(seen), mean, m2))

    def merge(self, other: Watched) -> Watched:
        """Return the state of both; the operation is associative and commutative."""
        if (self.rho, self.level) != (other.rho, other.level):
            raise DataError("Two watched means differ in tuning or level; they don't add up.")
        if not self.count or not other.count:
            return self if self.count else other
        count = self.count + other.count
        first, second = (self, other) if self.mean <= other.mean else (other, self)
        delta = second.mean - first.mean
        mean = (first.count * first.mean + second.count * second.mean) / count
        m2 = first.m2 + second.m2 + delta**2 * first.count * second.count / count
        return Watched(self.rho, self.level, count, mean, m2)

    def interval(self) -> tuple[float, float]:
        """Return the ends now; NaN before two values were seen."""
        if self.count < 2:
            return math.nan, math.nan
        variance = self.m2 / (self.count - 1)
        reach = float(mixture_reach(self.count, variance, self.rho, self.level))
        return self.mean - reach, self.mean + reach

    def to_dict(self) -> dict[str, Any]:
        """Return plain data, ready for JSON."""
        return asdict(self)

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Watched:
        """Return the state that `to_dict` wrote.

        Raises
        ------
        DataError
            Where it isn't one.
        """
        try:
            state = cls(**data)
            sound = state.rho > 0 and 0 < state.level < 1 and state.count >= 0 and state.m2 >= 0
        except TypeError as error:
            raise DataError(f"This isn't the state of a watched mean: {error}.") from error
        if not sound:
            raise DataError("The state of a watched mean has an impossible value; start it anew.")
        return state
