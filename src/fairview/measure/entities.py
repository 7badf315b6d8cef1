"""Totals per entity (an item or a provider) and bucket, for inequality and amortised measures."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import sparse

from fairview.measure.buckets import BUCKETS

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class EntityTotals:
    """What each entity received, per bucket of the people it came from.

    Parameters
    ----------
    entities
        E entity ids, sorted; those that received nothing stand here too.
    totals
        A sparse BUCKETS x E matrix of sums, all at least 0.
    n
        Observations behind them.
    """

    entities: npt.NDArray[np.str_]
    totals: sparse.csr_array
    n: int

    @classmethod
    def from_rows(
        cls,
        entity: npt.NDArray[np.str_],
        bucket: npt.NDArray[np.int16],
        value: Floats,
        *,
        universe: npt.NDArray[np.str_] | None = None,
        n: int | None = None,
    ) -> EntityTotals:
        """Return the totals of rows (an entity, a bucket, a value each).

        Parameters
        ----------
        universe
            Every entity that could have received something; one without a row has a total of 0.
        n
            Observations behind the rows where these are already summed.
        """
        known = entity if universe is None else np.concatenate([entity, universe])
        entities = np.unique(known)
        column = np.searchsorted(entities, entity)
        matrix = sparse.coo_array(
            (value, (bucket.astype(np.int64), column)), shape=(BUCKETS, len(entities))
        )
        return cls(entities, matrix.tocsr(), len(entity) if n is None else n)

    def merge(self, other: EntityTotals) -> EntityTotals:
        """Return the totals of both; associative and commutative."""
        entities = np.union1d(self.entities, other.entities)
        parts = []
        for side in (self, other):
            old = side.totals.tocoo()
            column = np.searchsorted(entities, side.entities)[old.coords[1]]
            parts.append(
                sparse.coo_array(
                    (old.data, (old.coords[0], column)), shape=(BUCKETS, len(entities))
                ).tocsr()
            )
        return EntityTotals(entities, (parts[0] + parts[1]).tocsr(), self.n + other.n)

    def per_entity(self) -> Floats:
        """Return the E totals over all buckets."""
        return np.asarray(self.totals.sum(axis=0)).ravel()
