"""Intervals where people and items are both drawn again: rows that share either are alike.

Buckets are then a grid of 64 buckets of people by 64 of items, so cells merge like any others. A
figure's variance is that of people, plus that of items, less that of the grid's cells, which both
hold (Cameron, Gelbach and Miller 2011). Each is a jackknife over its buckets.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import special

from fairview.measure.buckets import SIDE
from fairview.measure.cells import Cells
from fairview.measure.intervals import Figures, effective_n, freedom_of, scaled_interval
from fairview.measure.statistics import Parts
from fairview.measure.statistics.jeffreys import jeffreys_ends

Floats = npt.NDArray[np.float64]
NO_SPREAD = 1e-9
"""Errors below this are rounding: the figure is the same whatever is left out."""
METHOD = "jackknife of people and of items, two-way, Student's t"


@dataclass(frozen=True)
class Crossed:
    """The spread of f figures over people and items.

    Parameters
    ----------
    covariance
        f x f.
    freedom
        f degrees of freedom: those of people or of items, whichever are fewer.
    """

    covariance: Floats
    freedom: Floats

    @classmethod
    def of(cls, cells: Cells, figures: Figures) -> Crossed:
        """Return the spread of figures of these cells; NaN where a side has only one bucket.

        Where the three terms leave less than people or items alone, the larger of those is taken.
        """
        one, other, cell = (
            _left_out(cells, keys, figures)
            for keys in (*sides_of(cells), cells.buckets.astype(np.int64))
        )
        singles = [_covariance(each) for each in (one, other)]
        joint = singles[0] + singles[1] - _covariance(cell)
        least = np.maximum(*(np.diagonal(each) for each in singles))
        joint = _raised(joint, least)
        return cls(joint, np.minimum(freedom_of(one), freedom_of(other)))

    @property
    def errors(self) -> Floats:
        """The f standard errors."""
        return np.asarray(np.sqrt(np.diagonal(self.covariance)))

    def reach(self, level: float) -> Floats:
        """Return half the widths of f intervals, each at this level."""
        return np.asarray(special.stdtrit(self.freedom, (1 + level) / 2) * self.errors)

    def parts(
        self, values: Floats, bounds: tuple[float, float], sizes: npt.ArrayLike | None = None
    ) -> Parts:
        """Return the figures ready to be compared, as in `Parts`.

        `sizes` are the equal units of shares: those of 0 or 1 without any spread aren't certain,
        and get Jeffreys' ends.
        """
        errors, n = self.errors, np.asarray(0.0 if sizes is None else sizes, np.float64)
        n = np.broadcast_to(n, values.shape)
        still = np.isin(values, (0.0, 1.0)) & (errors < NO_SPREAD) & (n > 0)
        smooth = (values * n + 0.5) / (n + 1)
        errors = np.where(still, np.sqrt(smooth * (1 - smooth) / np.maximum(n, 1)), errors)
        with np.errstate(invalid="ignore", divide="ignore"):
            correlation = self.covariance / np.outer(errors, errors)
        correlation = np.clip(np.nan_to_num(correlation), -1, 1)
        np.fill_diagonal(correlation, 1.0)

        def ends(critical: float) -> tuple[Floats, Floats]:
            wider = special.stdtrit(self.freedom, special.ndtr(critical)) * errors
            both = [
                scaled_interval(float(value), float(reach), bounds)
                for value, reach in zip(values, wider, strict=True)
            ]
            low, high = (np.array(side) for side in zip(*both, strict=True))
            tail = float(special.ndtr(-critical))
            low[still], high[still] = jeffreys_ends(values[still] * n[still], n[still], tail)
            return low, high

        return Parts(values, errors, correlation, ends)


def sides_of(cells: Cells) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Return each bucket's bucket of people and its bucket of items."""
    people, items = np.divmod(cells.buckets.astype(np.int64), SIDE)
    return people, items


def crossed_units(counts: Floats, cells: Cells) -> tuple[int, float]:
    """Return the people's or items' occupied buckets, whichever are fewer, and equal units."""
    sums = [np.bincount(side, counts, SIDE).astype(np.float64) for side in sides_of(cells)]
    return min(int((s > 0).sum()) for s in sums), min(effective_n(s) for s in sums)


def _left_out(cells: Cells, keys: npt.NDArray[np.int64], figures: Figures) -> Floats:
    """Return u x f figures of the cells without the buckets of one key each."""
    found, place = np.unique(keys, return_inverse=True)
    sums = []
    for part in (cells.totals, cells.count):
        own = np.zeros((len(found), *part.shape[1:]))
        np.add.at(own, place, part)
        sums.append(part.sum(axis=0) - own)
    return figures(sums[0], sums[1])


def _covariance(left_out: Floats) -> Floats:
    units = len(left_out)
    if units < 2:
        return np.full((left_out.shape[1], left_out.shape[1]), np.nan)
    away = left_out - left_out.mean(axis=0)
    return np.asarray(away.T @ away * (units - 1) / units)


def _raised(covariance: Floats, least: Floats) -> Floats:
    """Return the nearest covariance with no negative variance, and no variance below these."""
    usable = np.flatnonzero(np.isfinite(np.diagonal(covariance)) & np.isfinite(least))
    found = np.full_like(covariance, np.nan)
    if len(usable):
        values, vectors = np.linalg.eigh(covariance[np.ix_(usable, usable)])
        kept = (vectors * np.maximum(values, 0.0)) @ vectors.T
        lift = np.maximum(least[usable] - np.diagonal(kept), 0.0)
        found[np.ix_(usable, usable)] = kept + np.diag(lift)
    return found


__all__ = ["METHOD", "NO_SPREAD", "Crossed", "crossed_units", "sides_of"]
