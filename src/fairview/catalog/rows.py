"""Rows of a table in a file: CSV, JSONL or Parquet, read a few at a time."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TextIO

import pyarrow as pa
import pyarrow.parquet as pq

from fairview.catalog.entries import Problem
from fairview.core import DataError

_PARQUET_ROWS = 1024
_LONGEST_FIELD = 16 * 1024 * 1024


@dataclass(frozen=True)
class Row:
    """One row: a label that says where it stands, its values, and why it can't be used, if so."""

    label: str
    values: Mapping[str, Any] = field(default_factory=dict)
    problem: Problem | None = None


@dataclass(frozen=True)
class Rows:
    """A table in a file.

    Parameters
    ----------
    columns
        The names of its columns.
    total
        How many rows there are, None where that isn't known before they are read.
    rows
        Gives the rows in order, each time from the first.
    """

    columns: tuple[str, ...]
    total: int | None
    rows: Callable[[], Iterator[Row]]


def open_rows(path: Path) -> Rows:
    """Return the table at `path`; the suffix tells its format.

    Raises
    ------
    DataError
        Where the file isn't there, can't be read, has no columns or has one twice.
    """
    try:
        table = OPENERS[path.suffix.lower()](path)
    except KeyError:
        raise DataError(f"{path} must end in one of {', '.join(OPENERS)}.") from None
    except (OSError, UnicodeDecodeError, pa.ArrowException, csv.Error) as error:
        raise DataError(f"{path} can't be read: {error}.") from error
    twice = [name for name in table.columns if table.columns.count(name) > 1]
    if twice:
        raise DataError(f"{path} has column {twice[0]!r} twice; rename one.")
    return table


def text_of(value: Any) -> str | None:
    """Return a value as text; None where there is nothing to say.

    Examples
    --------
    >>> text_of(1922.0), text_of(True), text_of(["a"]), text_of(float("nan")), text_of(" ")
    ('1922', 'true', '["a"]', None, None)
    """
    if isinstance(value, str):
        return value.strip() or None
    if value is None or (isinstance(value, float) and value != value):
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, bytes):
        return value.decode("utf-8", "backslashreplace")
    if isinstance(value, (list, tuple, dict)):
        return json.dumps(value, ensure_ascii=False, default=str) if value else None
    return str(value)


def _open_csv(path: Path) -> Rows:
    with _text(path) as file:
        header = next(csv.reader(file), None)
    if not header:
        raise DataError(f"{path} is empty; its first line must name the columns.")
    columns = tuple(header)

    def rows() -> Iterator[Row]:
        csv.field_size_limit(_LONGEST_FIELD)
        with _text(path) as file:
            reader = csv.reader(file)
            next(reader)
            while True:
                label = f"line {reader.line_num + 1}"
                try:
                    cells = next(reader, None)
                except csv.Error as error:
                    yield Row(label, problem=Problem("bad_row", str(error)))
                    continue
                if cells is None:
                    return
                if cells:
                    yield _csv_row(label, columns, cells)

    return Rows(columns, None, rows)


def _csv_row(label: str, columns: tuple[str, ...], cells: list[str]) -> Row:
    if len(cells) != len(columns):
        detail = f"{len(cells)} cells for {len(columns)} columns"
        return Row(label, {"cells": cells}, Problem("bad_row", detail))
    if not _is_unicode("".join(cells)):
        return Row(label, {"cells": cells}, Problem("bad_encoding", "the line isn't valid UTF-8"))
    return Row(label, dict(zip(columns, cells, strict=True)))


def _open_jsonl(path: Path) -> Rows:
    names: dict[str, None] = {}
    for row in _jsonl_rows(path):
        names.update(dict.fromkeys(row.values))
    return Rows(tuple(names), None, lambda: _jsonl_rows(path))


def _jsonl_rows(path: Path) -> Iterator[Row]:
    with _text(path) as file:
        for number, line in enumerate(file, 1):
            label = f"line {number}"
            if not line.strip():
                continue
            if not _is_unicode(line):
                yield Row(label, problem=Problem("bad_encoding", "the line isn't valid UTF-8"))
                continue
            try:
                values = json.loads(line)
            except (ValueError, RecursionError) as error:
                yield Row(label, problem=Problem("bad_row", f"not JSON: {error}"))
                continue
            if isinstance(values, dict):
                yield Row(label, values)
            else:
                yield Row(label, problem=Problem("bad_row", "not a JSON object"))


def _open_parquet(path: Path) -> Rows:
    file = pq.ParquetFile(path)

    def rows() -> Iterator[Row]:
        number = 0
        batches = file.iter_batches(_PARQUET_ROWS)
        while True:
            try:
                batch = next(batches, None)
            except (OSError, pa.ArrowException) as error:
                raise DataError(
                    f"{path} can't be read after row {number} ({error}); restore it and run the "
                    f"same command again."
                ) from error
            if batch is None:
                return
            for values in batch.to_pylist(maps_as_pydicts="lossy"):
                number += 1
                yield Row(f"row {number}", values)

    return Rows(tuple(file.schema_arrow.names), file.metadata.num_rows, rows)


def _text(path: Path) -> TextIO:
    return path.open(encoding="utf-8-sig", errors="surrogateescape", newline="")


def _is_unicode(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


OPENERS: Mapping[str, Callable[[Path], Rows]] = {
    ".parquet": _open_parquet,
    ".csv": _open_csv,
    ".jsonl": _open_jsonl,
}
