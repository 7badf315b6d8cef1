"""The log of a system that isn't Fairview's: any table, its columns named in the audit file."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from fairview.audit.corrections import Inferred
from fairview.audit.logs import AuditLog
from fairview.audit.spec import AuditSpec, attribute_of
from fairview.core import DataError, MissingError, UsageError
from fairview.measure import EntityMeasure, GroupCellsMeasure, Log, Measure
from fairview.measure.engines.frames import arrow_table
from fairview.measure.slices import Band

SUFFIXES = (".parquet", ".pq", ".csv", ".csv.gz")
_UNITS = ("cluster_id", "request_id", "item_id", "position")
_CHUNK = 1 << 20


@dataclass(frozen=True)
class Table:
    """A table that is looked at before any of its rows is read.

    Parameters
    ----------
    source
        What an engine reads: a path, a glob or a frame.
    columns
        The names of its columns.
    files
        The files behind it, sorted; empty for a frame.
    """

    source: Any
    columns: tuple[str, ...]
    files: tuple[Path, ...] = ()

    @classmethod
    def of(cls, data: Any) -> Table:
        """Look at a path, a folder, a glob or a frame.

        Raises
        ------
        MissingError
            Where there is no such file.
        DataError
            Where it can't be read as a table.
        UsageError
            Where it is neither a path nor a frame.
        """
        if isinstance(data, str | Path):
            return cls._of_files(str(data))
        if is_spark(data):
            return cls(data, tuple(data.columns))
        frame = arrow_table(data)
        return cls(frame, tuple(frame.column_names))

    @classmethod
    def _of_files(cls, text: str) -> Table:
        files = _files(text)
        if not files:
            raise MissingError(f"There is no log at {text}; check the path.")
        odd = next((f for f in files if not f.name.lower().endswith(SUFFIXES)), None)
        if odd is not None:
            raise UsageError(f"{odd} is neither Parquet nor CSV; give a log of either form.")
        is_folder = Path(text).is_dir()
        source = str(Path(text) / f"*{files[0].suffix}") if is_folder else text
        return cls(source, _columns_of(source), tuple(files))

    @property
    def words(self) -> str:
        """What it is, in words."""
        if not self.files:
            return f"a {type(self.source).__name__} in memory"
        if len(self.files) == 1:
            return self.files[0].name
        return f"{len(self.files):,} files, {self.files[0].name} to {self.files[-1].name}"

    def rows(self) -> int | None:
        """Return how many rows it has; None for a frame of Spark, which would be read for it."""
        if is_spark(self.source):
            return None
        if not self.files:
            return int(self.source.num_rows)
        with duckdb.connect() as connection:
            found = _relation(connection, self.source).count("*").fetchone()
        return int(found[0]) if found else 0

    def digest(self) -> str:
        """Return the sha256 of the data; empty for a frame of Spark, which isn't read twice."""
        if self.files:
            return _digest_of_files(self.files)
        return "" if is_spark(self.source) else _digest_of_frame(self.source)


def is_spark(data: Any) -> bool:
    """Whether this is a frame of Spark; Spark isn't imported to find out."""
    return any(kind.__module__.startswith("pyspark.sql") for kind in type(data).__mro__)


def foreign_log(data: Any, spec: AuditSpec) -> AuditLog:
    """Return the log of a table, its columns renamed and its bands declared as the spec says.

    Raises
    ------
    DataError
        Where a column that the spec names isn't there; no row is read before that is known.
    """
    table = Table.of(data)
    if not table.columns:
        raise DataError("The log has no columns; give a table with a row per decision or item.")
    names = _names(table, spec)
    bands = {name: Band(band.column, band.starts) for name, band in spec.bands.items()}
    count = table.rows()
    if count == 0:
        raise DataError("The log has no rows; give one row per decision or shown item.")
    notes = [f"The log is a table that wasn't made by Fairview: {table.words}."]
    if spec.columns:
        pairs = ", ".join(f"{theirs} as {ours}" for ours, theirs in spec.columns.items())
        notes.append(f"Columns were read under other names: {pairs}.")
    return AuditLog(
        slates=Log(_renamed(table, names), bands=bands),
        counts={} if count is None else {"rows of the log": count},
        notes=tuple(notes),
        data_digest=table.digest(),
        inferred={
            attribute: Inferred(reading.model(), spec.domain or "", attribute)
            for attribute, reading in spec.readings.items()
        },
        is_foreign=True,
    )


