"""Do slices that one half of the data showed hold in the other half? Intervals and families.

The other half had no part in choosing the slices, so each gap is tested as if it had been asked
for beforehand; what is left to correct is that several are tested together.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
from scipy import special

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
Adjustment = Literal["bh", "holm"]

FEWEST_UNITS = 8
"""A slice of fewer independent rows or clusters isn't tested."""


@dataclass(frozen=True)
class Gaps:
    """What the other half says of K slices, each an array of K.

    Parameters
    ----------
    n, units
        Rows, and independent rows or clusters among them.
    mean, rest
        Mean loss of the slice and of everybody else; NaN of nobody.
    error, freedom
        Standard error of the gap, and its degrees of freedom (Student's t).
    shift
        What is added to the gap before an interval is built around it; 0 but for rates of
        independent rows, whose intervals are those of Agresti and Caffo (2000).
    """

    n: Ints
    units: Ints
    mean: Floats
    rest: Floats
    error: Floats
    freedom: Floats
    shift: Floats

    @property
    def gap(self) -> Floats:
        """Mean loss of the slice less that of everybody else."""
        return np.asarray(self.mean - self.rest)

    @property
    def testable(self) -> Flags:
        """Whether there are enough independent units on both sides, and they differ at all."""
        return np.asarray((self.units >= FEWEST_UNITS) & (self.error > 0))

    def p_values(self) -> Floats:
        """Return p of "served no worse than everybody else", twice the one-sided tail.

        1 where a slice is served better, or can't be tested. Doubling keeps a p below 1 - level
        the same as a two-sided interval that lies above 0.
        """
        with np.errstate(divide="ignore", invalid="ignore"):
            t = (self.gap + self.shift) / self.error
        tail = 2 * special.stdtr(self.freedom, -np.where(np.isfinite(t), t, 0.0))
        return np.asarray(np.where(self.testable & (t > 0), np.minimum(tail, 1.0), 1.0))

    def interval(self, level: float) -> tuple[Floats, Floats]:
        """Return the ends of the gaps' intervals; NaN where they can't be tested."""
        reach = special.stdtrit(self.freedom, (1 + level) / 2) * self.error
        centre = np.where(self.testable, self.gap + self.shift, np.nan)
        return centre - reach, centre + reach


def gaps_of(loss: Floats, masks: Flags, clusters: npt.NDArray[np.int64] | None) -> Gaps:
    r"""Return the gaps of K slices on n rows that had no part in choosing them.

    Independent rows: Welch's two-sample t, and for losses of 0 and 1 the interval of Agresti and
    Caffo (one more of each outcome on both sides). A score test would be too bold for rare losses
    in small slices, and boldest at a family's strict levels: four of 30 where 3 % is usual come
    about 12 times in 1,000, the score test says 2, and this one 52. Clusters: the sandwich

    .. math:: \widehat{se}^2 = \frac{C}{C-1} \sum_c \Big(\sum_{i \in c} \frac{1_S(i)(\ell_i -
        \bar\ell_S)}{n_S} - \frac{1_{\bar S}(i)(\ell_i - \bar\ell_{\bar S})}{n_{\bar S}}\Big)^2

    with degrees of freedom matched to how evenly clusters carry it (Satterthwaite 1946).

    Parameters
    ----------
    loss
        n finite losses.
    masks
        K x n: which rows a slice holds.
    clusters
        n whole numbers from 0, rows of one person alike; None where rows are independent.
    """
    inside = masks.sum(axis=1)
    outside = masks.shape[1] - inside
    total = np.array([loss[mask].sum() for mask in masks])
    mean = _over(total, inside, np.nan)
    rest = _over(loss.sum() - total, outside, np.nan)
    if clusters is not None:
        return _clustered(loss, masks, clusters, mean, rest)
    squares = loss * loss
    within = np.array([squares[mask].sum() for mask in masks])
    if np.isin(loss, (0.0, 1.0)).all():
        near, far = (total + 1) / (inside + 2), (loss.sum() - total + 1) / (outside + 2)
        a, b = near * (1 - near) / (inside + 2), far * (1 - far) / (outside + 2)
        freedom = np.full(len(inside), np.inf)
        shift = (near - far) - (mean - rest)
    else:
        a = _over(_over(within - total * mean, inside - 1), inside)
        left = squares.sum() - within - (loss.sum() - total) * rest
        b = _over(_over(left, outside - 1), outside)
        spread = _over(a**2, inside - 1) + _over(b**2, outside - 1)
        freedom = np.maximum(_over((a + b) ** 2, spread, np.inf), 1.0)
        shift = np.zeros(len(inside))
    units = np.minimum(inside, outside)
    return Gaps(inside, units, mean, rest, np.sqrt(np.maximum(a + b, 0.0)), freedom, shift)


def family_level(confirmed: int, tested: int, level: float, adjust: Adjustment) -> float:
    """Return the level of each interval so that the family's statement holds.

    With ``bh`` the intervals of the confirmed are wrong in at most 1 - level of them on average
    (false coverage rate, Benjamini and Yekutieli 2005), and a slice is confirmed exactly where
    its interval lies above 0. With ``holm`` all intervals hold together (Bonferroni); Holm's
    decision is a little stronger than they are.

    Examples
    --------
    >>> round(family_level(5, 20, 0.95, "bh"), 6), round(family_level(5, 20, 0.95, "holm"), 6)
    (0.9875, 0.9975)
    """
    share = max(confirmed, 1) if adjust == "bh" else 1
    return 1 - (1 - level) * share / max(tested, 1)


def _clustered(
    loss: Floats, masks: Flags, clusters: npt.NDArray[np.int64], mean: Floats, rest: Floats
) -> Gaps:
    number = int(clusters.max(initial=-1)) + 1
    error, freedom = np.zeros(len(masks)), np.full(len(masks), np.inf)
    units = np.zeros(len(masks), np.int64)
    for k, mask in enumerate(masks):
        inside = int(mask.sum())
        if not 0 < inside < len(loss):
            continue
        near = np.bincount(clusters[mask], minlength=number)
        pull = np.where(mask, loss - mean[k], 0.0) / inside
        pull -= np.where(mask, 0.0, loss - rest[k]) / (len(loss) - inside)
        square = np.bincount(clusters, weights=pull, minlength=number) ** 2
        held = int(np.count_nonzero(near))
        units[k] = min(held, int(np.count_nonzero(np.bincount(clusters[~mask]))))
        variance = square.sum() * number / max(number - 1, 1)
        if np.ptp(loss[mask]) == 0:
            variance += _unseen(loss, mean[k], held)
        error[k] = np.sqrt(variance)
        most = max(number - 1, 1)
        excess = number * (square**2).sum() - square.sum() ** 2
        matched = 2 * number * square.sum() ** 2 / excess if excess > 0 else most
        freedom[k] = max(min(matched, most), 1.0)
    return Gaps(masks.sum(axis=1), units, mean, rest, error, freedom, np.zeros(len(masks)))


def _unseen(loss: Floats, value: float, units: int) -> float:
    """Return the variance of a mean of equal losses: that of one more of either extreme."""
    span = float(np.ptp(loss))
    share = 0.0 if span == 0 else (value - float(loss.min())) / span
    near = (share * units + 1) / (units + 2)
    return span**2 * near * (1 - near) / (units + 2)


def _over(above: Floats, below: npt.NDArray[np.generic], otherwise: float = 0.0) -> Floats:
    result = np.full(np.shape(above), otherwise)
    np.divide(above, below, out=result, where=np.asarray(below) > 0)
    return result
