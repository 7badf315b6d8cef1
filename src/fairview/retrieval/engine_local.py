"""The embedded engine: a planned index, what came since, and what went; safe against any crash.

A folder holds one *base* (an index that never changes) and the *rest* (items put since, and which
base items are still alive). Every change writes a new rest under a new name; replacing one small
file makes it the current one, so a killed process leaves the state before a change or after it.
"""

from __future__ import annotations

import json
import shutil
import uuid
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np

from fairview.core import DataError, MissingError
from fairview.core.atomic import flush_folder, write_bytes
from fairview.core.columns import Array
from fairview.retrieval.engine import Ids, VectorEngine
from fairview.retrieval.expression import Expression, Mask
from fairview.retrieval.filter_form import Kind
from fairview.retrieval.hits import Hits, ordered
from fairview.retrieval.search_index import flush_tree
from fairview.retrieval.vector_index import EXACT_ROWS, VectorIndex
from fairview.retrieval.vector_rows import Floats, inner_products

CURRENT = "current.json"
_BASE, _REST = "base-", "rest-"
_UNREADABLE = (OSError, EOFError, ValueError, KeyError, BadZipFile, MissingError)


class LocalEngine(VectorEngine):
    """Vectors in a folder of this machine.

    Parameters
    ----------
    folder
        Where they are kept; one process writes, any number may read.
    dimension, kinds
        See `VectorEngine`; a folder that exists keeps its own.
    codec
        How the base keeps vectors; see `VectorIndex`.
    most_since
        How many items may come since the base before they become part of a new one.

    Examples
    --------
    >>> import tempfile
    >>> from fairview.retrieval import Equals
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     engine = LocalEngine(Path(folder), 2, {"kind": Kind.TEXT})
    ...     engine.put(np.array([7, 9]), np.eye(2), {"kind": np.array(["image", "text"])})
    ...     engine.search(np.array([0.6, 0.8]), 5, Equals("kind", "image")).rows.tolist()
    [7]
    """

    name = "embedded"

    def __init__(
        self,
        folder: Path,
        dimension: int,
        kinds: Mapping[str, Kind],
        *,
        codec: str = "float32",
        most_since: int = EXACT_ROWS,
        seed: int = 0,
    ) -> None:
        super().__init__(dimension, kinds)
        self.folder = folder
        self.codec = codec
        self.most_since = most_since
        self.seed = seed
        empty = np.zeros((0, dimension), np.float32)
        self._base_name = ""
        self._base = VectorIndex.build(empty, np.zeros(0, np.bool_))
        self._base_ids: Ids = np.zeros(0, np.int64)
        self._alive: Mask = np.zeros(0, np.bool_)
        self._ids: Ids = np.zeros(0, np.int64)
        self._unit: Floats = empty
        self._base_columns = {name: _empty(kind) for name, kind in self.kinds.items()}
        self._columns = dict(self._base_columns)
        if (folder / CURRENT).exists():
            self._open()

    def count(self, where: Expression | None = None) -> int:
        """Return how many items meet a condition."""
        alive, since = self._masks(where)
        return int(np.count_nonzero(alive)) + int(np.count_nonzero(since))

    def compact(self) -> None:
        """Make a new base of all items that are alive."""
        held, _ = self._base.vectors_of(np.flatnonzero(self._alive))
        unit = np.concatenate([held, self._unit])
        ids = np.concatenate([self._base_ids[self._alive], self._ids])
        columns = {
            name: np.concatenate([self._base_columns[name][self._alive], self._columns[name]])
            for name in self.kinds
        }
        base = VectorIndex.build(
            unit, np.ones(len(ids), np.bool_), seed=self.seed, codec=self.codec
        )
        name = f"{_BASE}{uuid.uuid4().hex[:12]}"
        base.save(self.folder / name)
        _save_items(self.folder / name / "items.npz", ids, columns)
        flush_tree(self.folder / name)
        none = {column: values[:0] for column, values in columns.items()}
        self._commit(name, np.ones(len(ids), np.bool_), ids[:0], unit[:0], none)
        self._open()

    def _write(self, gone: Ids, ids: Ids, unit: Floats, columns: Mapping[str, Array]) -> None:
        alive = self._alive & ~np.isin(self._base_ids, gone)
        keep = ~np.isin(self._ids, gone)
        merged = {
            name: np.concatenate([self._columns[name][keep], _cast(columns[name], kind)])
            for name, kind in self.kinds.items()
        }
        self._commit(
            self._base_name,
            alive,
            np.concatenate([self._ids[keep], ids]),
            np.concatenate([self._unit[keep], unit]),
            merged,
        )
        if len(self._ids) > self.most_since:
            self.compact()

    def _nearest(self, unit: Floats, k: int, where: Expression | None) -> tuple[Ids, Floats]:
        alive, since = self._masks(where)
        hits = self._base.search(unit, k, allowed=None if alive.all() else alive)
        vectors, _ = self._base.vectors_of(hits.rows)
        fresh = np.flatnonzero(since)
        if len(fresh) > k:
            near = inner_products(np.ascontiguousarray(self._unit[fresh]), unit)
            # Ties go by id, so what is cut here must be cut by id too.
            kept: Hits = ordered(self._ids[fresh], near, k)
            fresh = fresh[np.isin(self._ids[fresh], kept.rows)]
        ids = np.concatenate([self._base_ids[hits.rows], self._ids[fresh]])
        return ids, np.concatenate([vectors, self._unit[fresh]])

    def _masks(self, where: Expression | None) -> tuple[Mask, Mask]:
        if where is None:
            return self._alive, np.ones(len(self._ids), np.bool_)
        # The ids are there as a column without a name, so that a mask knows its length.
        base = where.mask({**self._base_columns, "": self._base_ids})
        return self._alive & base, where.mask({**self._columns, "": self._ids})

    def _commit(
        self, base: str, alive: Mask, ids: Ids, unit: Floats, columns: dict[str, Array]
    ) -> None:
        """Write the rest under a new name, then name it as current; then believe it."""
        name = f"{_REST}{uuid.uuid4().hex[:12]}"
        partial = self.folder / name
        try:
            partial.mkdir(parents=True)
            np.savez(partial / "state.npz", alive=alive, unit=unit)
            _save_items(partial / "items.npz", ids, columns)
            flush_tree(partial)
            flush_folder(self.folder)
            kinds = {column: kind.value for column, kind in self.kinds.items()}
            facts = {"base": base, "rest": name, "dimension": self.dimension, "kinds": kinds}
            write_bytes(self.folder / CURRENT, json.dumps(facts).encode())
        except OSError as error:
            shutil.rmtree(partial, ignore_errors=True)
            raise DataError(
                f"{self.folder} can't be written ({error.strerror or error}); make space, or give "
                f"the right to write, and put the items again."
            ) from error
        self._base_name, self._alive = base, alive
        self._ids, self._unit, self._columns = ids, unit, columns
        for path in self.folder.iterdir():
            if path.name.startswith((_BASE, _REST)) and path.name not in (base, name):
                shutil.rmtree(path, ignore_errors=True)

    def _open(self) -> None:
        """Read what is current; where a writer replaces it meanwhile, read what is current then."""
        facts = self._current()
        while True:
            try:
                self._read(json.loads(facts))
                return
            except _UNREADABLE as error:
                before, facts = facts, self._current()
                if facts == before:
                    raise MissingError(
                        f"The vectors in {self.folder} can't be read ({error}); remove the folder "
                        f"and put the items again."
                    ) from error

    def _current(self) -> str:
        try:
            return (self.folder / CURRENT).read_text(encoding="utf-8")
        except (OSError, ValueError) as error:
            raise MissingError(
                f"{self.folder / CURRENT} can't be read ({error}); remove the folder and put the "
                f"items again."
            ) from error

    def _read(self, facts: Mapping[str, Any]) -> None:
        kinds = {name: Kind(kind) for name, kind in facts["kinds"].items()}
        self.dimension, self.kinds = int(facts["dimension"]), kinds
        if facts["base"]:
            base = self.folder / facts["base"]
            self._base = VectorIndex.open(base)
            self._base_ids, self._base_columns = _load_items(base / "items.npz", kinds)
        rest = self.folder / facts["rest"]
        with np.load(rest / "state.npz", allow_pickle=False) as state:
            self._alive, self._unit = state["alive"], state["unit"]
        self._ids, self._columns = _load_items(rest / "items.npz", kinds)
        self._base_name = str(facts["base"])


