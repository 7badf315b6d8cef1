"""Files of events, loaded into a database as they are; lines that can't be read are kept too."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from fairview.catalog.rows import Row, open_rows
from fairview.core import DataError, MissingError

_ROWS_AT_ONCE = 50_000
_UNREADABLE: list[Any] = [
    ("number", pa.int64()),
    ("outcome", pa.string()),
    ("detail", pa.string()),
    ("raw", pa.string()),
]
_UNREADABLE_SCHEMA = pa.schema(_UNREADABLE)


def load_events(connection: duckdb.DuckDBPyConnection, path: Path) -> list[str]:
    """Make the tables ``given`` (the file's rows with their number) and ``unreadable``.

    Parameters
    ----------
    connection
        The database.
    path
        A Parquet or CSV file; the cells of a CSV come as text, null where they are empty.

    Returns
    -------
    list of str
        The file's columns.

    Raises
    ------
    MissingError, DataError
        Where the file isn't there, is of another kind, or can't be read.
    """
    if not path.is_file():
        raise MissingError(f"{path} isn't there; give a Parquet or CSV file of events.")
    loaders = {".parquet": _load_parquet, ".csv": _load_csv}
    loader = loaders.get(path.suffix.lower())
    if loader is None:
        raise DataError(f"{path} must end in .parquet or .csv.")
    connection.register("nothing", _UNREADABLE_SCHEMA.empty_table())
    connection.execute("CREATE TABLE unreadable AS FROM nothing")
    connection.unregister("nothing")
    loader(connection, path)
    described = connection.execute("DESCRIBE given").fetchall()
    return [str(row[0]) for row in described if row[0] != "number"]


def _load_parquet(connection: duckdb.DuckDBPyConnection, path: Path) -> None:
    connection.execute(
        "CREATE TABLE given AS SELECT * EXCLUDE file_row_number, file_row_number + 1 AS number "
        "FROM read_parquet($path, file_row_number = true)",
        {"path": str(path)},
    )


def _load_csv(connection: duckdb.DuckDBPyConnection, path: Path) -> None:
    rows = open_rows(path)
    fields: list[Any] = [(column, pa.string()) for column in rows.columns]
    schema = pa.schema([*fields, ("number", pa.int64())])
    connection.register("part", schema.empty_table())
    connection.execute("CREATE TABLE given AS FROM part")
    numbered = enumerate(rows.rows(), 1)
    for part in _parts(numbered):
        good = [_cells(row, number) for number, row in part if row.problem is None]
        bad = [_refusal(row, number) for number, row in part if row.problem is not None]
        connection.register("part", pa.Table.from_pylist(good, schema))
        connection.execute("INSERT INTO given FROM part")
        connection.register("part", pa.Table.from_pylist(bad, _UNREADABLE_SCHEMA))
        connection.execute("INSERT INTO unreadable FROM part")
    connection.unregister("part")


def _parts(rows: Iterator[tuple[int, Row]]) -> Iterator[list[tuple[int, Row]]]:
    while part := list(islice(rows, _ROWS_AT_ONCE)):
        yield part


def _cells(row: Row, number: int) -> dict[str, Any]:
    return {**{name: value or None for name, value in row.values.items()}, "number": number}


def _refusal(row: Row, number: int) -> dict[str, Any]:
    problem = row.problem
    return {
        "number": number,
        "outcome": problem.reason if problem else "",
        "detail": f"{row.label}: {problem.detail if problem else ''}",
        "raw": json.dumps(dict(row.values)),
    }
