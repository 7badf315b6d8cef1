"""Cells: the mergeable sufficient statistics of a measure, keyed by slice and bucket.

A cell holds a count, a mean and a centred second moment. Merging never goes through sums of
squares, which lose every digit when values are large and close together.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from fairview.core.errors import DataError
from fairview.core.ranges import UNKNOWN
from fairview.measure.buckets import BUCKETS

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Cells:
    """Moments of m components per bucket.

    Parameters
    ----------
    keys
        The m components: a slice's name, or a measure's component such as a group.
    buckets
        The b occupied buckets, strictly increasing, in 0 to 4,095.
    count, mean, m2
        b x m floats: (weighted) count, mean, and sum of squared deviations from the mean. The
        mean of an empty cell is 0 with a count of 0.
    excluded
        m (weighted) counts of observations for which the component is undefined.
    groups
        The groups that whole requests were reduced over, in order; empty where each component
        stands for itself.
    """

    keys: tuple[str, ...]
    buckets: npt.NDArray[np.int16]
    count: Floats
    mean: Floats
    m2: Floats
    excluded: Floats
    groups: tuple[str, ...] = ()

    @classmethod
    def empty(cls, keys: Sequence[str]) -> Cells:
        """Return cells of nothing; merging them changes nothing."""
        none = np.zeros((0, len(keys)))
        return cls(tuple(keys), np.zeros(0, np.int16), none, none, none, np.zeros(len(keys)))

    @classmethod
    def from_rows(
        cls,
        keys: Sequence[str],
        buckets: npt.NDArray[np.int16],
        values: Floats,
        weights: Floats | None = None,
    ) -> Cells:
        """Return the cells of n rows.

        Parameters
        ----------
        keys
            The m components.
        buckets
            n buckets.
        values
            n x m floats; NaN means undefined, which is counted in `excluded`.
        weights
            n x m weights, at least 0; 1 where not given.

        Examples
        --------
        >>> cells = Cells.from_rows(["x"], np.array([3, 3, 9], np.int16),
        ...                         np.array([[1.0], [3.0], [np.nan]]))
        >>> cells.count.tolist(), cells.mean.tolist(), cells.excluded.tolist()
        ([[2.0]], [[2.0]], [1.0])
        """
        weight = np.ones_like(values) if weights is None else weights
        defined = ~np.isnan(values)
        excluded = np.where(defined, 0.0, weight).sum(axis=0)
        weight = np.where(defined, weight, 0.0)
        value = np.where(defined, values, 0.0)
        occupied, row = np.unique(buckets, return_inverse=True)
        shape = (len(occupied), len(keys))
        count, total, m2 = np.zeros(shape), np.zeros(shape), np.zeros(shape)
        np.add.at(count, row, weight)
        np.add.at(total, row, weight * value)
        mean = np.divide(total, count, out=np.zeros(shape), where=count > 0)
        np.add.at(m2, row, weight * (value - mean[row]) ** 2)
        cells = cls(tuple(keys), occupied, count, mean, m2, excluded)
        return cells._without_empty()

    def merge(self, other: Cells) -> Cells:
        """Return the cells of both; the operation is associative and commutative.

        Components of the same name add up; those of one side only stay, sorted, ``unknown``
        last. Moments are merged by the pairwise update of Chan, Golub and LeVeque (1979).

        Raises
        ------
        DataError
            Where whole requests were reduced over other groups: a list that holds every group
            of one shard may lack one of another's.
        """
        if self.groups and other.groups and self.groups != other.groups:
            raise DataError(
                f"Cells over the groups {', '.join(self.groups)} and {', '.join(other.groups)} "
                f"don't add up; declare the same groups, in one order, for every part of the log."
            )
        same = set(self.keys) == set(other.keys)
        every = sorted({*self.keys, *other.keys}, key=lambda key: (key == UNKNOWN, key))
        keys = min(self.keys, other.keys) if same else tuple(every)
        buckets = np.union1d(self.buckets, other.buckets).astype(np.int16)
        left, right = self._spread(keys, buckets), other._spread(keys, buckets)
        count = left.count + right.count
        share = np.divide(right.count, count, out=np.zeros_like(count), where=count > 0)
        delta = right.mean - left.mean
        return Cells(
            keys,
            buckets,
            count,
            np.where(left.count == 0, right.mean, left.mean + delta * share),
            left.m2 + right.m2 + delta**2 * left.count * share,
            left.excluded + right.excluded,
            self.groups or other.groups,
        )

    @property
    def totals(self) -> Floats:
        """Count times mean: b x m sums of values per bucket."""
        return self.count * self.mean

    def n(self) -> Floats:
        """Return the m (weighted) counts over all buckets."""
        total: Floats = self.count.sum(axis=0)
        return total

    def dense(self) -> Cells:
        """Return the same cells with all 4,096 buckets present, in order."""
        return self._spread(self.keys, np.arange(BUCKETS, dtype=np.int16))

    def _spread(self, keys: tuple[str, ...], buckets: npt.NDArray[np.int16]) -> Cells:
        rows = np.searchsorted(buckets, self.buckets)
        columns = np.array([keys.index(key) for key in self.keys], np.int64)
        parts = []
        for part in (self.count, self.mean, self.m2):
            full = np.zeros((len(buckets), len(keys)))
            full[np.ix_(rows, columns)] = part
            parts.append(full)
        excluded = np.zeros(len(keys))
        excluded[columns] = self.excluded
        return Cells(keys, buckets, parts[0], parts[1], parts[2], excluded, self.groups)

    def _without_empty(self) -> Cells:
        full = (self.count > 0).any(axis=1)
        return Cells(
            self.keys,
            self.buckets[full],
            self.count[full],
            self.mean[full],
            self.m2[full],
            self.excluded,
            self.groups,
        )
