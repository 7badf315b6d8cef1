"""Benjamini and Hochberg's adjustment: few false claims among those that are made."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from fairview.measure.statistics.holm import checked_p_values

Floats = npt.NDArray[np.float64]


def benjamini_hochberg(p_values: npt.ArrayLike) -> Floats:
    r"""Return adjusted p-values; claiming those at most q keeps the false discovery rate at q.

    .. math:: \tilde p_{(i)} = \min_{j \ge i} \min(1, \tfrac{m}{j}\, p_{(j)})

    Source: Benjamini and Hochberg (1995). Valid for tests that are independent or positively
    dependent (Benjamini and Yekutieli 2001), as comparisons with one reference are; for others
    use `holm`. NaN stays NaN and isn't counted in m.

    Raises
    ------
    DataError
        Where a p-value lies outside 0 to 1.

    Examples
    --------
    >>> [round(float(p), 4) for p in benjamini_hochberg([0.01, 0.04, 0.03])]
    [0.03, 0.04, 0.04]
    """
    p = checked_p_values(p_values)
    adjusted = np.full(p.shape, np.nan)
    tested = np.flatnonzero(~np.isnan(p))
    order = tested[np.argsort(-p[tested], kind="stable")]
    m = len(order)
    factors = m / np.arange(m, 0, -1)
    adjusted[order] = np.minimum(np.minimum.accumulate(p[order] * factors), 1)
    return adjusted
