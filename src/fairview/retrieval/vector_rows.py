"""How an index keeps its m vectors: whole, or as bytes with the whole ones on the disk.

Products of many rows use faiss' kernels, which take one thread and read the rows where they lie.
Rows are named by their place, the order in which the index keeps them.
"""

from __future__ import annotations

import os
import threading
from importlib import import_module
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from fairview.core.columns import Array

Places = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float32]

_LEVELS = 127
_CHUNK = 1_024
_ROUNDING = 2e-6
_SIGMAS = 4.0


class Vectors(Protocol):
    """m unit vectors of d components."""

    @property
    def dimension(self) -> int:
        """The vectors' length d."""

    def __len__(self) -> int:
        """Return m."""

    def margin(self, unit: Floats) -> float:
        """Return how far a product with `unit` may be off."""

    def in_order(self, start: int, stop: int, unit: Floats) -> Floats:
        """Return the products of the places from `start` to before `stop`."""

    def apart(self, places: Places, unit: Floats) -> Floats:
        """Return the products of these places."""

    def whole(self, places: Places) -> Floats:
        """Return the vectors of these places, as they were given."""


class WholeVectors:
    """Vectors kept as float32, in memory or memory-mapped."""

    def __init__(self, matrix: Array) -> None:
        self.matrix = np.asarray(matrix)

    @property
    def dimension(self) -> int:
        """The vectors' length d."""
        return int(self.matrix.shape[1])

    def __len__(self) -> int:
        return len(self.matrix)

    def margin(self, unit: Floats) -> float:
        """Return how far a product may be off: a few units of float32's last place."""
        return _ROUNDING

    def in_order(self, start: int, stop: int, unit: Floats) -> Floats:
        """Return the products of the places from `start` to before `stop`."""
        return inner_products(self.matrix[start:stop], unit)

    def apart(self, places: Places, unit: Floats) -> Floats:
        """Return the products of these places."""
        faiss = _faiss()
        out = np.empty(len(places), np.float32)
        if len(places):
            places = np.ascontiguousarray(places, np.int64)
            pointers = [faiss.swig_ptr(array) for array in (out, unit, self.matrix, places)]
            # This kernel would start a team of threads for one query, and wait for all of them.
            threads = faiss.omp_get_max_threads()
            faiss.omp_set_num_threads(1)
            faiss.fvec_inner_products_by_idx(*pointers, self.dimension, 1, len(places))
            faiss.omp_set_num_threads(threads)
        return out

    def whole(self, places: Places) -> Floats:
        """Return the vectors of these places."""
        return np.asarray(self.matrix[places], np.float32)


class ByteVectors:
    """Vectors kept as one signed byte per component; the best are compared again as they were.

    Parameters
    ----------
    codes
        m x d int8.
    scale
        d float32: a component is its code times its scale.
    source
        The whole vectors, in memory or in a file that is read row by row, so that a process'
        resident memory holds the codes alone.
    """

    def __init__(self, codes: Array, scale: Floats, source: Array | RowFile) -> None:
        self.codes = np.asarray(codes)
        self.scale = scale
        self.source = source
        self._room = threading.local()

    @classmethod
    def of(cls, unit: Array) -> ByteVectors:
        """Return the codes of m unit vectors."""
        scale = np.maximum(np.abs(unit).max(axis=0, initial=0.0), 1e-12) / _LEVELS
        codes = np.empty(unit.shape, np.int8)
        for start in range(0, len(unit), _CHUNK):
            part = slice(start, start + _CHUNK)
            codes[part] = np.rint(unit[part] / scale)
        return cls(codes, scale.astype(np.float32), unit)

    @property
    def dimension(self) -> int:
        """The vectors' length d."""
        return int(self.codes.shape[1])

    def __len__(self) -> int:
        return len(self.codes)

    def margin(self, unit: Floats) -> float:
        """Return four standard deviations of the rounding's share in a product."""
        step = self.scale * unit
        return float(_SIGMAS * np.sqrt((step * step).sum() / 12))

    def in_order(self, start: int, stop: int, unit: Floats) -> Floats:
        """Return the products of the places from `start` to before `stop`."""
        scaled, out = unit * self.scale, np.empty(stop - start, np.float32)
        _, room = self._scratch()
        for at in range(start, stop, _CHUNK):
            part = slice(at - start, min(at + _CHUNK, stop) - start)
            codes = self.codes[at : min(at + _CHUNK, stop)]
            np.copyto(room[: len(codes)], codes)
            out[part] = inner_products(room[: len(codes)], scaled)
        return out

    def apart(self, places: Places, unit: Floats) -> Floats:
        """Return the products of these places."""
        scaled, out = unit * self.scale, np.empty(len(places), np.float32)
        taken, room = self._scratch()
        for start in range(0, len(places), _CHUNK):
            part = places[start : start + _CHUNK]
            count = len(part)
            self.codes.take(part, axis=0, out=taken[:count], mode="clip")
            np.copyto(room[:count], taken[:count])
            out[start : start + count] = inner_products(room[:count], scaled)
        return out

    def _scratch(self) -> tuple[Array, Floats]:
        """Return this thread's room for a chunk: fresh memory costs more than the products do."""
        room: tuple[Array, Floats] | None = getattr(self._room, "arrays", None)
        if room is None:
            shape = (_CHUNK, self.dimension)
            room = (np.empty(shape, np.int8), np.empty(shape, np.float32))
            self._room.arrays = room
        return room

    def whole(self, places: Places) -> Floats:
        """Return the vectors of these places as they were given."""
        return np.asarray(self.source[places], np.float32)


class RowFile:
    """A saved float32 matrix of which single rows are read, leaving nothing in memory."""

    def __init__(self, path: Path) -> None:
        mapped = np.load(path, mmap_mode="r", allow_pickle=False)
        self.shape = mapped.shape
        self._offset = int(mapped.offset)
        self._handle = os.open(path, os.O_RDONLY)

    def __getitem__(self, places: Places) -> Floats:
        size = 4 * self.shape[1]
        rows = [os.pread(self._handle, size, self._offset + size * int(p)) for p in places]
        return np.frombuffer(b"".join(rows), np.float32).reshape(len(places), self.shape[1])

    def __len__(self) -> int:
        return int(self.shape[0])

    def __del__(self) -> None:
        os.close(self._handle)


def inner_products(matrix: Array, vector: Array) -> Floats:
    """Return the products of a contiguous float32 matrix's rows with a float32 vector.

    Examples
    --------
    >>> inner_products(np.eye(2, dtype=np.float32), np.array([3, 4], np.float32)).tolist()
    [3.0, 4.0]
    """
    faiss = _faiss()
    out = np.empty(len(matrix), np.float32)
    if len(matrix):
        pointers = [faiss.swig_ptr(array) for array in (out, vector, matrix)]
        faiss.fvec_inner_products_ny(*pointers, matrix.shape[1], len(matrix))
    return out


def _faiss() -> Any:
    """Import faiss when it is first needed; its type hints don't know its own arguments."""
    return import_module("faiss")
