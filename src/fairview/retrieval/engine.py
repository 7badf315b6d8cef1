"""One interface to vectors with columns to filter by, wherever they are kept.

Every engine answers alike: never short, filtered before it counts, the scores of the vectors as
they were given, ties by id. One conformance suite holds them to it.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from types import TracebackType
from typing import Self

import numpy as np
import numpy.typing as npt

from fairview.core import DataError, UsageError
from fairview.core.columns import Array
from fairview.retrieval.expression import Expression, Value
from fairview.retrieval.filter_form import Kind, form_of, plain
from fairview.retrieval.hits import Hits, ordered, products
from fairview.retrieval.vector_index import unit_of
from fairview.retrieval.vector_rows import Floats

Ids = npt.NDArray[np.int64]

SLACK = 16
"""How many more than asked for are compared again, so that ties at the end go by id."""

_WIDER: Mapping[Kind, tuple[Kind, ...]] = {
    Kind.TEXT: (Kind.TEXT, Kind.OPTIONAL_TEXT),
    Kind.OPTIONAL_TEXT: (Kind.OPTIONAL_TEXT,),
    Kind.INTEGER: (Kind.INTEGER, Kind.REAL),
    Kind.REAL: (Kind.REAL,),
    Kind.BOOLEAN: (Kind.BOOLEAN,),
}


class VectorEngine(ABC):
    """Cosine similarity over vectors that come and go.

    Parameters
    ----------
    dimension
        The vectors' length d.
    kinds
        What the columns hold that searches may filter by.
    """

    name: str

    def __init__(self, dimension: int, kinds: Mapping[str, Kind]) -> None:
        self.dimension = dimension
        self.kinds = dict(kinds)

    def put(self, ids: Array, vectors: Array, columns: Mapping[str, Array]) -> None:
        """Add these items, or replace those that are there; when it returns, they are kept.

        Parameters
        ----------
        ids
            m distinct whole numbers from 0.
        vectors
            m x d; an item whose vector has no length is near nothing and isn't found.
        columns
            Every column of the engine, each of length m.

        Raises
        ------
        DataError
            Where lengths, types or values don't fit.
        """
        keys = self._checked_ids(ids)
        self._check_columns(len(keys), columns)
        matrix = np.asarray(vectors)
        if matrix.shape != (len(keys), self.dimension):
            raise DataError(
                f"Vectors of shape {matrix.shape} were given for {len(keys)} items of "
                f"{self.dimension} components."
            )
        length = np.linalg.norm(matrix, axis=1)
        if not np.isfinite(length).all():
            raise DataError("A vector isn't finite; leave its item out.")
        found = length > 0
        unit = np.ascontiguousarray(matrix[found] / length[found, None], np.float32)
        kept = {name: np.asarray(columns[name])[found] for name in self.kinds}
        self._write(keys, keys[found], unit, kept)

    def remove(self, ids: Array) -> None:
        """Remove these items; an id that isn't there is no mistake."""
        none = {name: np.zeros(0, np.int64) for name in self.kinds}
        keys = np.unique(np.asarray(ids, np.int64))
        self._write(keys, keys[:0], np.zeros((0, self.dimension), np.float32), none)

    def search(self, query: Array, k: int, where: Expression | None = None) -> Hits:
        """Return the ids of the k nearest items that meet a condition, ties by id.

        Fewer come back only when fewer meet it. A query of zeros is near nothing.
        """
        if len(query) != self.dimension:
            raise UsageError(
                f"A query of {len(query)} components can't search vectors of {self.dimension}."
            )
        unit = unit_of(query)
        if where is not None:
            form_of(where, self.kinds)
        if unit is None or k < 1:
            return Hits.none()
        ids, vectors = self._nearest(unit, k, where)
        return ordered(ids, products(vectors, unit), k)

    @abstractmethod
    def count(self, where: Expression | None = None) -> int:
        """Return how many items meet a condition."""

    def close(self) -> None:  # noqa: B027 - an engine that holds nothing open closes nothing
        """Give back what the engine holds open."""

    def __len__(self) -> int:
        return self.count()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    @abstractmethod
    def _write(self, gone: Ids, ids: Ids, unit: Floats, columns: Mapping[str, Array]) -> None:
        """Remove `gone` and add the items, both or neither."""

    @abstractmethod
    def _nearest(self, unit: Floats, k: int, where: Expression | None) -> tuple[Ids, Floats]:
        """Return at least k of the nearest items that meet the condition, and their vectors."""

    def _checked_ids(self, ids: Array) -> Ids:
        keys = np.asarray(ids)
        if keys.dtype.kind not in "iu" or (keys < 0).any():
            raise DataError("An item's id in a vector engine is a whole number from 0.")
        if len(np.unique(keys)) != len(keys):
            raise DataError("An item was given twice; give each id once.")
        return keys.astype(np.int64)

    def _check_columns(self, n: int, columns: Mapping[str, Array]) -> None:
        if set(columns) != set(self.kinds):
            raise DataError(
                f"Columns {', '.join(sorted(columns)) or 'none'} were given; this engine has "
                f"{', '.join(sorted(self.kinds)) or 'none'}."
            )
        for name, column in columns.items():
            kind = Kind.of(name, np.asarray(column))
            if self.kinds[name] not in _WIDER[kind]:
                raise DataError(
                    f"Column {name!r} holds {kind.value}; this engine has {self.kinds[name].value}."
                )
            if len(column) != n:
                raise DataError(f"Column {name!r} has {len(column)} rows for {n} items.")


def cells_of(columns: Mapping[str, Array], kinds: Mapping[str, Kind]) -> list[list[Value | None]]:
    """Return the columns as rows of plain values, in the order of `kinds`, None where missing."""
    as_kind = {Kind.REAL: float, Kind.INTEGER: int, Kind.BOOLEAN: bool}
    plains: list[list[Value | None]] = []
    for name, kind in kinds.items():
        cast = as_kind.get(kind, str)
        cells = [plain(value) for value in columns[name]]
        plains.append([None if cell is None else cast(cell) for cell in cells])
    return [list(row) for row in zip(*plains, strict=True)]
