"""Vectors of length one, made only for the rows that are asked for."""

from __future__ import annotations

from functools import cached_property

import numpy as np
import numpy.typing as npt

from fairview.core import DataError
from fairview.core.columns import Array
from fairview.slate.arrays import Floats, Indices


class UnitRows:
    """n vectors in a problem's order, each over its length; a row of zeros stays one.

    A kernel that looks at few of the items shouldn't pay for scaling all of them, so the
    scaled copy is made for `rows`, and for everything only by `all`.

    Parameters
    ----------
    raw
        Any number of vectors, 2-D and finite.
    order
        n rows of `raw`: the items of the problem, in its order.

    Attributes
    ----------
    raw, order, scale
        The vectors as given, the items' rows of them, and one over each item's length, or 0.

    Raises
    ------
    DataError
        Where a number isn't finite.

    Examples
    --------
    >>> import numpy as np
    >>> unit = UnitRows(np.array([[3.0, 4.0], [0.0, 0.0], [0.0, 2.0]]), np.array([2, 0, 1]))
    >>> unit.all.round(3).tolist()
    [[0.0, 1.0], [0.6, 0.8], [0.0, 0.0]]
    >>> unit.dot(np.array([[0.0, 1.0]])).tolist()
    [[1.0], [0.8], [0.0]]
    >>> unit.bare.tolist()
    [2]
    """

    def __init__(self, raw: Array, order: Indices) -> None:
        if raw.dtype not in (np.float32, np.float64):
            raw = raw.astype(np.float64)
        raw = np.ascontiguousarray(raw)
        with np.errstate(over="ignore", invalid="ignore"):
            squares = np.vecdot(raw, raw)
        if not np.isfinite(squares.sum()):
            raw, squares = _rescued(raw)
        if 2 * len(order) < len(raw):
            raw, squares, order = raw[order], squares[order], np.arange(len(order))
        length = np.sqrt(squares[order])
        self.raw = raw
        self.order = order
        self.scale: Array = np.zeros_like(length)
        np.divide(1, length, out=self.scale, where=length > 0)

    def __len__(self) -> int:
        return len(self.order)

    @property
    def dtype(self) -> np.dtype[np.floating[npt.NBitBase]]:
        """float32 or float64, as the vectors were given."""
        return self.raw.dtype

    @cached_property
    def bare(self) -> Indices:
        """The rows without a vector."""
        return np.flatnonzero(self.scale == 0)

    @property
    def width(self) -> int:
        """Numbers per vector."""
        return int(self.raw.shape[1])

    @cached_property
    def all(self) -> Array:
        """All n vectors, n x d."""
        return self.rows(np.arange(len(self)))

    def rows(self, rows: Indices) -> Array:
        """Return the vectors of these rows, one by one in their order."""
        taken = self.raw.take(self.order[rows], axis=0)
        taken *= self.scale[rows, None]
        return taken

    def row(self, row: int) -> Array:
        """Return the vector of one row."""
        one: Array = self.raw[self.order[row]] * self.scale[row]
        return one

    def dot(self, vectors: Array) -> Array:
        """Return the inner products with b vectors (b x d), n x b."""
        products: Array = np.dot(self.raw, vectors.T).take(self.order, axis=0)
        products *= self.scale[:, None]
        return products


def _rescued(raw: Array) -> tuple[Array, Floats]:
    """Scale down vectors whose squared length is beyond the number format."""
    if not np.isfinite(raw).all():
        raise DataError("Vectors must be finite; give zeros for an item without one.")
    largest = np.abs(raw).max(axis=1, keepdims=True)
    scaled = raw / np.where(largest > 0, largest, 1)
    return scaled, np.vecdot(scaled, scaled)
