"""Ragged batches of whole requests: what a ranking measure's one numpy function sees."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from fairview.core.errors import DataError
from fairview.measure.targets import Target, named_target

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class RankedBatch:
    """R ranked lists, item after item, cut by offsets; rank 1 comes first.

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

    def __len__(self) -> int:
        return len(self.offsets) - 1

    @property
    def request_of(self) -> npt.NDArray[np.int64]:
        """The request (0 to R-1) of each row."""
        return np.repeat(np.arange(len(self)), np.diff(self.offsets))

    @property
    def rank(self) -> npt.NDArray[np.int64]:
        """The rank of each row within its request, from 1: its logged position."""
        if self.position is not None:
            return self.position
        starts = np.repeat(self.offsets[:-1], np.diff(self.offsets))
        return np.arange(self.offsets[-1]) - starts + 1

    def sum_by_request(self, values: npt.NDArray[Any]) -> Floats:
        """Return the sums of n (or n x m) values per request; 0 for a request without rows."""
        sums: Floats = np.zeros((len(self), *values.shape[1:]))
        filled = np.diff(self.offsets) > 0
        if filled.any():
            starts = self.offsets[:-1][filled]
            sums[filled] = np.add.reduceat(values.astype(np.float64), starts, axis=0)
        return sums

    def running_sums(self, values: Floats) -> Floats:
        """Return n x m sums over the ranks up to each row's own, within its request."""
        total = np.cumsum(values, axis=0)
        padded = np.concatenate([np.zeros((1, *values.shape[1:])), total])
        before = np.repeat(padded[self.offsets[:-1]], np.diff(self.offsets), axis=0)
        sums: Floats = total - before
        return sums

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
