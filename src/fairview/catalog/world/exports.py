"""A world's truth and log as files: JSON for people, Parquet for programs; all marked synthetic."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from fairview.catalog.world.events import LogNames, candidate_table, event_table, save_table
from fairview.catalog.world.identity import TRUTH_FILE
from fairview.catalog.world.known import WorldTruth, truth_of
from fairview.catalog.world.tables import (
    boards_table,
    exposure_table,
    items_table,
    queries_table,
    relevance_table,
)
from fairview.catalog.world.world import World
from fairview.core.atomic import flush_folder, partial_of, write_bytes

Progress = Callable[[int, int], None]
"""Called with how much is done and how much there is to do."""


@dataclass(frozen=True)
class EventCounts:
    """How many rows were written."""

    events: int
    candidates: int
    saves: int


def write_truth(world: World, folder: Path, *, simulate: bool = True) -> WorldTruth:
    """Write ``world.json`` and the truth's tables into `folder`; each file is written atomically.

    The tables are ``items.parquet``, ``queries.parquet``, ``relevance.parquet`` (grades above 0),
    ``exposure.parquet`` (expected exposure of day 0 by query and group) and ``boards.parquet``.

    Parameters
    ----------
    world
        The world.
    folder
        Made where it isn't there.
    simulate
        Whether ``world.json`` holds what depends on the simulated days.
    """
    truth = truth_of(world, simulate=simulate)
    write_bytes(folder / TRUTH_FILE, truth.to_json().encode())
    tables = {
        "items": items_table(world),
        "queries": queries_table(world),
        "relevance": relevance_table(world),
        "exposure": exposure_table(world),
        "boards": boards_table(world),
    }
    for name, table in tables.items():
        _write_tables(folder / f"{name}.parquet", iter([table]))
    return truth


def write_events(
    world: World,
    path: Path,
    *,
    candidates: Path | None = None,
    saves: Path | None = None,
    progress: Progress | None = None,
) -> EventCounts:
    """Simulate the logged days and write them as Parquet of schema v1, one row group per day.

    Parameters
    ----------
    world
        The world.
    path
        Where the events go.
    candidates, saves
        Where the sampled candidate log and the saves to boards go; not written where None.
    progress
        Called after each day.

    Returns
    -------
    EventCounts
        The rows of each file; 0 where it wasn't asked for.
    """
    names = LogNames.of_world(world.parameters, world.people)
    with (
        _Sink(path) as events,
        _Sink(candidates) as candidate_log,
        _Sink(saves) as save_log,
    ):
        for day in world.days():
            events.write(event_table(world.parameters, names, day))
            if candidates:
                candidate_log.write(candidate_table(world.parameters, names, world.pools, day))
            if saves:
                table = save_table(world.parameters, names, world.items, world.people, day)
                save_log.write(table)
            if progress:
                progress(day.number + 1, world.parameters.days)
        return EventCounts(events.rows, candidate_log.rows, save_log.rows)


def _write_tables(path: Path, tables: Iterator[pa.Table]) -> None:
    with _Sink(path) as sink:
        for table in tables:
            sink.write(table)


class _Sink:
    """A Parquet file that takes its name only once it is complete; nowhere where path is None."""

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._writer: pq.ParquetWriter | None = None
        self.rows = 0

    def __enter__(self) -> _Sink:
        if self._path:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            self._partial = partial_of(self._path)
            self._file = self._partial.__enter__()
        return self

    def write(self, table: pa.Table) -> None:
        """Append a table as row groups."""
        if self._path is None:
            return
        if self._writer is None:
            self._writer = pq.ParquetWriter(self._file, table.schema, compression="zstd")
        self._writer.write_table(table)
        self.rows += len(table)

    def __exit__(self, kind: type[BaseException] | None, *rest: Any) -> None:
        if self._path is None:
            return
        if self._writer:
            self._writer.close()
            with self._file.open("rb") as file:
                os.fsync(file.fileno())
            if kind is None:
                self._file.replace(self._path)
                flush_folder(self._path.parent)
        self._partial.__exit__(None, None, None)
