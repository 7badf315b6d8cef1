"""Inverted lists over unit vectors, and how many near rows the lists not yet read may hold.

A row of a list with mean c and spread s has a product with a query q that lies about q.c with a
standard deviation of about s. So the rows of a list that beat a threshold t are expected to be
(its allowed rows) x Phi((q.c - t) / (f s)), where f widens the spread until searches of held-out
queries reach their recall (see `vector_calibration`). A walk reads lists until those left are
expected to hold next to nothing: a filter, a far query or vectors without clusters make it read
more, not miss more.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.special import ndtr

from fairview.core.columns import Array
from fairview.retrieval.vector_rows import Floats, inner_products

_ROWS_PER_LIST = 40
_ROUNDS = 8
_CHUNK = 65_536
_NEAR_PART = 100

Counts = npt.NDArray[np.int64]


@dataclass(frozen=True)
class InvertedLists:
    """L lists of neighbouring rows; list i holds the places from starts[i] to before starts[i+1].

    Parameters
    ----------
    means
        L x d float32, the mean of each list's rows.
    starts
        L+1 places; no list is empty.
    spread
        L float32, the standard deviation of a row about its list's mean, in one direction.
    """

    means: Floats
    starts: Counts
    spread: Floats

    @classmethod
    def of(cls, unit: Array, seed: int) -> tuple[InvertedLists, Counts]:
        """Return lists over m unit vectors, and the order in which the vectors then stand."""
        assigned = _assigned(unit, seed)
        order = np.argsort(assigned, kind="stable")
        found, starts = np.unique(assigned[order], return_index=True)
        bounds = np.append(starts, len(unit)).astype(np.int64)
        means = np.empty((len(found), unit.shape[1]), np.float32)
        spread = np.empty(len(found), np.float32)
        for i in range(len(found)):
            rows = unit[order[bounds[i] : bounds[i + 1]]].astype(np.float64)
            mean = rows.mean(axis=0)
            means[i] = mean
            spread[i] = np.sqrt(((rows - mean) ** 2).sum(axis=1).mean() / unit.shape[1])
        return cls(means, bounds, spread), order.astype(np.int64)

    def __len__(self) -> int:
        return len(self.spread)

    @property
    def sizes(self) -> Counts:
        """How many rows each list holds."""
        return np.diff(self.starts)

    def likeness(self, unit: Floats) -> Floats:
        """Return each list's mean product with a unit vector."""
        return inner_products(self.means, unit)

    def count(self, mask: npt.NDArray[np.bool_] | None) -> Counts:
        """Return how many rows of each list a mask over places allows."""
        if mask is None:
            return self.sizes
        return np.add.reduceat(mask, self.starts[:-1], dtype=np.int64)

    def places(self, lists: Counts) -> Counts:
        """Return the places of these lists' rows, list by list."""
        spans = [np.arange(self.starts[i], self.starts[i + 1]) for i in lists]
        return np.concatenate([np.zeros(0, np.int64), *spans])

    def expected(
        self, likeness: Floats, counts: Counts, threshold: float, factor: float
    ) -> npt.NDArray[np.float64]:
        """Return how many allowed rows of each list are expected to reach the threshold."""
        deviation = np.maximum(self.spread * factor, 1e-9)
        return np.asarray(counts * ndtr((likeness - threshold) / deviation), np.float64)


def first_lists(likeness: Floats, counts: Counts, rows: int) -> Counts:
    """Return the nearest lists that together allow this many rows, or all that allow any.

    Examples
    --------
    >>> near = np.array([0.9, 0.8, 0.1], np.float32)
    >>> first_lists(near, np.array([0, 5, 9]), 4).tolist()
    [1]
    """
    order = np.argsort(-likeness, kind="stable")
    order = order[counts[order] > 0]
    enough = int(np.searchsorted(np.cumsum(counts[order]), rows)) + 1
    return order[:enough]


def against_query(likeness: Floats, counts: Counts, sizes: Counts) -> bool:
    """Return whether a filter allows less than half as much near the query as it does overall.

    Examples
    --------
    >>> near, sizes = np.array([0.9, 0.1], np.float32), np.array([10, 10])
    >>> against_query(near, np.array([1, 9]), sizes), against_query(near, np.array([4, 6]), sizes)
    (True, False)
    """
    rows = max(1, int(sizes.sum()) // _NEAR_PART)
    nearest = first_lists(likeness, sizes, rows)
    share = counts[nearest].sum() / sizes[nearest].sum()
    return bool(share < 0.5 * counts.sum() / sizes.sum())


def lists_to_read(expected: npt.NDArray[np.float64], misses: float) -> Counts:
    """Return the fewest lists without which no more than `misses` rows are expected to be lost.

    Examples
    --------
    >>> lists_to_read(np.array([0.01, 3.0, 0.5, 0.02]), 0.05).tolist()
    [1, 2]
    """
    order = np.argsort(-expected, kind="stable")
    left = expected.sum() - np.cumsum(expected[order])
    if expected.sum() <= misses:
        return order[:0]
    return order[: int(np.argmax(left <= misses)) + 1]


def _assigned(unit: Array, seed: int) -> Counts:
    """Return the list of each row: the nearest of the centres that spherical k-means finds."""
    faiss = _faiss()
    count = max(1, round(2 * len(unit) ** 0.5))
    rng = np.random.default_rng(seed)
    most = min(len(unit), _ROWS_PER_LIST * count)
    sample = unit[np.sort(rng.choice(len(unit), most, replace=False))]
    clustering = faiss.Kmeans(
        unit.shape[1],
        count,
        niter=_ROUNDS,
        seed=seed,
        spherical=True,
        min_points_per_centroid=1,
    )
    clustering.train(np.ascontiguousarray(sample, np.float32))
    assigned = np.empty(len(unit), np.int64)
    for start in range(0, len(unit), _CHUNK):
        part = slice(start, start + _CHUNK)
        rows = np.ascontiguousarray(unit[part], np.float32)
        assigned[part] = clustering.index.search(rows, 1)[1][:, 0]
    return assigned


def _faiss() -> Any:
    return import_module("faiss")
