"""Cells: the mergeable sufficient statistics of measures, keyed by bucket, slice and component.

A cell holds a count, a mean and a centred second moment. Merging never goes through sums of
squares, which lose every digit when values are large and close together.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from fairview.core.errors import DataError
from fairview.measure.buckets import BUCKETS
from fairview.measure.estimate import OVERALL
from fairview.measure.slices import slice_order

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Cells:
    """Moments of c components in s slices, per bucket.

    Parameters
    ----------
    slices
        The s slices, such as groups; ``("overall",)`` where rows aren't sliced.
    components
        The names of the c things that are counted and averaged.
    buckets
        The b occupied buckets, strictly increasing, in 0 to 4,095. Independent rows stand in
        one bucket, 0.
    count, mean, m2
        b x s x c floats: (weighted) count, mean, and sum of squared deviations from the mean.
        The mean of an empty cell is 0 with a count of 0.
    excluded
        s x c (weighted) counts of observations for which the component is undefined.
    groups
        The groups that whole requests were reduced over, in order; empty where each component
        stands for itself.
    independent
        Whether rows are independent of each other; then their one bucket means nothing.
    """

    slices: tuple[str, ...]
    components: tuple[str, ...]
    buckets: npt.NDArray[np.int16]
    count: Floats
    mean: Floats
    m2: Floats
    excluded: Floats
    groups: tuple[str, ...] = ()
    independent: bool = False

    @classmethod
    def empty(cls, components: Sequence[str], slices: Sequence[str] = (OVERALL,)) -> Cells:
        """Return cells of nothing; merging them changes nothing."""
        none = np.zeros((0, len(slices), len(components)))
        excluded = np.zeros((len(slices), len(components)))
        return cls(
            tuple(slices), tuple(components), np.zeros(0, np.int16), none, none, none, excluded
        )

    @classmethod
    def from_rows(
        cls,
        components: Sequence[str],
        buckets: npt.NDArray[np.int16],
        values: Floats,
        weights: Floats | None = None,
        *,
        slices: Sequence[str] = (OVERALL,),
        slice_of: npt.NDArray[np.int64] | None = None,
    ) -> Cells:
        """Return the cells of n rows.

        Parameters
        ----------
        components
            The c components.
        buckets
            n buckets.
        values
            n x c floats; NaN means undefined, which is counted in `excluded`.
        weights
            n x c weights, at least 0; 1 where not given.
        slices
            The s slices.
        slice_of
            n places in `slices`; all rows are in the first one where not given.

        Examples
        --------
        >>> cells = Cells.from_rows(["x"], np.array([3, 3, 9], np.int16),
        ...                         np.array([[1.0], [3.0], [np.nan]]))
        >>> cells.count.tolist(), cells.mean.tolist(), cells.excluded.tolist()
        ([[[2.0]]], [[[2.0]]], [[1.0]])
        """
        weight = np.ones_like(values) if weights is None else weights
        place = np.zeros(len(values), np.int64) if slice_of is None else slice_of
        defined = ~np.isnan(values)
        occupied, bucket = np.unique(buckets, return_inverse=True)
        shape = (len(occupied), len(slices), len(components))
        row = bucket * len(slices) + place
        excluded = _sums(place, np.where(defined, 0.0, weight), len(slices))
        weight = np.where(defined, weight, 0.0)
        value = np.where(defined, values, 0.0)
        count = _sums(row, weight, shape[0] * shape[1])
        total = _sums(row, weight * value, shape[0] * shape[1])
        mean = np.divide(total, count, out=np.zeros_like(total), where=count > 0)
        m2 = _sums(row, weight * (value - mean[row]) ** 2, shape[0] * shape[1])
        cells = cls(
            tuple(slices),
            tuple(components),
            occupied,
            count.reshape(shape),
            mean.reshape(shape),
            m2.reshape(shape),
            excluded,
        )
        return cells.occupied()

    def merge(self, other: Cells) -> Cells:
        """Return the cells of both; the operation is associative and commutative.

        Slices and components of the same name add up; those of one side only stay. Where the
        sides don't have the same ones in the same order, they are sorted, unknown ones last.
        Moments are merged by the pairwise update of Chan, Golub and LeVeque (1979).

        Raises
        ------
        DataError
            Where whole requests were reduced over other groups: a list that holds every group
            of one shard may lack one of another's; or where one side's rows are independent and
            the other's are clustered.
        """
        if self.groups and other.groups and self.groups != other.groups:
            raise DataError(
                f"Cells over the groups {', '.join(self.groups)} and {', '.join(other.groups)} "
                f"don't add up; declare the same groups, in one order, for every part of the log."
            )
        if self.independent != other.independent and len(self.buckets) and len(other.buckets):
            raise DataError(
                "Cells of independent rows and of clusters don't add up; use one sampling unit for "
                "every part of the log."
            )
        one, two = _fitted(self, other), _fitted(other, self)
        slices = _union(one.slices, two.slices)
        components = _union(one.components, two.components)
        buckets = np.union1d(one.buckets, two.buckets).astype(np.int16)
        left = one.spread(slices, components, buckets)
        right = two.spread(slices, components, buckets)
        count = left.count + right.count
        share = np.divide(right.count, count, out=np.zeros_like(count), where=count > 0)
        delta = right.mean - left.mean
        return Cells(
            slices,
            components,
            buckets,
            count,
            np.where(left.count == 0, right.mean, left.mean + delta * share),
            left.m2 + right.m2 + delta**2 * left.count * share,
            left.excluded + right.excluded,
            self.groups or other.groups,
            self.independent or other.independent,
        )

    @property
    def totals(self) -> Floats:
        """Count times mean: b x s x c sums of values per bucket."""
        return self.count * self.mean

    def n(self) -> Floats:
        """Return the s x c (weighted) counts over all buckets."""
        total: Floats = self.count.sum(axis=0)
        return total

    def pooled(self) -> Cells:
        """Return the same cells with all buckets put together in one."""
        return self._together(0)

    def only(self, places: Sequence[int]) -> Cells:
        """Return these slices together as one slice, all buckets in one."""
        return self.together(places).pooled()

    def together(self, places: Sequence[int]) -> Cells:
        """Return these slices together as one slice."""
        rows = list(places)
        part = replace(
            self,
            slices=tuple(self.slices[i] for i in rows),
            count=self.count[:, rows],
            mean=self.mean[:, rows],
            m2=self.m2[:, rows],
            excluded=self.excluded[rows],
        )
        return part.overall()

    def overall(self) -> Cells:
        """Return the same cells with all slices put together in ``overall``."""
        return replace(self._together(1), slices=(OVERALL,))

    def select(self, components: Sequence[str]) -> Cells:
        """Return the cells of these components, in this order."""
        if tuple(components) == self.components:
            return self
        columns = [self.components.index(name) for name in components]
        return replace(
            self,
            components=tuple(components),
            count=self.count[:, :, columns],
            mean=self.mean[:, :, columns],
            m2=self.m2[:, :, columns],
            excluded=self.excluded[:, columns],
        )

    def beside(self, others: Sequence[Cells]) -> Cells:
        """Return the components of several cells of one scan as one; each name stands once."""
        buckets = self.buckets
        for other in others:
            buckets = np.union1d(buckets, other.buckets).astype(np.int16)
        whole = [one.spread(one.slices, one.components, buckets) for one in (self, *others)]
        names = dict.fromkeys(name for one in whole for name in one.components)
        home = [next(one for one in whole if name in one.components) for name in names]
        place = [one.components.index(name) for one, name in zip(home, names, strict=True)]
        pairs = list(zip(home, place, strict=True))
        return replace(
            whole[0],
            components=tuple(names),
            count=np.stack([one.count[:, :, i] for one, i in pairs], axis=2),
            mean=np.stack([one.mean[:, :, i] for one, i in pairs], axis=2),
            m2=np.stack([one.m2[:, :, i] for one, i in pairs], axis=2),
            excluded=np.stack([one.excluded[:, i] for one, i in pairs], axis=1),
        )

    def dense(self) -> Cells:
        """Return the same cells with all 4,096 buckets present, in order."""
        return self.spread(self.slices, self.components, np.arange(BUCKETS, dtype=np.int16))

    def spread(
        self,
        slices: tuple[str, ...],
        components: tuple[str, ...],
        buckets: npt.NDArray[np.int16],
    ) -> Cells:
        """Return the same cells on larger axes, with nothing in what is new."""
        if (
            slices == self.slices
            and components == self.components
            and np.array_equal(buckets, self.buckets)
        ):
            return self
        rows = np.searchsorted(buckets, self.buckets)
        layers = np.array([slices.index(name) for name in self.slices], np.int64)
        columns = np.array([components.index(name) for name in self.components], np.int64)
        parts = []
        for part in (self.count, self.mean, self.m2):
            full = np.zeros((len(buckets), len(slices), len(components)))
            full[np.ix_(rows, layers, columns)] = part
            parts.append(full)
        excluded = np.zeros((len(slices), len(components)))
        excluded[np.ix_(layers, columns)] = self.excluded
        return replace(
            self,
            slices=slices,
            components=components,
            buckets=buckets,
            count=parts[0],
            mean=parts[1],
            m2=parts[2],
            excluded=excluded,
        )

    def _together(self, axis: int) -> Cells:
        count = self.count.sum(axis=axis, keepdims=True)
        total = self.totals.sum(axis=axis, keepdims=True)
        mean = np.divide(total, count, out=np.zeros_like(total), where=count > 0)
        within = self.m2 + self.count * (self.mean - mean) ** 2
        return replace(
            self,
            buckets=np.zeros(1, np.int16) if axis == 0 else self.buckets,
            count=count,
            mean=mean,
            m2=within.sum(axis=axis, keepdims=True),
            excluded=self.excluded if axis == 0 else self.excluded.sum(axis=0, keepdims=True),
        )

    def occupied(self) -> Cells:
        """Return the same cells without the buckets in which nothing was counted."""
        full = (self.count > 0).any(axis=(1, 2))
        return replace(
            self,
            buckets=self.buckets[full],
            count=self.count[full],
            mean=self.mean[full],
            m2=self.m2[full],
        )


def _sums(row: npt.NDArray[np.int64], values: Floats, rows: int) -> Floats:
    """Return rows x c sums of n x c values by row."""
    sums = [np.bincount(row, values[:, c], rows) for c in range(values.shape[1])]
    return np.column_stack(sums) if sums else np.zeros((rows, 0))


def _fitted(cells: Cells, other: Cells) -> Cells:
    """Return cells; those that hold nothing and slice nothing take the slices of the other side."""
    holds_nothing = not len(cells.buckets) and not cells.excluded.any()
    if not holds_nothing or cells.slices != (OVERALL,):
        return cells
    empty = Cells.empty(cells.components, other.slices)
    return replace(empty, groups=cells.groups, independent=cells.independent)


def _union(left: tuple[str, ...], right: tuple[str, ...]) -> tuple[str, ...]:
    return left if left == right else tuple(sorted({*left, *right}, key=slice_order))
