"""Holm's adjustment: no false claim in the whole family, at the stated rate."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from fairview.core.errors import DataError

Floats = npt.NDArray[np.float64]


def holm(p_values: npt.ArrayLike) -> Floats:
    r"""Return adjusted p-values; those at most alpha keep the family-wise error at alpha.

    .. math:: \tilde p_{(i)} = \max_{j \le i} \min(1, (m - j + 1)\, p_{(j)})

    Source: Holm (1979). Valid however the tests depend. NaN (a test that couldn't be made)
    stays NaN and isn't counted in m: count it in the report.

    Raises
    ------
    DataError
        Where a p-value lies outside 0 to 1.

    Examples
    --------
    >>> [round(float(p), 4) for p in holm([0.01, 0.04, 0.03])]
    [0.03, 0.06, 0.06]
    """
    p = checked_p_values(p_values)
    adjusted = np.full(p.shape, np.nan)
    tested = np.flatnonzero(~np.isnan(p))
    order = tested[np.argsort(p[tested], kind="stable")]
    factors = len(order) - np.arange(len(order))
    adjusted[order] = np.minimum(np.maximum.accumulate(p[order] * factors), 1)
    return adjusted


def checked_p_values(p_values: npt.ArrayLike) -> Floats:
    """Return p-values as a flat array of floats, checked."""
    p = np.atleast_1d(np.asarray(p_values, np.float64))
    if p.ndim != 1 or np.any((p < 0) | (p > 1)):
        raise DataError("P-values must be one list of numbers from 0 to 1; check the tests.")
    return p
