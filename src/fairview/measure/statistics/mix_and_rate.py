"""A gap split into what comes from the mix of strata and what comes from rates within them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from fairview.core.errors import DataError

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class MixAndRate:
    """The parts of a gap; each part has the strata on its last axis, where it has one.

    Parameters
    ----------
    gap
        The whole gap: the sum of the three totals below.
    mix, rate
        Per stratum; NaN where a stratum is seen on one side only.
    unmatched
        Per stratum seen on one side only: what it adds to the gap, which is neither.
    """

    gap: Floats
    mix: Floats
    rate: Floats
    unmatched: Floats

    @property
    def total_mix(self) -> Floats:
        """The gap that differing mixes would give alone."""
        return np.asarray(np.nansum(self.mix, axis=-1))

    @property
    def total_rate(self) -> Floats:
        """The gap that differing rates would give alone."""
        return np.asarray(np.nansum(self.rate, axis=-1))

    @property
    def total_unmatched(self) -> Floats:
        """The gap from strata that one side lacks."""
        return np.asarray(self.unmatched.sum(axis=-1))


def mix_and_rate(
    totals: npt.ArrayLike,
    counts: npt.ArrayLike,
    other_totals: npt.ArrayLike,
    other_counts: npt.ArrayLike,
) -> MixAndRate:
    r"""Return how much of the gap a - b is mix and how much is rate.

    .. math:: \Delta = \sum_s (w_{as} - w_{bs})\frac{r_{as} + r_{bs}}2
        + \sum_s (r_{as} - r_{bs})\frac{w_{as} + w_{bs}}2

    with shares w and rates r of strata s. Source: Kitagawa (1955). Strata that one side lacks
    have no rate there; they stand apart as ``unmatched``. Where there are some, the mix depends
    on the level of the rates, so read it with care. Leading axes are resamples, so an interval
    is that of resampled cells.

    Parameters
    ----------
    totals, counts
        (... x s) sums of outcomes and counts per stratum in group a.
    other_totals, other_counts
        The same in group b.

    Raises
    ------
    DataError
        Where counts are negative or shapes differ.

    Examples
    --------
    Both groups are served alike within each stratum; all of the gap is mix:

    >>> found = mix_and_rate([40, 5], [80, 20], [10, 20], [20, 80])
    >>> [round(float(part), 2) for part in (found.gap, found.total_mix, found.total_rate)]
    [0.15, 0.15, 0.0]
    """
    parts = [np.asarray(part, np.float64) for part in (totals, counts, other_totals, other_counts)]
    try:
        y_a, n_a, y_b, n_b = np.broadcast_arrays(*parts)
    except ValueError as error:
        raise DataError("Both groups need totals and counts of the same strata.") from error
    if np.any(n_a < 0) or np.any(n_b < 0):
        raise DataError("Counts of strata can't be negative; check the cells.")
    all_a, all_b = (_whole(n) for n in (n_a, n_b))
    w_a, w_b = n_a / all_a, n_b / all_b
    r_a, r_b = _rates(y_a, n_a), _rates(y_b, n_b)
    one_side = (n_a > 0) != (n_b > 0)
    ours = np.where(n_a > 0, y_a, 0.0) / all_a
    theirs = np.where(n_b > 0, y_b, 0.0) / all_b
    return MixAndRate(
        gap=(ours - theirs).sum(axis=-1),
        mix=(w_a - w_b) * (r_a + r_b) / 2,
        rate=(r_a - r_b) * (w_a + w_b) / 2,
        unmatched=np.where(one_side, ours - theirs, 0.0),
    )


def _whole(counts: Floats) -> Floats:
    whole = counts.sum(axis=-1, keepdims=True)
    return np.where(whole > 0, whole, np.nan)


def _rates(totals: Floats, counts: Floats) -> Floats:
    return np.asarray(
        np.divide(totals, counts, out=np.full(totals.shape, np.nan), where=counts > 0)
    )