def _names(table: Table, spec: AuditSpec) -> dict[str, str]:
    """Return the columns to read: the name that measures call each by to the table's own."""
    lacking = {ours: name for ours, name in spec.columns.items() if name not in table.columns}
    if lacking:
        ours, theirs = next(iter(lacking.items()))
        raise DataError(
            f"columns: {ours} is read from {theirs!r}, which the log doesn't have; it has "
            f"{', '.join(table.columns)}."
        )
    names = {name: name for name in table.columns} | spec.columns
    needed = set(_UNITS)
    for measure in spec.parsed:
        needed |= _columns_of_measure(measure)
    for name, band in spec.bands.items():
        if band.column not in names:
            raise DataError(
                f"bands: {name} cuts {band.column!r}, which the log doesn't have; it has "
                f"{', '.join(table.columns)}."
            )
        needed = (needed - {name}) | {band.column}
    absent = [a for a in spec.attributes if a in needed and a not in names]
    if absent:
        raise DataError(
            f"The log has no column {absent[0]!r} to slice by; it has {', '.join(table.columns)}."
        )
    return {ours: theirs for ours, theirs in names.items() if ours in needed}


def _columns_of_measure(measure: Measure) -> set[str]:
    """Return every column that a measure could read, those that it is sliced by among them."""
    found = set(measure.columns)
    for each in measure.rests_on:
        if isinstance(each, GroupCellsMeasure):
            found |= {column for part in each.components() for column in part.columns}
        if isinstance(each, EntityMeasure):
            found.add(each.entity)
        found |= set(each.columns) | _parts(attribute_of(each))
        found |= _parts(getattr(each, "requests_by", None))
    return found


def _parts(by: str | None) -> set[str]:
    return set((by or "").split("*")) - {""}


def _renamed(table: Table, names: dict[str, str]) -> Any:
    """Return what an engine reads; a file whose columns keep their names stays a file."""
    if all(ours == theirs for ours, theirs in names.items()):
        return table.source
    if is_spark(table.source):
        return table.source.selectExpr(*(f"`{b}` AS `{a}`" for a, b in names.items()))
    return read_columns(table, names)


def read_columns(table: Table, names: dict[str, str]) -> pa.Table:
    """Return columns of a table in memory: the name that each gets to the table's own.

    Raises
    ------
    DataError
        Where one isn't there.
    UsageError
        Where the table is one of Spark.
    """
    lacking = next((theirs for theirs in names.values() if theirs not in table.columns), None)
    if lacking is not None:
        raise DataError(f"The log has no column {lacking!r}; it has {', '.join(table.columns)}.")
    if is_spark(table.source):
        raise UsageError("A frame of Spark isn't searched; give find a sample in memory instead.")
    if not table.files:
        return table.source.select(list(names.values())).rename_columns(list(names))
    columns = ", ".join(f"{_quoted(b)} AS {_quoted(a)}" for a, b in names.items())
    with duckdb.connect() as connection:
        return _relation(connection, table.source).project(columns).to_arrow_table()


def _files(text: str) -> list[Path]:
    path = Path(text)
    if path.is_dir():
        return sorted(f for f in path.iterdir() if f.name.lower().endswith(SUFFIXES))
    if any(mark in text for mark in "*?["):
        root = Path(path.anchor) if path.is_absolute() else Path()
        return sorted(f for f in root.glob(str(path.relative_to(root))) if f.is_file())
    return [path] if path.is_file() else []


def _columns_of(source: str) -> tuple[str, ...]:
    try:
        with duckdb.connect() as connection:
            return tuple(_relation(connection, source).columns)
    except duckdb.Error as error:
        raise DataError(f"The log at {source} can't be read: {_first_line(error)}.") from None


def _relation(connection: duckdb.DuckDBPyConnection, source: str) -> duckdb.DuckDBPyRelation:
    if source.lower().endswith((".csv", ".csv.gz")):
        return connection.read_csv(source)
    return connection.read_parquet(source)


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _first_line(error: duckdb.Error) -> str:
    return str(error).splitlines()[0].rstrip(".")


def _digest_of_files(files: tuple[Path, ...]) -> str:
    total = hashlib.sha256()
    for file in files:
        each = hashlib.sha256()
        with file.open("rb") as stream:
            while block := stream.read(_CHUNK):
                each.update(block)
        total.update(each.digest())
    return total.hexdigest()


class _Hashing:
    """A sink that keeps a digest of what is written to it, and nothing else."""

    closed = False

    def __init__(self) -> None:
        self.total = hashlib.sha256()

    def write(self, data: Any) -> int:
        self.total.update(data)
        return len(data)

    def flush(self) -> None:
        """Do nothing: nothing is held back."""


def _digest_of_frame(frame: pa.Table) -> str:
    sink = _Hashing()
    plain = frame.replace_schema_metadata(None).combine_chunks()
    with pa.ipc.new_stream(pa.PythonFile(sink, mode="w"), plain.schema) as writer:
        writer.write_table(plain, max_chunksize=65_536)
    return sink.total.hexdigest()
