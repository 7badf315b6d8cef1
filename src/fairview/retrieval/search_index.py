"""The index of a workspace: its text and vector indices, and what they were built from.

A build lies in a folder of its own; one small file names the current one. Replacing that file
is the swap, so a reader sees the old build or the new one, whatever happens in between.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from fairview.core import MissingError
from fairview.core.atomic import write_bytes
from fairview.core.columns import Array
from fairview.retrieval.text_index import TextIndex
from fairview.retrieval.vector_index import VectorIndex

CURRENT = "current.json"
MANIFEST = "manifest.json"
PARTIAL = ".partial-"
FORMAT = 2


@dataclass(frozen=True)
class IndexManifest:
    """What a build was made from.

    Parameters
    ----------
    catalogue_digest
        Digest of the catalogue that was indexed; another digest means that the index is stale.
    items
        How many items were indexed.
    vectors
        Signal to how many items have its vector.
    signals
        Signal to the version that was indexed.
    made_at
        When, ISO 8601 in UTC.
    missing
        One sentence per part that couldn't be built.
    """

    catalogue_digest: str
    items: int
    vectors: Mapping[str, int]
    signals: Mapping[str, str]
    made_at: str
    missing: tuple[str, ...] = ()
    format: int = FORMAT

    def to_dict(self) -> dict[str, Any]:
        """Return plain data, ready for JSON."""
        return asdict(self)


@dataclass(frozen=True)
class SearchIndex:
    """One build, opened.

    Parameters
    ----------
    manifest
        What it was made from.
    item_ids
        n ascending item ids; row i of every part is item i.
    text
        The text index.
    vectors
        Vector indices by signal; a signal that wasn't there when the build was made is missing.
    """

    manifest: IndexManifest
    item_ids: Array
    text: TextIndex
    vectors: Mapping[str, VectorIndex] = field(default_factory=dict)

    @classmethod
    def open(cls, folder: Path) -> SearchIndex:
        """Open the current build in the index folder of a workspace.

        Raises
        ------
        MissingError
            Where there is none, or it can't be read.
        """
        try:
            name = json.loads((folder / CURRENT).read_text(encoding="utf-8"))["build"]
            build = folder / Path(name).name
            plain = json.loads((build / MANIFEST).read_text(encoding="utf-8"))
            item_ids = np.load(build / "item_ids.npy", allow_pickle=False)
        except FileNotFoundError:
            raise MissingError("There is no index yet; run: fairview index") from None
        except (OSError, ValueError, KeyError) as error:
            raise MissingError(f"The index can't be read ({error}); run: fairview index") from error
        if plain.get("format") != FORMAT:
            raise MissingError("The index was made by another version; run: fairview index")
        manifest = IndexManifest(**{**plain, "missing": tuple(plain["missing"])})
        return cls(
            manifest,
            item_ids,
            TextIndex.open(build / "text"),
            {name: VectorIndex.open(build / name) for name in manifest.vectors},
        )

    def rows_of(self, item_ids: Array) -> tuple[Array, Array]:
        """Return the rows of these items, and which of them are in the index."""
        place = np.searchsorted(self.item_ids, item_ids)
        safe = np.minimum(place, max(len(self.item_ids) - 1, 0))
        if not len(self.item_ids):
            return safe, np.zeros(len(item_ids), np.bool_)
        return safe, self.item_ids[safe] == item_ids


def swap_in(folder: Path, partial: Path, name: str) -> None:
    """Make a finished build the current one, and remove those before the last.

    The partial folder's files are flushed before it gets its name, and its name before it is
    named as current.
    """
    flush_tree(partial)
    partial.rename(folder / name)
    _flush(folder)
    previous = _current(folder)
    write_bytes(folder / CURRENT, json.dumps({"build": name}).encode())
    for path in folder.iterdir():
        old = path.name.startswith((PARTIAL, "build-")) and path.name not in (name, previous)
        if path.is_dir() and old:
            shutil.rmtree(path, ignore_errors=True)


def flush_tree(folder: Path) -> None:
    """Make a folder's files last through a loss of power."""
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            _flush(path)
    _flush(folder)


def _current(folder: Path) -> str:
    try:
        return str(json.loads((folder / CURRENT).read_text(encoding="utf-8"))["build"])
    except (OSError, ValueError, KeyError):
        return ""


def _flush(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
