"""Differences and ratios of slices, all at once."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from fairview.core.errors import UsageError
from fairview.measure.statistics.max_t import (
    Simultaneous,
    adjusted_p_values,
    critical_value,
    level_of,
)
from fairview.measure.statistics.parts import Parts

Floats = npt.NDArray[np.float64]
Rows = npt.NDArray[np.intp]
DRAWS = 4000
_CHUNK = 500_000
_WORK = 400_000_000
"""Draws times pairs, at most: a thousand groups are half a million pairs."""
_FARTHEST = 8.0


@dataclass(frozen=True)
class Pairs:
    """Which part is compared with which: `first` minus (or over) `second`."""

    first: Rows
    second: Rows


def gaps_to(
    parts: Parts,
    reference: int,
    rng: np.random.Generator,
    level: float = 0.95,
    draws: int = DRAWS,
    *,
    p_values: bool = True,
) -> Simultaneous:
    r"""Return simultaneous intervals of every part minus the reference part.

    The critical value c is that of `max_t` for these gaps, from `draws` of the parts' joint
    normal law. The ends are those of the two parts' own intervals at c, combined (method of
    variance estimates recovery, Zou and Donner 2008):

    .. math:: \hat\theta_g - \hat\theta_r - \sqrt{a^2 + b^2 - 2\rho ab}, \quad
        a = \hat\theta_g - l_g,\; b = u_r - \hat\theta_r

    and likewise above. Where figures are normal this is the gap plus or minus c standard errors;
    where counts are small it follows their skewed tails, and holds its level there.

    Parameters
    ----------
    parts
        G figures; undefined ones stay NaN.
    reference
        The part to compare with, such as the one that holds all rows; its own gap is NaN.
    rng
        Where chance comes from.
    level
        The confidence that all intervals hold.
    draws
        How often the joint law is drawn.
    p_values
        False leaves the p-values NaN, which takes a tenth of the time.

    Raises
    ------
    UsageError
        Where the reference isn't one of the parts.

    Examples
    --------
    >>> parts = Parts.of_shares([200, 260, 5], [1000, 1000, 20])
    >>> found = gaps_to(parts, 0, np.random.default_rng(1))
    >>> found.low.round(3).tolist(), found.high.round(3).tolist()
    ([nan, 0.018, -0.116], [nan, 0.102, 0.299])
    """
    return _to(
        parts, reference, rng, level, draws, _difference if p_values else _difference.quick()
    )


def ratios_to(
    parts: Parts,
    reference: int,
    rng: np.random.Generator,
    level: float = 0.95,
    draws: int = DRAWS,
    *,
    p_values: bool = True,
) -> Simultaneous:
    r"""Return simultaneous intervals of every part over the reference part.

    The ends are the ratios r for which 0 is an end of the combined interval of
    :math:`\theta_g - r\theta_r` (Donner and Zou 2012); p-values are about a ratio of 1. An end
    is infinite where the reference could be 0. Figures must not be negative.

    Parameters and errors are those of `gaps_to`.

    Examples
    --------
    >>> parts = Parts.of_shares([200, 260, 0], [1000, 1000, 20])
    >>> found = ratios_to(parts, 0, np.random.default_rng(1))
    >>> found.low.round(2).tolist(), found.high.round(2).tolist()
    ([nan, 1.08, 0.0], [nan, 1.57, 0.73])
    """
    return _to(parts, reference, rng, level, draws, _ratio if p_values else _ratio.quick())


def gaps_between(
    parts: Parts,
    rng: np.random.Generator,
    level: float = 0.95,
    draws: int = DRAWS,
    *,
    p_values: bool = True,
) -> tuple[Pairs, Simultaneous]:
    """Return all ordered pairs of known parts, and simultaneous intervals of their differences.

    Examples
    --------
    >>> pairs, found = gaps_between(
    ...     Parts.of_shares([200, 260], [1000, 1000]), np.random.default_rng(1))
    >>> pairs.first.tolist(), found.values.round(2).tolist()
    ([0, 1], [-0.06, 0.06])
    """
    return _between(parts, rng, level, draws, _difference if p_values else _difference.quick())


def ratios_between(
    parts: Parts,
    rng: np.random.Generator,
    level: float = 0.95,
    draws: int = DRAWS,
    *,
    p_values: bool = True,
) -> tuple[Pairs, Simultaneous]:
    """Return all ordered pairs of known parts, and simultaneous intervals of their ratios.

    Examples
    --------
    >>> pairs, found = ratios_between(
    ...     Parts.of_shares([200, 250], [1000, 1000]), np.random.default_rng(1))
    >>> found.values.tolist()
    [0.8, 1.25]
    """
    return _between(parts, rng, level, draws, _ratio if p_values else _ratio.quick())


@dataclass(frozen=True)
class _Comparison:
    """How two parts are compared: the figure, its null value, its slopes and its ends."""

    figure: Callable[[Floats, Floats], Floats]
    null: float
    scale: Callable[[Parts], Floats]
    ends: Callable[[Parts, Floats, Pairs, float], tuple[Floats, Floats]]
    tested: bool = True

    def quick(self) -> _Comparison:
        """Return the same comparison without its p-values."""
        return replace(self, tested=False)


def _to(
    parts: Parts,
    reference: int,
    rng: np.random.Generator,
    level: float,
    draws: int,
    comparison: _Comparison,
) -> Simultaneous:
    groups = len(parts.values)
    if not -groups <= reference < groups:
        raise UsageError(f"There is no part {reference} among {groups} to compare with.")
    reference %= groups
    known = parts.known()
    known[reference] = False
    first = np.flatnonzero(known)
    spread = [np.full(groups, np.nan) for _ in range(4)]
    found = None
    if np.isfinite(parts.values[reference]) and len(first):
        pairs = Pairs(first, np.full(len(first), reference))
        found = _compare(parts, pairs, rng, level, draws, comparison)
        for full, part in zip(
            spread, (found.values, found.low, found.high, found.p_values), strict=True
        ):
            full[first] = part
    critical, each = (found.critical, found.each) if found else (np.nan, np.nan)
    return Simultaneous(spread[0], spread[1], spread[2], critical, level, each, spread[3])


def _between(
    parts: Parts, rng: np.random.Generator, level: float, draws: int, comparison: _Comparison
) -> tuple[Pairs, Simultaneous]:
    known = np.flatnonzero(parts.known())
    i, j = np.triu_indices(len(known), 1)
    pairs = Pairs(known[np.concatenate([i, j])], known[np.concatenate([j, i])])
    if not len(i):
        none = np.zeros(0)
        return pairs, Simultaneous(none, none, none, np.nan, level, np.nan, none)
    fewest = math.ceil(20 / (1 - level))
    draws = min(draws, max(_WORK // len(i), fewest))
    return pairs, _compare(parts, pairs, rng, level, draws, comparison, all_pairs=True)


def _compare(
    parts: Parts,
    pairs: Pairs,
    rng: np.random.Generator,
    level: float,
    draws: int,
    comparison: _Comparison,
    *,
    all_pairs: bool = False,
) -> Simultaneous:
    used = np.unique(np.concatenate([pairs.first, pairs.second]))
    some = parts.correlation[np.ix_(used, used)]
    against = None if all_pairs else int(np.searchsorted(used, pairs.second[0]))
    farthest = _farthest(some, comparison.scale(parts)[used], against, rng, draws)
    critical = critical_value(farthest, level)
    shared = parts.correlation[pairs.first, pairs.second]
    values = comparison.figure(parts.values[pairs.first], parts.values[pairs.second])
    low, high = comparison.ends(parts, shared, pairs, critical)
    p = np.full(len(values), np.nan)
    if comparison.tested:
        p = adjusted_p_values(farthest, _reached(parts, shared, pairs, comparison, critical))
    return Simultaneous(values, low, high, critical, level, level_of(critical), p)


def _farthest(
    correlation: Floats, sigma: Floats, against: int | None, rng: np.random.Generator, draws: int
) -> Floats:
    """Return the largest standardised difference of each draw of the joint law.

    Differences are those of one part from all others, or of any two where there is no such part.
    """
    groups = len(sigma)
    variance = sigma**2 + sigma[:, None] ** 2 - 2 * correlation * np.outer(sigma, sigma)
    error = np.sqrt(np.maximum(variance, 0))
    # Two parts that move as one never differ by chance.
    moves = error > 1e-9 * (sigma + sigma[:, None])
    weight = np.divide(1.0, error, out=np.zeros_like(error), where=moves)[:, :, None]
    root = _root(correlation)
    found = np.zeros(draws)
    step = max(1, _CHUNK // groups)
    for start in range(0, draws, step):
        z = rng.standard_normal((groups, min(step, draws - start)))
        z = (z if root is None else root @ z) * sigma[:, None]
        largest = found[start : start + z.shape[1]]
        for i in range(groups - 1) if against is None else (against,):
            others = slice(i + 1, None) if against is None else slice(None)
            away = np.abs(z[others] - z[i])
            away *= weight[i, others]
            np.maximum(largest, away.max(axis=0), out=largest)
    return found


def _root(correlation: Floats) -> Floats | None:
    """Return a matrix that gives independent normals this correlation; None for independence."""
    if np.count_nonzero(correlation) == len(correlation):
        return None
    values, vectors = np.linalg.eigh(correlation)
    return np.asarray(vectors * np.sqrt(np.maximum(values, 0)))


def _reached(
    parts: Parts, shared: Floats, pairs: Pairs, comparison: _Comparison, critical: float
) -> Floats:
    """Return the critical value at which each interval just reaches the null value.

    Ends are evaluated on a grid that holds `critical`, so that a p-value and its interval agree,
    and what lies between is interpolated.
    """
    reached = np.zeros(len(shared))
    before: Floats | None = None
    for here, step in _steps(critical):
        low, high = comparison.ends(parts, shared, pairs, here)
        with np.errstate(invalid="ignore"):
            margin = np.maximum(low - comparison.null, comparison.null - high)
        margin = np.clip(np.nan_to_num(margin, nan=-1e300), -1e300, 1e300)
        if before is not None:
            crossed = (before > 0) & (margin <= 0)
            part = np.divide(before, before - margin, out=np.zeros_like(before), where=crossed)
            reached = np.where(crossed, here - step + step * part, reached)
        before = margin
        if not (margin > 0).any():
            return reached
    return np.where(before > 0, _FARTHEST, reached) if before is not None else reached


def _steps(critical: float) -> list[tuple[float, float]]:
    """Return rising critical values, each with its distance from the one before."""
    grid = np.unique(np.append(np.linspace(0.25, _FARTHEST, 32), min(critical, _FARTHEST)))
    return list(zip(grid.tolist(), np.diff(grid, prepend=0.0).tolist(), strict=True))


def _ends_of_difference(
    parts: Parts, shared: Floats, pairs: Pairs, critical: float
) -> tuple[Floats, Floats]:
    low, high = parts.ends(critical)
    i, j = pairs.first, pairs.second
    value = parts.values
    difference = value[i] - value[j]
    below = _combined(value[i] - low[i], high[j] - value[j], shared)
    above = _combined(high[i] - value[i], value[j] - low[j], shared)
    return difference - below, difference + above


def _combined(a: Floats, b: Floats, shared: Floats) -> Floats:
    return np.asarray(np.sqrt(np.maximum(a**2 + b**2 - 2 * shared * a * b, 0)))


def _ends_of_ratio(
    parts: Parts, shared: Floats, pairs: Pairs, critical: float
) -> tuple[Floats, Floats]:
    low, high = parts.ends(critical)
    i, j = pairs.first, pairs.second
    one, other = parts.values[i], parts.values[j]
    a, b = one - low[i], high[j] - other
    lower = _root_of_ratio(one, other, a, b, shared, upper=False)
    a, b = high[i] - one, other - low[j]
    upper = _root_of_ratio(one, other, a, b, shared, upper=True)
    undefined = ~(other > 0)
    return np.where(undefined, np.nan, lower), np.where(undefined, np.nan, upper)


def _root_of_ratio(
    one: Floats, other: Floats, a: Floats, b: Floats, shared: Floats, *, upper: bool
) -> Floats:
    """Return the end r at which (one - r other)^2 = a^2 + r^2 b^2 - 2 shared r a b."""
    square, half, rest = other**2 - b**2, one * other - shared * a * b, one**2 - a**2
    root = np.sqrt(np.maximum(half**2 - square * rest, 0))
    if upper:
        full = np.divide(half + root, square, out=np.full(len(one), np.inf), where=square > 0)
        return np.asarray(np.maximum(full, 0))
    below = half + root
    return np.divide(np.maximum(rest, 0), below, out=np.zeros(len(one)), where=below > 0)


def _plain(parts: Parts) -> Floats:
    return parts.errors


def _relative(parts: Parts) -> Floats:
    """Return errors on the log scale; a figure of 0 is as uncertain as its error."""
    return np.asarray(parts.errors / np.fmax(parts.values, parts.errors))


def _quotient(one: Floats, other: Floats) -> Floats:
    return np.asarray(np.divide(one, other, out=np.full(len(one), np.nan), where=other > 0))


_difference = _Comparison(lambda one, other: one - other, 0.0, _plain, _ends_of_difference)
_ratio = _Comparison(_quotient, 1.0, _relative, _ends_of_ratio)
