"""Ragged batches of whole requests: what a ranking measure's one numpy function sees."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

from fairview.core.errors import DataError
from fairview.measure.discounts import attention
from fairview.measure.targets import Target, named_target

Floats = npt.NDArray[np.float64]
T = TypeVar("T")
_PADDED = 4
"""Lists are padded to the longest one where that makes them at most this much larger."""


@dataclass(frozen=True)
class RankedBatch:
    """R ranked lists, item after item, cut by offsets; rank 1 comes first.

    What several measures need of the same batch is computed once, and is read-only.

    Parameters
    ----------
    offsets
        R+1 positions.
    buckets
        R buckets of the requests' clusters.
    columns
        Item-level arrays of length n by name: ``click``, ``relevance``, …
    groups
        The K groups of the attribute; empty where the measure has none.
    membership
        n x (K+1) soft membership; the last column is ``unknown``.
    contains
        n x K: is the group in the item's set?
    qualified
        R x K shares of the groups among each request's qualified candidates; NaN where unknown.
    supply
        R x K booleans: did any candidate hold the group? None where candidates weren't logged.
    has_candidates
        R booleans: were this request's candidates logged? Where they weren't, its `supply` says
        nothing.
    targets
        The log's own targets by name.
    position
        n positions as logged, from 1 and increasing within a request; a gap is a position whose
        item wasn't logged. None where every position is there.
    codes
        n places among the groups, K for ``unknown``, where every item is in one group or in none;
        None where memberships are soft.
    rankings
        n numbers of the ranking that a row belongs to, where one list of the batch puts together
        several rankings of the same query; None where each list is one ranking.
    """

    offsets: npt.NDArray[np.int64]
    buckets: npt.NDArray[np.int16]
    columns: Mapping[str, npt.NDArray[Any]] = field(default_factory=dict)
    groups: tuple[str, ...] = ()
    membership: Floats = field(default_factory=lambda: np.zeros((0, 1)))
    contains: npt.NDArray[np.bool_] = field(default_factory=lambda: np.zeros((0, 0), bool))
    qualified: Floats | None = None
    supply: npt.NDArray[np.bool_] | None = None
    has_candidates: npt.NDArray[np.bool_] | None = None
    targets: Mapping[str, Target] = field(default_factory=dict)
    position: npt.NDArray[np.int64] | None = None
    codes: npt.NDArray[np.int16] | None = None
    rankings: npt.NDArray[np.int64] | None = None
    _known: dict[Hashable, Any] = field(init=False, repr=False, default_factory=dict)

    def __len__(self) -> int:
        return len(self.offsets) - 1

    @property
    def request_of(self) -> npt.NDArray[np.int64]:
        """The request (0 to R-1) of each row."""
        return self.once("request", lambda: np.repeat(np.arange(len(self)), np.diff(self.offsets)))

    @property
    def rank(self) -> npt.NDArray[np.int64]:
        """The rank of each row within its request, from 1: its logged position."""
        if self.position is not None:
            return self.position
        return self.once("rank", self._counted_ranks)

    def once(self, key: Hashable, make: Callable[[], npt.NDArray[Any]]) -> npt.NDArray[Any]:
        """Return what `make` gives, made once per batch and key; don't write to it."""
        if key not in self._known:
            self._known[key] = make()
            self._known[key].flags.writeable = False
        found: npt.NDArray[Any] = self._known[key]
        return found

    def once_of(self, key: Hashable, make: Callable[[], T]) -> T:
        """Return what `make` gives, anything that isn't written to, made once per key."""
        if key not in self._known:
            self._known[key] = make()
        found: T = self._known[key]
        return found

    def attention(self, discount: str, at: int, start: int = 1) -> Floats:
        """Return n floats: the attention that ranks from `start` to `at` get, 0 elsewhere."""
        return self.once(
            ("attention", discount, at, start), lambda: attention(self.rank, discount, at, start)
        )

    def received(self, discount: str, at: int, start: int = 1) -> Floats:
        """Return R x (K+1) attention that each group's items get, ``unknown`` last."""
        weights = self.attention(discount, at, start)
        return self.once(("received", discount, at, start), lambda: self.sum_by_group(weights))

    def sum_by_group(self, weights: Floats) -> Floats:
        """Return R x (K+1) sums of n weights by request and group, ``unknown`` last."""
        if self.codes is None:
            return self.sum_by_request(self.membership * weights[:, None])
        width = len(self.groups) + 1
        cell = self.once("cell", lambda: self.request_of * width + np.asarray(self.codes))
        sums = np.bincount(cell, weights, len(self) * width).astype(np.float64)
        return np.asarray(sums.reshape(-1, width))

    def first(self, values: npt.NDArray[Any]) -> npt.NDArray[Any]:
        """Return R values: those of each request's first row."""
        return values[self.offsets[:-1]]

    def numbers(self, name: str, *, least: float = 0.0) -> Floats:
        """Return a column as n floats, NaN where a row has no value.

        Raises
        ------
        DataError
            Where values aren't numbers, are infinite, or are below `least`.
        """
        return self.once(
            ("numbers", name, least), lambda: _numbers(self.columns[name], name, least)
        )

    @property
    def running(self) -> Floats:
        """How much of each group (n x K) is in the ranks up to each row's own."""
        return self.once("running", lambda: self.running_sums(self.membership[:, :-1]))

    def sum_by_request(self, values: npt.NDArray[Any]) -> Floats:
        """Return the sums of n (or n x m) values per request; 0 for a request without rows."""
        sums: Floats = np.zeros((len(self), *values.shape[1:]))
        filled = np.diff(self.offsets) > 0
        if filled.any():
            starts = self.offsets[:-1][filled]
            sums[filled] = np.add.reduceat(values.astype(np.float64), starts, axis=0)
        return sums

    def smallest_by_request(self, values: Floats) -> Floats:
        """Return the smallest of n values per request; infinity for a request without rows."""
        least = np.full(len(self), np.inf)
        filled = np.diff(self.offsets) > 0
        if filled.any():
            least[filled] = np.minimum.reduceat(values, self.offsets[:-1][filled])
        return least

    def running_sums(self, values: Floats) -> Floats:
        """Return sums of n (or n x m) values over the rows up to each row's own, in its request.

        Each request is summed by itself, so no digit depends on what else is in the batch.
        """
        lengths = np.diff(self.offsets)
        longest = int(lengths.max(initial=0))
        if len(self) * longest > _PADDED * len(values):
            return self._sums_row_by_row(values, lengths, longest)
        if len(self) * longest == len(values):
            filled = values.reshape(len(self), longest, *values.shape[1:])
            return np.asarray(filled.cumsum(axis=1).reshape(values.shape))
        padded = np.zeros((len(self), longest, *values.shape[1:]))
        place = self._counted_ranks() - 1
        padded[self.request_of, place] = values
        return np.asarray(padded.cumsum(axis=1)[self.request_of, place])

    def _sums_row_by_row(
        self, values: Floats, lengths: npt.NDArray[np.int64], longest: int
    ) -> Floats:
        sums = values.astype(np.float64)
        for place in range(1, longest):
            rows = self.offsets[:-1][lengths > place] + place
            sums[rows] += sums[rows - 1]
        return sums

    def _counted_ranks(self) -> npt.NDArray[np.int64]:
        starts = np.repeat(self.offsets[:-1], np.diff(self.offsets))
        return np.asarray(np.arange(self.offsets[-1]) - starts + 1)

    def target(self, target: Target | str) -> Floats:
        """Return R x K shares of a target or of its name; NaN where a request's aren't known."""
        if isinstance(target, str):
            target = named_target(target, self.targets)
        if not target.per_request:
            return np.broadcast_to(target.resolve(self.groups), (len(self), len(self.groups)))
        if self.qualified is None:
            raise DataError(
                "The target 'qualified' needs the log's qualified candidates; give them, or use "
                "the target 'uniform'."
            )
        return self.qualified


def _numbers(values: npt.NDArray[Any], name: str, least: float) -> Floats:
    try:
        numbers = values.astype(np.float64)
    except (TypeError, ValueError):
        raise DataError(f"The column {name!r} holds values that aren't numbers.") from None
    wrong = np.isinf(numbers) | (numbers < least)
    if wrong.any():
        raise DataError(
            f"The column {name!r} has {int(wrong.sum())} values below {least:g} or infinite, such "
            f"as {numbers[wrong][0]:g}; mend the log."
        )
    return numbers
