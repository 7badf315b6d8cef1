"""Checks that every method for counts shares."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from fairview.core.errors import DataError

Floats = npt.NDArray[np.float64]


def checked_counts(successes: npt.ArrayLike, trials: npt.ArrayLike) -> tuple[Floats, Floats]:
    """Return successes and trials as floats of one shape, NaN where there are no trials.

    Raises
    ------
    DataError
        Where a success count is negative or above its trials.

    Examples
    --------
    >>> [part.tolist() for part in checked_counts([1, 0], [4, 0])]
    [[1.0, nan], [4.0, nan]]
    """
    x, n = np.broadcast_arrays(np.asarray(successes, np.float64), np.asarray(trials, np.float64))
    if np.any(x < 0) or np.any(x > n):
        raise DataError("Success counts must lie between 0 and their trials; check the counts.")
    empty = ~(n > 0)
    return np.where(empty, np.nan, x), np.where(empty, np.nan, n)
