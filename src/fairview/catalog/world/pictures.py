"""A world as a folder that can be ingested: pictures drawn in parallel, and a manifest."""

from __future__ import annotations

import os
import shutil
import uuid
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from fairview.catalog.workers import Workers
from fairview.catalog.world.exports import Progress
from fairview.catalog.world.identity import (
    MANIFEST_FILE,
    PICTURES_PER_FOLDER,
    item_key,
    picture_file,
    provider_name,
)
from fairview.catalog.world.parameters import WorldParameters, stream
from fairview.catalog.world.truth import SceneTruth
from fairview.catalog.world.world import World
from fairview.core.errors import DataError, UsageError

Draw = Callable[[SceneTruth, np.random.Generator], npt.NDArray[np.uint8]]
"""Draws one scene as RGB pixels."""

Piece = tuple[int, SceneTruth]
"""An item's code and its scene."""

JPEG_QUALITY = 88
_PER_TASK = 16


def write_catalogue(
    world: World,
    folder: Path,
    *,
    pictures: bool = True,
    processes: int | None = None,
    draw: Draw | None = None,
    progress: Progress | None = None,
) -> Path:
    """Write a world's catalogue: ``manifest.parquet`` and one JPEG per item.

    The folder appears complete or not at all. Each picture is drawn from a generator of its own,
    so the same world gives the same bytes with any number of processes.

    Parameters
    ----------
    world
        The world.
    folder
        Where it goes; it must not be there yet, or be empty.
    pictures
        Without them, the manifest names no files and the items are text.
    processes
        How many processes draw; one per core, at most 8, where None.
    draw
        What draws a scene; the world's own artist where None. It must be importable by name.
    progress
        Called with the number of finished pictures and of all pictures.

    Returns
    -------
    Path
        The manifest.

    Raises
    ------
    UsageError
        Where the folder holds something, or the number of processes isn't positive.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise UsageError(f"{folder} isn't empty; give a folder that isn't there yet.")
    workers = min(8, os.cpu_count() or 1) if processes is None else processes
    if workers < 1:
        raise UsageError(f"{workers} processes can't draw; give at least 1.")
    folder.parent.mkdir(parents=True, exist_ok=True)
    building = folder.with_name(f".partial-{uuid.uuid4().hex}")
    try:
        building.mkdir()
        if pictures:
            _draw_all(world, building, draw or _own_artist, workers, progress)
        pq.write_table(manifest_table(world, pictures=pictures), building / MANIFEST_FILE)
        if folder.exists():
            folder.rmdir()
        building.rename(folder)
    finally:
        shutil.rmtree(building, ignore_errors=True)
    return folder / MANIFEST_FILE


def manifest_table(world: World, *, pictures: bool = True) -> pa.Table:
    """Return the manifest: key, file, title, description, tags, provider, synthetic."""
    parameters = world.parameters
    count = range(parameters.items)
    texts = world.texts()
    columns: dict[str, Any] = {
        "item_key": [item_key(parameters, item) for item in count],
        "title": [text.title for text in texts],
        "description": [text.description for text in texts],
        "tags": [list(text.tags) for text in texts],
        "provider": [provider_name(code) for code in world.items.provider.tolist()],
        "synthetic": np.ones(parameters.items, np.bool_),
    }
    if pictures:
        columns["file"] = [picture_file(parameters, item) for item in count]
    return pa.table(columns)


def _own_artist(scene: SceneTruth, rng: np.random.Generator) -> npt.NDArray[np.uint8]:
    from fairview.catalog.world.draw import draw_scene

    return draw_scene(scene, rng)


def _draw_all(
    world: World, folder: Path, draw: Draw, workers: int, progress: Progress | None
) -> None:
    """Draw every item's picture and write it; a few pictures per task."""
    count = world.parameters.items
    for number in range(0, count, PICTURES_PER_FOLDER):
        (folder / picture_file(world.parameters, number)).parent.mkdir(parents=True)
    work = partial(_draw_some, world.parameters, folder, draw)
    tasks = (
        [(item, world.items.scene(item)) for item in range(start, min(start + _PER_TASK, count))]
        for start in range(0, count, _PER_TASK)
    )
    done = 0
    processes = 0 if workers == 1 else workers
    with Workers(work, _lost, processes=processes, patience=0) as drawing:
        for drawn in drawing.results(tasks, here=lambda task: False):
            done += len(drawn)
            if progress:
                progress(done, count)


def _draw_some(
    parameters: WorldParameters, folder: Path, draw: Draw, some: Sequence[Piece]
) -> list[int]:
    """Draw and write some items' pictures; return the items."""
    from fairview.catalog.world.draw import encode_jpeg

    for item, scene in some:
        pixels = draw(scene, stream(parameters.seed, "picture", item))
        (folder / picture_file(parameters, item)).write_bytes(encode_jpeg(pixels, JPEG_QUALITY))
    return [item for item, _ in some]


def _lost(piece: Piece) -> int:
    item, scene = piece
    raise DataError(
        f"The process that drew item {item} ({scene.theme}, {scene.subject}) ended; there may be "
        f"too little memory: draw with fewer processes."
    )
