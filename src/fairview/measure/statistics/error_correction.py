"""What figures per group would be if readings of the group were never wrong."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from fairview.core.errors import DataError
from fairview.measure.estimate import Status
from fairview.measure.statistics.error_model import ErrorModel

Floats = npt.NDArray[np.float64]
Figures = Callable[[Floats], Floats]
"""From (... x components x K) corrected counts to (... x K) figures."""
_ROUNDS = 500
RESAMPLED = 1e-6
"""Resamples needn't be as exact as the figures: a millionth of all rows."""


@dataclass(frozen=True)
class Corrected:
    """Figures per true group.

    Parameters
    ----------
    groups
        The K groups.
    values, low, high
        K corrected figures and the ends of their intervals, each NaN unless `status` is ``ok``.
    raw
        K figures of the readings as they are.
    status
        ``ok``, or ``insufficient`` where this matrix corrects nothing here.
    note
        Why not, and what is assumed.
    """

    groups: tuple[str, ...]
    values: Floats
    low: Floats
    high: Floats
    raw: Floats
    status: Status
    note: str


def shares(cells: Floats) -> Floats:
    """Return each group's share of the (one) component's counts.

    Examples
    --------
    >>> shares(np.array([[30.0, 10.0]])).tolist()
    [0.75, 0.25]
    """
    counts = cells[..., 0, :]
    whole = counts.sum(axis=-1, keepdims=True)
    return np.asarray(counts / np.where(whole > 0, whole, np.nan))


def rates(cells: Floats) -> Floats:
    """Return the first component's part of all components, such as positives among all rows.

    Examples
    --------
    >>> rates(np.array([[30.0, 10.0], [70.0, 30.0]])).tolist()
    [0.3, 0.25]
    """
    whole = cells.sum(axis=-2)
    return np.asarray(cells[..., 0, :] / np.where(whole > 0, whole, np.nan))


def corrected_counts(
    reads: npt.ArrayLike, matrix: npt.ArrayLike, tolerance: float = 1e-9
) -> Floats:
    r"""Return the likeliest counts per true group.

    .. math:: m_t \leftarrow m_t \sum_j \frac{C_{tj}\, o_j}{\sum_s m_s C_{sj}}

    Expectation-maximisation for counts o of reads, abstentions among them (Dempster, Laird and
    Rubin 1977); where the plain inverse gives no negative count, and nobody abstains, it is the
    inverse. Totals are kept. A read that the matrix says is impossible is left out.

    Parameters
    ----------
    reads
        (... x (K + 1)) counts per read group, then abstained.
    matrix
        (... x K x (K + 1)) chances of each read; leading axes broadcast with those of `reads`.
    tolerance
        Stop once a round moves no count by more than this part of them all.

    Raises
    ------
    DataError
        Where shapes don't fit or counts are negative.

    Examples
    --------
    A true share of .30 reads .41 where sensitivity is .9 and specificity .8:

    >>> matrix = [[0.9, 0.1, 0.0], [0.2, 0.8, 0.0]]
    >>> corrected_counts([41.0, 59.0, 0.0], matrix).round(4).tolist()
    [30.0, 70.0]
    """
    o, c = np.asarray(reads, np.float64), np.asarray(matrix, np.float64)
    k = c.shape[-2] if c.ndim > 1 else 0
    if c.ndim < 2 or c.shape[-1] != k + 1 or o.shape[-1:] != (k + 1,):
        raise DataError("Reads need a count per group and one of abstentions, as the matrix has.")
    if np.any(~(o >= 0)):
        raise DataError("Counts of reads must be at least 0; check the cells.")
    lead = np.broadcast_shapes(o.shape[:-1], c.shape[:-2])
    flat_o = np.broadcast_to(o, (*lead, k + 1)).reshape(-1, k + 1)
    flat_c = np.broadcast_to(c, (*lead, k, k + 1)).reshape(-1, k, k + 1)
    return _likeliest(flat_o, flat_c, tolerance).reshape(*lead, k)


def _likeliest(o: Floats, c: Floats, tolerance: float) -> Floats:
    """Return n x K likeliest counts by accelerated expectation-maximisation.

    Plain steps take thousands of rounds where errors are frequent; squared extrapolation
    (Varadhan and Roland 2008) takes tens, and is undone wherever it made things less likely.
    """
    whole = o.sum(axis=1, keepdims=True)
    m = np.broadcast_to(whole / c.shape[1], (len(o), c.shape[1])).copy()
    running = np.flatnonzero(whole[:, 0] > 0)
    for _ in range(_ROUNDS):
        if not len(running):
            break
        here, reads, chances = m[running], o[running], c[running]
        one = _step(here, reads, chances)
        two = _step(one, reads, chances)
        far = _extrapolated(here, one, two)
        better = _likelihood(far, reads, chances) >= _likelihood(two, reads, chances)
        new = _step(np.where(better[:, None], far, two), reads, chances)
        m[running] = new
        moved = np.abs(two - one).max(axis=1) + np.abs(new - two).max(axis=1) * ~better
        running = running[moved > tolerance * whole[running, 0]]
    return m


def _step(m: Floats, o: Floats, c: Floats) -> Floats:
    expected = np.einsum("nk,nkj->nj", m, c)
    part = np.divide(o, expected, out=np.zeros_like(expected), where=expected > 0)
    return np.asarray(m * np.einsum("nkj,nj->nk", c, part))


