"""The exact bootstrap of independent rows, drawn on counts instead of rows."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from fairview.core.errors import DataError

Floats = npt.NDArray[np.float64]


def poisson_cells(counts: npt.ArrayLike, replicates: int, rng: np.random.Generator) -> Floats:
    r"""Return `replicates` x counts.shape resampled counts, Poisson(n) in each cell.

    Giving each row a weight of Poisson(1) and adding up is the Poisson bootstrap; the sum over
    the n rows of a cell is exactly Poisson(n), so the rows needn't be looked at. Source:
    Hanley and MacGibbon (2006); Chamandy et al. (2012). It is exact for counts of independent
    rows only: rows of one person aren't (`cluster_resamples`), nor are means (`moment_cells`).

    Parameters
    ----------
    counts
        Counts of any shape, at least 0.
    replicates
        How often to draw.
    rng
        Where chance comes from.

    Examples
    --------
    An empty cell stays empty, and the spread of n rows is sqrt(n):

    >>> drawn = poisson_cells([0, 400], 10_000, np.random.default_rng(1))
    >>> float(drawn[:, 0].max()), round(float(drawn[:, 1].std()))
    (0.0, 20)
    """
    mean = _checked(counts)
    return rng.poisson(mean, (replicates, *mean.shape)).astype(np.float64)


def multinomial_cells(counts: npt.ArrayLike, replicates: int, rng: np.random.Generator) -> Floats:
    """Return resampled counts whose total over the last axis stays what it was.

    Drawing n rows again with replacement is Multinomial(n, counts / n) on the cells. Source:
    Efron (1979). To be used where the total is fixed by design: so many requests were audited.

    Parameters are those of `poisson_cells`; counts are whole numbers, cells on the last axis.

    Examples
    --------
    >>> drawn = multinomial_cells([30, 70], 5, np.random.default_rng(1))
    >>> drawn.sum(axis=1).tolist()
    [100.0, 100.0, 100.0, 100.0, 100.0]
    """
    whole = _checked(counts)
    if np.any(whole != np.floor(whole)):
        raise DataError("Rows can only be drawn again from whole counts; use poisson_cells.")
    total = whole.sum(axis=-1, keepdims=True)
    shares = np.divide(whole, total, out=np.zeros_like(whole), where=total > 0)
    drawn = rng.multinomial(total[..., 0].astype(np.int64), shares, (replicates, *whole.shape[:-1]))
    return drawn.astype(np.float64)


def moment_cells(
    count: npt.ArrayLike,
    mean: npt.ArrayLike,
    m2: npt.ArrayLike,
    replicates: int,
    rng: np.random.Generator,
) -> tuple[Floats, Floats]:
    r"""Return resampled counts and sums of cells that hold moments of independent rows.

    .. math:: n^* \sim \mathrm{Poisson}(n), \quad
        s^* \mid n^* \sim N(n^* \bar x,\; n^* m_2 / n)

    The sum over resampled rows has exactly this mean and variance; that it is normal is the
    central limit theorem, so cells of a few dozen rows or more. A cell of zeros and ones keeps
    the binomial law's variance; draw its counts with `poisson_cells` instead.

    Parameters
    ----------
    count, mean, m2
        Rows, mean and sum of squared deviations per cell, of one shape.
    replicates, rng
        As in `poisson_cells`.

    Examples
    --------
    >>> n, s = moment_cells([400.0], [5.0], [1600.0], 20_000, np.random.default_rng(1))
    >>> round(float((s / n).std()), 2)
    0.1
    """
    rows, centre, squares = (np.asarray(part, np.float64) for part in (count, mean, m2))
    drawn = poisson_cells(rows, replicates, rng)
    variance = np.divide(squares, rows, out=np.zeros_like(rows), where=rows > 0)
    noise = rng.standard_normal(drawn.shape)
    return drawn, drawn * centre + np.sqrt(drawn * variance) * noise


def _checked(counts: npt.ArrayLike) -> Floats:
    found = np.asarray(counts, np.float64)
    if not np.all(np.isfinite(found)) or np.any(found < 0):
        raise DataError("Counts must be finite and at least 0; check the cells.")
    return found
