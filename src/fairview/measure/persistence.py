"""Reduced logs as files: what one process, day or shard has counted, for another to add to.

A file is a zip of plain numpy arrays (``.npz``, read without pickle) and one JSON text that says
what they are. It is written whole or not at all; its digest (the zip's comment) and its version
are checked when it is read.
"""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import sparse

from fairview.core.atomic import write_bytes
from fairview.core.errors import DataError, MissingError
from fairview.measure.cells import Cells
from fairview.measure.entities import EntityTotals
from fairview.measure.estimation import Reduced

VERSION = 1
_ABOUT = "about"
_DIGEST = 64
_KINDS: dict[str, type[Cells] | type[EntityTotals]] = {
    kind.__name__: kind for kind in (Cells, EntityTotals)
}


@dataclass(frozen=True)
class Saved:
    """What a file holds.

    Parameters
    ----------
    reduced
        The reduced log by a name, usually a measure's identity.
    about
        Plain data that the writer put beside it.
    arrays
        Arrays that the writer put beside it.
    """

    reduced: dict[str, Reduced]
    about: dict[str, Any] = field(default_factory=dict)
    arrays: dict[str, npt.NDArray[Any]] = field(default_factory=dict)


def to_bytes(saved: Saved) -> bytes:
    """Return the content of a file.

    Examples
    --------
    >>> cells = Cells.from_rows(["x"], np.array([3], np.int16), np.array([[2.0]]))
    >>> from_bytes(to_bytes(Saved({"a": cells}))).reduced["a"].mean.tolist()
    [[[2.0]]]
    """
    arrays = {f"beside.{name}": array for name, array in saved.arrays.items()}
    kept: list[dict[str, Any]] = []
    for place, (name, reduced) in enumerate(saved.reduced.items()):
        plain: dict[str, Any] = {}
        for spec in fields(reduced):
            value, key = getattr(reduced, spec.name), f"{place}.{spec.name}"
            if isinstance(value, np.ndarray):
                arrays[key] = value
            elif isinstance(value, sparse.csr_array):
                arrays |= {f"{key}.{part}": getattr(value, part) for part in _SPARSE}
            else:
                plain[spec.name] = value
        kept.append({"name": name, "kind": type(reduced).__name__, "plain": plain})
    text = json.dumps({"version": VERSION, "reduced": kept, "about": saved.about})
    arrays[_ABOUT] = np.frombuffer(text.encode(), np.uint8)
    buffer = io.BytesIO()
    np.savez_compressed(buffer, allow_pickle=False, **arrays)
    with zipfile.ZipFile(buffer, "a") as file:
        file.comment = b"0" * _DIGEST
    data = buffer.getvalue()[:-_DIGEST]
    return data + hashlib.sha256(data).hexdigest().encode()


_SPARSE = ("data", "indices", "indptr", "shape")


def from_bytes(data: bytes, where: str = "The reduced log") -> Saved:
    """Return what the content of a file holds.

    Raises
    ------
    DataError
        Where it is damaged, or of another version; the sentence begins with `where`.
    """
    if hashlib.sha256(data[:-_DIGEST]).hexdigest().encode() != data[-_DIGEST:]:
        raise DataError(f"{where} is damaged, or no file of a reduced log; make it again.")
    with np.load(io.BytesIO(data), allow_pickle=False) as file:
        arrays = {name: file[name] for name in file.files}
    about = json.loads(arrays.pop(_ABOUT).tobytes())
    if about["version"] != VERSION:
        raise DataError(
            f"{where} is of version {about['version']}, and this Fairview reads {VERSION}; make it "
            f"again, or read it with the Fairview that wrote it."
        )
    reduced = {
        kept["name"]: _built(kept, arrays, place) for place, kept in enumerate(about["reduced"])
    }
    beside = {
        name.removeprefix("beside."): array
        for name, array in arrays.items()
        if name.startswith("beside.")
    }
    return Saved(reduced, about["about"], beside)


def save_reduced(path: Path, saved: Saved | Mapping[str, Reduced]) -> None:
    """Write a file: killed at any moment, it holds all of this or what it held before.

    Raises
    ------
    DataError
        Where there is no space, or no right to write.
    """
    write_bytes(path, to_bytes(saved if isinstance(saved, Saved) else Saved(dict(saved))))


def load_reduced(path: Path) -> Saved:
    """Read a file.

    Raises
    ------
    MissingError
        Where there is none.
    DataError
        Where it is damaged, or of another version.
    """
    if not path.is_file():
        raise MissingError(f"There is no reduced log at {path}; check the path.")
    return from_bytes(path.read_bytes(), str(path))


def merge_reduced(parts: Iterable[Mapping[str, Reduced]]) -> dict[str, Reduced]:
    """Return the sum of several reduced logs, name by name, in any order of parts.

    Raises
    ------
    DataError
        Where one part lacks a name that another has: their sum would be of half the data.
    """
    whole: dict[str, Reduced] | None = None
    for part in parts:
        if whole is None:
            whole = dict(part)
            continue
        if whole.keys() != part.keys():
            odd = ", ".join(sorted(whole.keys() ^ part.keys()))
            raise DataError(f"Only some of the parts hold {odd}; reduce the same measures in all.")
        whole = {name: _sum(name, one, part[name]) for name, one in whole.items()}
    return whole or {}


def _sum(name: str, one: Reduced, other: Reduced) -> Reduced:
    if isinstance(one, Cells) and isinstance(other, Cells):
        return one.merge(other)
    if isinstance(one, EntityTotals) and isinstance(other, EntityTotals):
        return one.merge(other)
    raise DataError(f"{name} is cells in one part and entity totals in another; they don't add up.")


def _built(kept: dict[str, Any], arrays: dict[str, npt.NDArray[Any]], place: int) -> Reduced:
    kind = _KINDS[kept["kind"]]
    values = {name: _frozen(value) for name, value in kept["plain"].items()}
    for spec in fields(kind):
        key = f"{place}.{spec.name}"
        if key in arrays:
            values[spec.name] = arrays[key]
        elif f"{key}.data" in arrays:
            data, indices, indptr, shape = (arrays[f"{key}.{part}"] for part in _SPARSE)
            values[spec.name] = sparse.csr_array((data, indices, indptr), shape=tuple(shape))
    return kind(**values)


def _frozen(value: Any) -> Any:
    return tuple(_frozen(part) for part in value) if isinstance(value, list) else value