def _extrapolated(here: Floats, one: Floats, two: Floats) -> Floats:
    r, v = one - here, two - 2 * one + here
    size, bend = (np.sqrt((x**2).sum(axis=1, keepdims=True)) for x in (r, v))
    stride = np.maximum(np.divide(size, bend, out=np.ones_like(size), where=bend > 0), 1.0)
    return np.asarray(np.maximum(here + 2 * stride * r + stride**2 * v, 1e-3 * two))


def _likelihood(m: Floats, o: Floats, c: Floats) -> Floats:
    expected = np.einsum("nk,nkj->nj", m, c)
    logs = np.log(np.maximum(expected, 1e-300))
    return np.asarray((np.where(o > 0, o * logs, 0.0) - expected).sum(axis=1))


def correct(
    cells: npt.ArrayLike,
    model: ErrorModel,
    domain: str,
    rng: np.random.Generator,
    *,
    figures: Figures = shares,
    resampled: npt.ArrayLike | None = None,
    level: float = 0.95,
    replicates: int = 1000,
) -> Corrected:
    r"""Return figures per true group, with intervals that carry the matrix's own uncertainty.

    Each component's counts (such as positives and negatives) are corrected on their own, which
    solves the linear system over cells :math:`E[o_{cj}] = \sum_t m_{ct} C_{tj}`; the figures are
    those of the corrected counts. Intervals are percentiles over resamples of both the cells and
    the calibration counts.

    Assumed: within a true group, how it is read has nothing to do with the outcome
    (non-differential error), and abstaining neither (missing at random given the group).
    `varied` shows what follows where they fail.

    Parameters
    ----------
    cells
        components x (K + 1) counts per read group, then abstained.
    model, domain
        The error model, and where the cells come from. Where the domains differ the status is
        ``insufficient``: show `varied` beside it.
    rng
        Where chance comes from.
    figures
        `shares`, `rates`, or any function of corrected counts.
    resampled
        B x components x (K + 1) resampled cells, such as those of a cluster bootstrap; by
        default rows are independent.
    level, replicates
        The confidence of each interval, and how many resamples make it.

    Raises
    ------
    DataError
        Where the shapes don't fit or counts are negative.

    Examples
    --------
    >>> reader = ErrorModel(("a", "b"), ((900, 100, 0), (200, 800, 0)), "photographs", "1")
    >>> found = correct([[4100, 5900, 0]], reader, "photographs", np.random.default_rng(1))
    >>> found.values.round(3).tolist(), found.raw.tolist()
    ([0.3, 0.7], [0.41, 0.59])
    >>> correct([[4100, 5900, 0]], reader, "rendered", np.random.default_rng(1)).status.value
    'insufficient'
    """
    o = np.atleast_2d(np.asarray(cells, np.float64))
    k = len(model.groups)
    if o.ndim != 2 or o.shape[1] != k + 1 or np.any(~(o >= 0)):
        raise DataError(f"Cells need {k + 1} counts of at least 0 per component, not {o.shape}.")
    raw = figures(o[:, :k])
    reason = _reason(model, domain)
    if reason:
        nothing = np.full(k, np.nan)
        return Corrected(model.groups, nothing, nothing, nothing, raw, Status.INSUFFICIENT, reason)
    values = figures(corrected_counts(o, model.matrix))
    again = (
        drawn_cells(o, replicates, rng) if resampled is None else np.asarray(resampled, np.float64)
    )
    matrices = model.drawn(len(again), rng)[:, None]
    drawn = figures(corrected_counts(again, matrices, RESAMPLED))
    low, high = percentile_ends(drawn, level)
    note = "assumes that readings err alike whatever the outcome, and that abstaining does too"
    return Corrected(model.groups, values, low, high, raw, Status.OK, note)


def _reason(model: ErrorModel, domain: str) -> str:
    if domain != model.domain:
        return (
            f"the error model was measured on {model.domain}, which says nothing about {domain}; "
            f"label some of these by hand"
        )
    return model.refusal


def drawn_cells(cells: Floats, replicates: int, rng: np.random.Generator) -> Floats:
    """Return B x ... x components x (K + 1) cells of independent rows, drawn again.

    Gamma with the count plus one spread over the cells, so that a read that wasn't seen could
    have been; otherwise as a Poisson bootstrap.

    Examples
    --------
    >>> drawn = drawn_cells(np.array([[400.0, 0.0]]), 4000, np.random.default_rng(1))
    >>> round(float(drawn[:, 0, 0].std())), bool((drawn[:, 0, 1] > 0).all())
    (20, True)
    """
    smooth = cells + 1 / (cells.shape[-1] * cells.shape[-2])
    return rng.standard_gamma(np.broadcast_to(smooth, (replicates, *cells.shape)))


def percentile_ends(drawn: Floats, level: float) -> tuple[Floats, Floats]:
    """Return percentiles over B resamples, NaN where more than one in twenty is undefined.

    Ranks are out of B + 1, so that they hold their level whatever B.

    Examples
    --------
    >>> low, high = percentile_ends(np.arange(1.0, 40.0)[:, None], 0.9)
    >>> low.round(6).tolist(), high.round(6).tolist()
    ([2.0], [38.0])
    """
    undefined = np.isnan(drawn).mean(axis=0) > 0.05
    filled = np.where(np.isnan(drawn).all(axis=0), 0.0, drawn)
    quantile = np.nanquantile if np.isnan(filled).any() else np.quantile
    low, high = quantile(filled, [(1 - level) / 2, (1 + level) / 2], axis=0, method="weibull")
    return np.where(undefined, np.nan, low), np.where(undefined, np.nan, high)
