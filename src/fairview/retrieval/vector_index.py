"""Filtered vector search: exact over the allowed rows when few are, an index walk when many are.

The planner never filters afterwards, so it never comes back short: an index walk that finds
fewer than asked for is repeated exactly.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from fairview.core import DataError, MissingError
from fairview.core.columns import Array
from fairview.retrieval.expression import Mask

EXACT_ROWS = 20_000
"""Up to this many rows are compared one by one; beyond it the inverted lists are walked."""

SHARE_OF_LISTS = 0.06
"""Share of the inverted lists that a walk visits."""

DECIMALS = 6
"""Similarities that agree to this many decimals tie; ties go to the smaller row."""

_ROWS_PER_LIST = 32
_ROUNDS = 8


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
        least = -np.partition(-rounded, k - 1)[k - 1]
        near = rounded >= least
        rows, rounded = rows[near], rounded[near]
    order = np.lexsort((rows, -rounded))[:k]
    return Hits(rows[order], rounded[order])


def products(vectors: Array, vector: Array) -> Array:
    """Return each row's inner product with `vector`.

    Summed row by row on one thread: equal rows give equal products wherever they stand, and many
    requests at once don't fight over the cores, as they do in a threaded matrix product.
    """
    return np.asarray(np.einsum("ij,j->i", vectors, vector))


class VectorIndex:
    """Cosine similarity over the items that have a vector, answering in catalogue rows.

    Parameters
    ----------
    rows
        m ascending catalogue rows.
    vectors
        m x d float32, rows of length one.
    size
        n, the number of catalogue rows; masks have this length.
    lists
        A faiss index of inverted lists over the m vectors, or None where all are compared.

    Examples
    --------
    >>> index = VectorIndex.build(np.eye(3, dtype=np.float32), np.array([True, True, False]))
    >>> index.search(np.array([0.6, 0.8, 0.0], np.float32), 5).rows.tolist()
    [1, 0]
    """

    def __init__(
        self, rows: npt.NDArray[np.int64], vectors: Array, size: int, lists: Any = None
    ) -> None:
        self.rows = rows
        self.vectors = vectors
        self.size = size
        self._lists = lists

    @classmethod
    def build(
        cls, vectors: Array, present: Mask, *, exact_rows: int = EXACT_ROWS, seed: int = 0
    ) -> VectorIndex:
        """Index the rows of `vectors` (n x d) where `present`; rows of length zero are left out.

        Raises
        ------
        DataError
            Where a vector isn't finite.
        """
        length = np.linalg.norm(vectors, axis=1)
        if not np.isfinite(length[present]).all():
            raise DataError("A vector isn't finite; run: fairview signals run")
        rows = np.flatnonzero(present & (length > 0))
        unit = np.ascontiguousarray(vectors[rows] / length[rows, None], dtype=np.float32)
        lists = _inverted_lists(unit, seed) if len(rows) > exact_rows else None
        return cls(rows, unit, len(vectors), lists)

    def __len__(self) -> int:
        return len(self.rows)

    @property
    def dimension(self) -> int:
        """The vectors' length d."""
        return int(self.vectors.shape[1])

    def save(self, folder: Path) -> None:
        """Write the index into a folder."""
        folder.mkdir(parents=True, exist_ok=True)
        np.save(folder / "rows.npy", self.rows)
        np.save(folder / "vectors.npy", self.vectors)
        if self._lists is not None:
            _faiss().write_index(self._lists, str(folder / "lists.faiss"))
        facts = {"size": self.size, "lists": self._lists is not None}
        (folder / "index.json").write_text(json.dumps(facts), encoding="utf-8")

    @classmethod
    def open(cls, folder: Path) -> VectorIndex:
        """Open a saved index, its vectors memory-mapped; an unreadable one is a `MissingError`."""
        try:
            facts = json.loads((folder / "index.json").read_text(encoding="utf-8"))
            rows = np.load(folder / "rows.npy", allow_pickle=False)
            mapped = np.load(folder / "vectors.npy", mmap_mode="r", allow_pickle=False)
            vectors = np.asarray(mapped)
            lists = None
            if facts["lists"]:
                lists = _faiss().read_index(str(folder / "lists.faiss"))
        except (OSError, ValueError, KeyError, RuntimeError) as error:
            raise MissingError(
                f"The vector index in {folder} can't be opened ({error}); run: fairview index"
            ) from error
        return cls(rows, vectors, int(facts["size"]), lists)

    def search(self, query: Array, k: int, *, allowed: Mask | None = None) -> Hits:
        """Return the k nearest rows by cosine, ties by row.

        Parameters
        ----------
        query
            d floats; a vector of zeros is near nothing.
        k
            How many rows at most; fewer come back only when fewer are allowed.
        allowed
            n booleans over the catalogue; only these rows may come back.
        """
        length = float(np.linalg.norm(query))
        if length == 0 or k < 1 or not len(self.rows):
            return Hits.none()
        unit = (query / length).astype(np.float32)
        mask = None if allowed is None else allowed[self.rows]
        matching = len(self.rows) if mask is None else int(np.count_nonzero(mask))
        if self._lists is not None and matching > EXACT_ROWS // 4:
            hits = self._walk(unit, min(k, matching), mask)
            if len(hits) == min(k, matching):
                return hits
        return self._exact(unit, k, mask)

    def vectors_of(self, rows: npt.NDArray[np.int64]) -> tuple[Array, Mask]:
        """Return the vectors of catalogue rows (zeros where there is none), and which have one."""
        place = np.searchsorted(self.rows, rows)
        safe = np.minimum(place, max(len(self.rows) - 1, 0))
        has = self.rows[safe] == rows if len(self.rows) else np.zeros(len(rows), np.bool_)
        found = np.zeros((len(rows), self.dimension), np.float32)
        found[has] = self.vectors[safe[has]]
        return found, has

    def _exact(self, unit: Array, k: int, mask: Mask | None) -> Hits:
        if mask is None:
            return ordered(self.rows, products(self.vectors, unit), k)
        local = np.flatnonzero(mask)
        return ordered(self.rows[local], products(self.vectors[local], unit), k)

    def _walk(self, unit: Array, k: int, mask: Mask | None) -> Hits:
        faiss = _faiss()
        visits = max(1, round(SHARE_OF_LISTS * self._lists.nlist))
        parameters = faiss.SearchParametersIVF(nprobe=visits)
        if mask is not None:
            bits = np.packbits(mask, bitorder="little")
            parameters = faiss.SearchParametersIVF(nprobe=visits, sel=faiss.IDSelectorBitmap(bits))
        scores, found = self._lists.search(unit[None], k + 16, params=parameters)
        local = found[0][found[0] >= 0]
        return ordered(self.rows[local], scores[0][: len(local)], k)


def _faiss() -> Any:
    """Import faiss when it is first needed; its type hints don't know its own arguments."""
    return import_module("faiss")


def _inverted_lists(unit: Array, seed: int) -> Any:
    faiss = _faiss()
    d = unit.shape[1]
    lists = max(1, round(2 * len(unit) ** 0.5))
    index = faiss.IndexIVFFlat(faiss.IndexFlatIP(d), d, lists, faiss.METRIC_INNER_PRODUCT)
    index.cp.seed = seed
    index.cp.niter = _ROUNDS
    index.cp.min_points_per_centroid = 1
    rng = np.random.default_rng(seed)
    most = min(len(unit), _ROWS_PER_LIST * lists)
    index.train(unit[np.sort(rng.choice(len(unit), most, replace=False))])
    index.add(unit)
    return index
