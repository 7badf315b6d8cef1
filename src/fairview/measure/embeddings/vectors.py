"""Checks and unit vectors, shared by the audits of embeddings."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from fairview.core.errors import DataError

Floats = npt.NDArray[np.float64]


def units(vectors: npt.NDArray[Any], what: str) -> Floats:
    """Return n x d vectors of length one.

    Raises
    ------
    DataError
        Where there is none, they aren't n x d finite numbers, or one of them is all zeros.
    """
    values = np.asarray(vectors, np.float64)
    if values.ndim != 2 or not len(values):
        raise DataError(f"The {what} vectors have the shape {values.shape}; give n x d numbers.")
    if not np.isfinite(values).all():
        raise DataError(f"The {what} vectors hold values that aren't finite.")
    length = np.linalg.norm(values, axis=1, keepdims=True)
    if (length == 0).any():
        raise DataError(
            f"{int((length == 0).sum())} of the {what} vectors are all zeros, which have no "
            f"direction; leave them out and say how many there were."
        )
    return np.asarray(values / length)
