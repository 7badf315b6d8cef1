"""Intervals from buckets, in one place, in numpy.

Buckets hold whole clusters, so leaving one out (or drawing them again) respects the clustering;
with fewer clusters than buckets these are, but for collisions, the clusters themselves.

A smooth figure gets a jackknife interval: delete one bucket at a time, Student's t with at most
(buckets - 1) degrees of freedom, fewer where few buckets carry the spread, on the logit scale
for figures between 0 and 1 and on the log scale for positive ones. It is deterministic. A figure
with a minimum or a maximum in it isn't smooth, where the jackknife is wrong (Efron 1982, ch. 3).
Where its smooth parts are known (`ExtremeMeasure`) it gets what simultaneous intervals of the
parts allow, which covers at least at the nominal rate; else it gets percentiles of the bootstrap,
which may cover less.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator

import numpy as np
import numpy.typing as npt
from scipy import sparse, special

from fairview.measure.cells import Cells
from fairview.measure.entities import EntityTotals
from fairview.measure.statistics.cell_bootstrap import moment_cells, poisson_cells

Floats = npt.NDArray[np.float64]
Figures = Callable[[Floats, Floats], Floats]
MINIMUM_UNITS = 8
"""Fewer occupied buckets than this give no interval: the status is ``insufficient``."""
_CHUNK = 256
_BLOCKS = 128
_STEP = 1e-5


def leave_out_cells(cells: Cells, figures: Figures) -> Floats:
    """Return b x f figures of the cells without one bucket each."""
    totals, counts = cells.totals, cells.count
    return figures(totals.sum(axis=0) - totals, counts.sum(axis=0) - counts)


def spread_of_rows(cells: Cells, figures: Figures) -> Floats:
    """Return the standard errors of f figures where each row stands for itself.

    They are the roots of the diagonal of `covariance_of_rows`.
    """
    variance: Floats = np.zeros(())
    for slopes, level, n, m2 in _slopes(cells, figures):
        variance = variance + (slopes**2 * m2 + level**2 * n).sum(axis=0)
    return np.asarray(np.sqrt(variance))


def covariance_of_rows(cells: Cells, figures: Figures) -> Floats:
    r"""Return the f x f covariance of figures where each row stands for itself.

    A row with value v in a component moves the figure by :math:`\theta_t v + \theta_n`, the
    slopes of the figure in that component's sum and count; the covariance is the sum of the
    products, which the component's count, mean and centred second moment give exactly. Rows are
    counted in one component of one slice each.
    """
    covariance: Floats = np.zeros(())
    for slopes, level, n, m2 in _slopes(cells, figures):
        covariance = covariance + (slopes * m2).T @ slopes + (level * n).T @ level
    return covariance


def _slopes(cells: Cells, figures: Figures) -> Iterator[tuple[Floats, Floats, Floats, Floats]]:
    """Yield, for some of the occupied cells, their slopes, their pull at the mean, n and m2."""
    pooled = cells.pooled()
    n, mean, m2 = (part[0].ravel() for part in (pooled.count, pooled.mean, pooled.m2))
    shape, occupied = pooled.count.shape[1:], np.flatnonzero(n > 0)
    for start in range(0, max(len(occupied), 1), _CHUNK):
        places = occupied[start : start + _CHUNK]
        size = np.maximum(n[places], 1.0) * _STEP
        slopes = []
        for is_total in (True, False):
            step = np.zeros((len(places), len(n)))
            step[np.arange(len(places)), places] = size
            up, down = (
                figures(
                    (n * mean + sign * step * is_total).reshape(-1, *shape),
                    (n + sign * step * (not is_total)).reshape(-1, *shape),
                )
                for sign in (1, -1)
            )
            slopes.append((up - down) / (2 * size[:, None]))
        level = slopes[0] * mean[places, None] + slopes[1]
        yield slopes[0], level, n[places, None], m2[places, None]


def occupied_buckets(totals: EntityTotals) -> npt.NDArray[np.int64]:
    """Return the buckets that hold anything, in order."""
    return np.flatnonzero(np.diff(totals.totals.indptr))


def leave_out_entities(
    totals: EntityTotals,
    figure: Callable[[Floats], Floats],
    buckets: npt.NDArray[np.int64] | None = None,
) -> Floats:
    """Return at most 128 x 1 figures of the totals without one block of buckets each.

    Blocks keep the memory at 128 numbers per entity, whatever the number of buckets. They are
    cut from `buckets`, by default those that hold anything.
    """
    occupied = occupied_buckets(totals) if buckets is None else buckets
    matrix = sparse.csr_array(totals.totals[occupied])
    everything = np.asarray(matrix.sum(axis=0)).ravel()
    blocks = np.array_split(np.arange(len(occupied)), min(_BLOCKS, max(len(occupied), 1)))
    left = [figure(everything - np.asarray(matrix[rows].sum(axis=0)).ravel()) for rows in blocks]
    return np.array(left, np.float64)[:, None]


def jackknife_interval(
    value: float, left_out: Floats, bounds: tuple[float, float], level: float
) -> tuple[float, float]:
    """Return the jackknife interval of one figure.

    Parameters
    ----------
    value
        The figure of all the data.
    left_out
        b figures without one unit each; NaN anywhere makes the interval NaN.
    bounds
        The figure's smallest and largest possible value; they decide the scale.
    level
        The confidence.

    Examples
    --------
    The mean of 1, 2, 3: its standard error is sqrt(1/3), and t with 2 degrees is 4.303.

    >>> low, high = jackknife_interval(
    ...     2.0, np.array([2.5, 2.0, 1.5]), (-math.inf, math.inf), 0.95)
    >>> round(low, 3), round(high, 3)
    (-0.484, 4.484)
    """
    return scaled_interval(value, float(_reach(left_out[:, None], level)[0]), bounds)


def scaled_interval(value: float, reach: float, bounds: tuple[float, float]) -> tuple[float, float]:
    """Return value plus and minus reach, on the scale that the bounds call for.

    The logit between 0 and 1, the log for what is positive; else as it is.
    """
    if bounds == (0.0, 1.0) and 0 < value < 1:
        centre, half = math.log(value / (1 - value)), reach / (value * (1 - value))
        return _logistic(centre - half), _logistic(centre + half)
    if bounds[0] == 0.0 and value > 0:
        half = min(reach / value, 700.0)
        return value * math.exp(-half), min(value * math.exp(half), bounds[1])
    return max(value - reach, bounds[0]), min(value + reach, bounds[1])


def simultaneous_level(level: float, parts: int) -> float:
    """Return the level of each interval so that `parts` of them hold together (Šidák 1967).

    Exact for independent figures, conservative for jointly normal ones however they depend.

    Examples
    --------
    >>> round(simultaneous_level(0.95, 4), 4)
    0.9873
    """
    return float(level ** (1 / max(parts, 1)))


def jackknife_intervals(values: Floats, left_out: Floats, level: float) -> tuple[Floats, Floats]:
    """Return the p lower and upper ends of p figures (b x p left out), each at this level."""
    reach = _reach(left_out, level)
    return values - reach, values + reach


def bootstrap_cells(
    cells: Cells, figures: Figures, replicates: int, rng: np.random.Generator
) -> Floats:
    """Return B x f figures of buckets drawn again with replacement."""
    shape = cells.count.shape[1:]
    totals = cells.totals.reshape(len(cells.buckets), -1)
    counts = cells.count.reshape(len(cells.buckets), -1)
    drawn = [
        figures((weights @ totals).reshape(-1, *shape), (weights @ counts).reshape(-1, *shape))
        for weights in _weights(len(cells.buckets), replicates, rng)
    ]
    return np.concatenate(drawn)


def bootstrap_rows(
    cells: Cells, figures: Figures, replicates: int, rng: np.random.Generator
) -> Floats:
    """Return B x f figures of independent rows drawn again, from their cells alone.

    Rows of a component of zeros and ones are two counts, and a Poisson bootstrap of rows makes
    each exactly Poisson(n). Other components are drawn from their moments (`moment_cells`).
    """
    pooled = cells.pooled()
    n, mean, m2 = pooled.count[0], pooled.mean[0], pooled.m2[0]
    binary = np.isclose(m2, n * mean * (1 - mean), rtol=1e-9, atol=1e-9).all(axis=0)
    found = []
    for start in range(0, replicates, _CHUNK):
        size = min(_CHUNK, replicates - start)
        count, total = moment_cells(n, mean, m2, size, rng)
        ones, zeros = n * mean, np.maximum(n * (1 - mean), 0.0)
        yes = poisson_cells(np.where(binary, ones, 0.0), size, rng)
        no = poisson_cells(np.where(binary, zeros, 0.0), size, rng)
        total, count = np.where(binary, yes, total), np.where(binary, yes + no, count)
        found.append(figures(total, count))
    return np.concatenate(found)


def percentile_interval(drawn: Floats, level: float) -> tuple[float, float]:
    """Return the percentile interval of B replicates of one figure.

    NaN where the figure is undefined in more than one replicate of twenty.
    """
    defined = drawn[np.isfinite(drawn)]
    if len(defined) < 0.95 * len(drawn):
        return math.nan, math.nan
    low, high = np.quantile(defined, [(1 - level) / 2, (1 + level) / 2])
    return float(low), float(high)


def effective_n(counts: Floats) -> float:
    """Return (sum of n_b)^2 / (sum of n_b^2), 0 for no counts: the equal units that carry it.

    Examples
    --------
    >>> effective_n(np.array([5.0, 5.0, 0.0]))
    2.0
    """
    squares = float((counts**2).sum())
    return float(counts.sum()) ** 2 / squares if squares else 0.0


def _reach(left_out: Floats, level: float) -> Floats:
    """Return half the width of the p intervals of b x p figures without one unit each."""
    units = len(left_out)
    spread = ((left_out - left_out.mean(axis=0)) ** 2).sum(axis=0)
    quantile = special.stdtrit(freedom_of(left_out), (1 + level) / 2)
    return np.asarray(quantile * np.sqrt((units - 1) / units * spread))


def freedom_of(left_out: Floats) -> Floats:
    """Return the degrees of freedom of p spreads of b x p figures without one unit each.

    They are matched to how evenly the units carry the spread, after Satterthwaite (1946): a
    variance that rests on a few heavy units is itself uncertain. They are 2b / (kurtosis - 1), at
    most b - 1: all of them for evenly spread units.
    """
    units = len(left_out)
    squares = (left_out - left_out.mean(axis=0)) ** 2
    spread = squares.sum(axis=0)
    excess = units * (squares**2).sum(axis=0) - spread**2
    most = np.full(spread.shape, units - 1.0)
    freedom = np.divide(2 * units * spread**2, excess, out=most, where=excess > 0)
    return np.asarray(np.minimum(freedom, units - 1))


def _logistic(x: float) -> float:
    return 1 / (1 + math.exp(-x)) if x > -700 else 0.0


def _weights(buckets: int, replicates: int, rng: np.random.Generator) -> Iterator[Floats]:
    if buckets == 0:
        yield np.zeros((replicates, 0))
        return
    for start in range(0, replicates, _CHUNK):
        size = min(_CHUNK, replicates - start)
        drawn = rng.integers(0, buckets, (size, buckets))
        drawn += np.arange(size)[:, None] * buckets
        counts = np.bincount(drawn.ravel(), minlength=size * buckets)
        yield counts.reshape(size, buckets).astype(np.float64)
