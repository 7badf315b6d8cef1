"""Append-only Parquet segments: a later segment's row replaces an earlier one's.

Segments are numbered, and written atomically.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from fairview.core import DataError
from fairview.core.atomic import flush_folder, partial_of


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
        flush_folder(folder)
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