def _save_items(path: Path, ids: Ids, columns: Mapping[str, Array]) -> None:
    arrays: dict[str, Array] = {"ids": ids}
    for position, column in enumerate(columns.values()):
        missing = np.zeros(len(ids), np.bool_)
        if column.dtype == object:
            missing = np.array([value is None for value in column], np.bool_)
            column = np.array([value or "" for value in column], np.str_)
        arrays[f"column_{position}"], arrays[f"missing_{position}"] = column, missing
    np.savez(path, allow_pickle=False, **arrays)


def _load_items(path: Path, kinds: Mapping[str, Kind]) -> tuple[Ids, dict[str, Array]]:
    columns: dict[str, Array] = {}
    with np.load(path, allow_pickle=False) as saved:
        for position, (name, kind) in enumerate(kinds.items()):
            column = saved[f"column_{position}"]
            if kind is Kind.OPTIONAL_TEXT:
                column = column.astype(object)
                column[saved[f"missing_{position}"]] = None
            columns[name] = column
        return saved["ids"], columns


def _cast(column: Array, kind: Kind) -> Array:
    if kind is Kind.TEXT:
        return np.asarray(column, np.str_)
    return np.asarray(column).astype(_empty(kind).dtype)


def _empty(kind: Kind) -> Array:
    types = {Kind.INTEGER: np.int64, Kind.REAL: np.float64, Kind.BOOLEAN: np.bool_}
    text = object if kind is Kind.OPTIONAL_TEXT else np.str_
    return np.zeros(0, types.get(kind, text))
