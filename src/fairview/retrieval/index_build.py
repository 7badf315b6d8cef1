"""Building the index of a workspace from its catalogue and its signals."""

from __future__ import annotations

import json
import shutil
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from fairview.catalog import Catalog, SignalStore, Workspace
from fairview.core import MissingError
from fairview.core.columns import Array
from fairview.retrieval.search_index import MANIFEST, PARTIAL, IndexManifest, swap_in
from fairview.retrieval.text_index import TextIndex
from fairview.retrieval.vector_index import VectorIndex

VECTOR_SIGNALS = ("picture_embedding", "text_embedding")
"""The signals whose vectors are searched."""

Progress = Callable[[int, int], None]
"""Called with how many steps are done, and of how many."""


@dataclass(frozen=True)
class IndexReport:
    """What a build holds, and what it lacks.

    Parameters
    ----------
    manifest
        What was indexed, from what.
    seconds
        How long it took.
    size_bytes
        What it takes on the disk.
    """

    manifest: IndexManifest
    seconds: float
    size_bytes: int

    @property
    def missing(self) -> tuple[str, ...]:
        """One sentence per part that couldn't be built."""
        return self.manifest.missing


def build_index(workspace: Workspace, *, progress: Progress | None = None) -> IndexReport:
    """Index a workspace's items; the new build replaces the old one when it is whole.

    Raises
    ------
    MissingError
        Where the catalogue is empty.
    """
    start = time.perf_counter()
    tell = progress or (lambda done, of: None)
    steps = len(VECTOR_SIGNALS) + 2
    catalogue = Catalog(workspace)
    items: Any = catalogue.items(["item_id", "title", "tags", "description"])
    if not items.num_rows:
        raise MissingError("The catalogue has no items to index; run: fairview ingest PATH")
    item_ids = np.array(items["item_id"].to_pylist(), np.str_)
    folder = workspace.index_dir
    folder.mkdir(parents=True, exist_ok=True)
    name = f"build-{uuid.uuid4().hex[:12]}"
    partial = folder / f"{PARTIAL}{name}"
    try:
        TextIndex.build(
            partial / "text",
            titles=items["title"].to_pylist(),
            tags=items["tags"].to_pylist(),
            descriptions=items["description"].to_pylist(),
        )
        np.save(partial / "item_ids.npy", item_ids)
        tell(1, steps)
        counts, versions, missing = _build_vectors(workspace, partial, item_ids, tell, steps)
        manifest = IndexManifest(
            catalogue.digest(),
            len(item_ids),
            counts,
            versions,
            workspace.clock().isoformat(timespec="seconds"),
            tuple(missing),
        )
        text = json.dumps(manifest.to_dict(), indent=1)
        (partial / MANIFEST).write_text(text, encoding="utf-8")
        size = sum(path.stat().st_size for path in partial.rglob("*") if path.is_file())
        swap_in(folder, partial, name)
    finally:
        shutil.rmtree(partial, ignore_errors=True)
    tell(steps, steps)
    return IndexReport(manifest, time.perf_counter() - start, size)


def _build_vectors(
    workspace: Workspace, partial: Path, item_ids: Array, tell: Progress, steps: int
) -> tuple[dict[str, int], dict[str, str], list[str]]:
    store = SignalStore(workspace)
    stored = store.contracts()
    counts: dict[str, int] = {}
    versions: dict[str, str] = {}
    missing: list[str] = []
    for done, name in enumerate(VECTOR_SIGNALS, start=2):
        if name not in stored:
            missing.append(
                f"There is no signal {name}, so nothing is found by it; run: fairview signals run"
            )
            continue
        _, column = store.read(name, purpose="retrieval", item_ids=item_ids.tolist())
        if column.values.ndim == 2 and column.is_present.any():
            index = VectorIndex.build(
                column.values, column.is_present, seed=workspace.settings.seed
            )
            index.save(partial / name)
            counts[name], versions[name] = len(index), column.version
        else:
            missing.append(f"No item has a {name}, so nothing is found by it.")
        tell(done, steps)
    return counts, versions, missing
