"""Append-only Parquet segments and atomic files: a killed process leaves all of a write or none.

A file is written beside its place under a hidden name, flushed to the disk, and only then given
its own name. Segments are numbered; a later segment's row replaces an earlier one's.
"""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from fairview.core import DataError

_PARTIAL = ".partial-"


@contextmanager
def partial_of(path: Path) -> Iterator[Path]:
    """Give a hidden path beside `path`; whatever happens, nothing stays under it."""
    partial = path.with_name(f"{_PARTIAL}{uuid.uuid4().hex}")
    try:
        yield partial
    finally:
        with suppress(FileNotFoundError):
            partial.unlink()


def write_bytes(path: Path, data: bytes) -> None:
    """Write a file atomically: it holds all of `data` or what it held before."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with partial_of(path) as partial:
        with partial.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        partial.replace(path)
        _flush_folder(path.parent)


def append_segment(folder: Path, table: pa.Table) -> Path:
    """Write `table` as the next segment of `folder`; two writers at once get different numbers.

    Returns
    -------
    Path
        The segment, named by its number.
    """
    folder.mkdir(parents=True, exist_ok=True)
    number = max((int(path.stem) for path in segments(folder)), default=0) + 1
    with partial_of(folder / "segment") as partial:
        with partial.open("wb") as file:
            pq.write_table(table, file, compression="zstd")
            file.flush()
            os.fsync(file.fileno())
        while True:
            path = folder / f"{number:08d}.parquet"
            try:
                os.link(partial, path)
            except FileExistsError:
                number += 1
                continue
            break
        _flush_folder(folder)
    return path


def segments(folder: Path) -> list[Path]:
    """Return the segments of `folder`, oldest first; a folder that isn't there has none."""
    if not folder.is_dir():
        return []
    return sorted(
        (path for path in folder.glob("*.parquet") if path.stem.isdigit()),
        key=lambda path: int(path.stem),
    )


def read_segments(
    folder: Path, schema: pa.Schema, columns: Sequence[str] | None = None
) -> pa.Table:
    """Return the rows of all segments, oldest first, in the columns of `schema`.

    Parameters
    ----------
    folder
        Where the segments lie.
    schema
        The types that the columns must have.
    columns
        The columns to read; all of `schema` where None.

    Raises
    ------
    DataError
        Where a segment can't be read; the sentence names it.
    """
    wanted = schema if columns is None else pa.schema([schema.field(name) for name in columns])
    tables = [_read(path, wanted) for path in segments(folder)]
    return pa.concat_tables(tables) if tables else wanted.empty_table()


def _read(path: Path, wanted: pa.Schema) -> pa.Table:
    try:
        table = pq.ParquetFile(path).read(columns=wanted.names)
        return table.select(wanted.names).cast(wanted)
    except (pa.ArrowException, OSError, KeyError, ValueError) as error:
        raise DataError(
            f"{path} can't be read ({error}); restore it from a backup, or move it away and take "
            f"its data in again."
        ) from error


def newest_rows(table: pa.Table, key: str) -> pa.Array[Any]:
    """Return the indices of each key's last row, in the order of the keys.

    Examples
    --------
    >>> newest_rows(pa.table({"id": ["b", "a", "b"]}), "id").to_pylist()
    [1, 2]
    """
    numbered = table.select([key]).append_column("row", pa.array(np.arange(table.num_rows)))
    last = numbered.group_by(key).aggregate([("row", "max")]).sort_by(key)
    return last["row_max"].combine_chunks()


def rows_of(ids: pa.Array[Any], wanted: pa.Array[Any] | pa.ChunkedArray[Any]) -> pa.Array[Any]:
    """Return, for each wanted id, its index in `ids`, null where it isn't there."""
    return pc.index_in(wanted, value_set=ids)


def remove_partials(folder: Path) -> int:
    """Remove what killed writers left under `folder`; return how many files that were.

    Call it only where no other writer can be at work.
    """
    count = 0
    for path in folder.rglob(f"{_PARTIAL}*"):
        with suppress(FileNotFoundError):
            path.unlink()
            count += 1
    return count


def _flush_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
