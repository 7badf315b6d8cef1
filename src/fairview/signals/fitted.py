"""Producers that learn from the catalogue: fitted once, saved as plain data, opened later."""

from __future__ import annotations

import json
import shutil
import tempfile
from pathlib import Path

import pyarrow as pa

from fairview.catalog import Workspace
from fairview.core import MissingError
from fairview.core.atomic import write_bytes
from fairview.signals.base import Producer, producer
from fairview.signals.batch import ItemBatch, item_text

_MOST_DOCUMENTS = 100_000
_GROWTH = 2
_CURRENT = "current.json"


def open_producer(workspace: Workspace, name: str) -> Producer:
    """Return a workspace's producer, as its settings ask for it and with its fitted model.

    Raises
    ------
    UsageError
        Where no producer has this name.
    MissingError
        Where it has to be fitted first.
    """
    made = producer(name, workspace.settings)
    if made.fits:
        made.restore(_current_folder(workspace, name))
    return made


def fitted_producer(workspace: Workspace, name: str, items: pa.Table) -> Producer:
    """Return a workspace's producer, fitted now where it wasn't or the catalogue has doubled."""
    made = producer(name, workspace.settings)
    if not made.fits:
        return made
    before = _fitted_on(workspace, name)
    if before and items.num_rows < _GROWTH * before:
        made.restore(_current_folder(workspace, name))
        return made
    made.fit(_sample(items))
    _save(workspace, made, items.num_rows)
    return made


def _folder(workspace: Workspace, name: str) -> Path:
    return workspace.models_dir / "signals" / name


def _fitted_on(workspace: Workspace, name: str) -> int:
    path = _folder(workspace, name) / _CURRENT
    return int(json.loads(path.read_text(encoding="utf-8"))["items"]) if path.is_file() else 0


def _current_folder(workspace: Workspace, name: str) -> Path:
    path = _folder(workspace, name) / _CURRENT
    if not path.is_file():
        raise MissingError(f"Signal {name!r} has no model yet; run: fairview signals run")
    version = json.loads(path.read_text(encoding="utf-8"))["version"]
    return path.parent / str(version)


def _save(workspace: Workspace, made: Producer, items: int) -> None:
    """Save a model beside the older ones; it becomes the current one only once it is whole."""
    folder = _folder(workspace, made.contract.name)
    folder.mkdir(parents=True, exist_ok=True)
    building = Path(tempfile.mkdtemp(prefix=".partial-", dir=folder))
    try:
        made.save(building)
        target = folder / made.contract.version
        if target.exists():
            shutil.rmtree(target)
        building.replace(target)
    finally:
        shutil.rmtree(building, ignore_errors=True)
    current = {"version": made.contract.version, "items": items}
    write_bytes(folder / _CURRENT, json.dumps(current).encode())


def _sample(items: pa.Table) -> ItemBatch:
    """Return the texts to learn from: all, or evenly spaced ones of a very large catalogue."""
    step = -(-items.num_rows // _MOST_DOCUMENTS) or 1
    rows = items.select(["item_id", "title", "description", "tags"]).take(
        pa.array(range(0, items.num_rows, step), pa.int64())
    )
    columns = rows.to_pydict()
    texts = [
        item_text(*parts)
        for parts in zip(columns["title"], columns["description"], columns["tags"], strict=True)
    ]
    return ItemBatch(columns["item_id"], [None] * len(texts), texts)
