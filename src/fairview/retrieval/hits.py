"""What a search found, and the one order that every source answers in."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from fairview.core.columns import Array

DECIMALS = 6
"""Scores that agree to this many decimals tie; ties go to the smaller row."""

_SAMPLE = 32


@dataclass(frozen=True)
class Hits:
    """What a search found: rows, best first, and their scores."""

    rows: npt.NDArray[np.int64]
    scores: npt.NDArray[np.float64]

    @classmethod
    def none(cls) -> Hits:
        """Return a search's result that found nothing."""
        return cls(np.zeros(0, np.int64), np.zeros(0))

    def __len__(self) -> int:
        return len(self.rows)


def ordered(rows: npt.NDArray[np.int64], scores: Array, k: int) -> Hits:
    """Return the k best of these, larger scores first, ties by row.

    Examples
    --------
    >>> ordered(np.array([7, 3, 5]), np.array([1.0, 1.0, 2.0]), 2).rows.tolist()
    [5, 3]
    """
    rounded = np.asarray(np.round(scores, DECIMALS), np.float64)
    if len(rows) > 4 * k:
        near = rounded >= kth_best(rounded, k)
        rows, rounded = rows[near], rounded[near]
    order = np.lexsort((rows, -rounded))[:k]
    return Hits(rows[order], rounded[order])


def kth_best(scores: Array, k: int) -> float:
    """Return the k-th largest score; minus infinity where there are fewer.

    Examples
    --------
    >>> kth_best(np.array([0.1, 0.4, 0.3]), 2), kth_best(np.array([0.1]), 2)
    (0.3, -inf)
    """
    if len(scores) < k:
        return float("-inf")
    if len(scores) > 2 * _SAMPLE * k:
        # The k-th best of a part is at most the k-th best of all, and most lie below it.
        part = scores[::_SAMPLE]
        scores = scores[scores >= np.partition(part, len(part) - k)[len(part) - k]]
    return float(np.partition(scores, len(scores) - k)[len(scores) - k])


def products(vectors: Array, vector: Array) -> Array:
    """Return each row's inner product with `vector`.

    Summed row by row on one thread: equal rows give equal products wherever they stand, and many
    requests at once don't fight over the cores, as they do in a threaded matrix product.
    """
    return np.asarray(np.einsum("ij,j->i", vectors, vector))
