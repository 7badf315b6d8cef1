"""The logs as they are stored: events and candidates of schema v1, and rows that were set aside."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from fairview.catalog.event_checks import CheckedEvents, check_events
from fairview.catalog.items import Catalog
from fairview.catalog.segments import append_segment, read_segments, segments
from fairview.catalog.workspace import Workspace
from fairview.core import ACTIONS, CANDIDATE_FIELDS, EVENT_FIELDS, DataError, arrow_schema

EVENT_SCHEMA: pa.Schema = arrow_schema(EVENT_FIELDS)
CANDIDATE_SCHEMA: pa.Schema = arrow_schema(CANDIDATE_FIELDS)
SET_ASIDE_SCHEMA: pa.Schema = pa.schema(
    [
        ("row_digest", pa.string()),
        ("event_id", pa.string()),
        ("reason", pa.string()),
        ("detail", pa.string()),
        ("row", pa.string()),
    ]
)
"""A row that was set aside: why, and the whole row as it came, as JSON."""

_SEGMENT_ROWS = 500_000


@dataclass
class EventReport:
    """What one run of `EventStore.ingest` found.

    Parameters
    ----------
    read
        Rows in the file.
    added
        Rows that are stored now and weren't before.
    duplicates
        Rows whose event is stored already, or came earlier in the file, with the same content.
    unknown_items
        Rows about items that the catalogue lacks; set aside, and added when the file is taken in
        again after the items were.
    clock_errors
        Rows from the future, or written down before they happened; set aside.
    bad_rows
        Further reasons to the number of rows that were set aside for them.
    examples
        Reason to a few rows, in words.
    ignored_columns
        Columns of the file that schema v1 doesn't have.
    seconds
        Time that it took.
    """

    read: int = 0
    added: int = 0
    duplicates: int = 0
    unknown_items: int = 0
    clock_errors: int = 0
    bad_rows: dict[str, int] = field(default_factory=dict)
    examples: dict[str, list[str]] = field(default_factory=dict)
    ignored_columns: tuple[str, ...] = ()
    seconds: float = 0.0

    @property
    def set_aside(self) -> int:
        """How many rows were set aside, for any reason."""
        return self.unknown_items + self.clock_errors + sum(self.bad_rows.values())

    def to_dict(self) -> dict[str, Any]:
        """Return plain data, ready for JSON."""
        return {**asdict(self), "set_aside": self.set_aside}


class EventStore:
    """The events and candidates of a workspace.

    Parameters
    ----------
    workspace
        Whose events they are. Every call reads what is stored at that moment.
    """

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace

    @property
    def folder(self) -> Path:
        """Where the segments of events lie."""
        return self.workspace.events_dir / "segments"

    @property
    def path_glob(self) -> str:
        """The pattern of the events' Parquet files, for SQL; while `count` is 0 it matches none."""
        return str(self.folder / "*.parquet")

    @property
    def candidates_folder(self) -> Path:
        """Where the segments of candidates lie."""
        return self.workspace.events_dir / "candidates"

    @property
    def quarantine_folder(self) -> Path:
        """Where rows that were set aside lie."""
        return self.workspace.events_dir / "quarantine"

    def ingest(self, path: Path) -> EventReport:
        """Take in events from a Parquet or CSV file of schema v1; run again, it changes nothing.

        Parameters
        ----------
        path
            The file. In CSV a map is a JSON object and times are ISO 8601, UTC where they name
            no zone.

        Returns
        -------
        EventReport
            Rows that aren't right are set aside with their reason, counted, and never lost.

        Raises
        ------
        MissingError, DataError
            Where the file isn't there, can't be read, or lacks a required column.
        """
        began = time.perf_counter()
        known = Catalog(self.workspace).items(["item_id"])
        checked = check_events(
            Path(path),
            stored=self.path_glob if segments(self.folder) else None,
            items=known,
            now=self.workspace.clock(),
        )
        with checked:
            report = self._report(checked)
            self._set_aside(checked.refused())
            for table in _pieces(checked.good(_SEGMENT_ROWS)):
                append_segment(self.folder, table.cast(EVENT_SCHEMA))
        report.seconds = time.perf_counter() - began
        return report

    def write(self, table: pa.Table) -> None:
        """Store events that are right already; what the observers of a pipeline call.

        Raises
        ------
        DataError
            Where a column lacks, has another type, or a row breaks schema v1.
        """
        events = _fitted(table, EVENT_SCHEMA)
        if not pc.all(pc.is_in(events["action"], pa.array(ACTIONS)), min_count=0).as_py():
            raise DataError(f"Events have an action that is none of {', '.join(ACTIONS)}.")
        if not pc.all(pc.greater_equal(events["position"], pa.scalar(1)), min_count=0).as_py():
            raise DataError("Events have a position below 1; positions count from 1.")
        if events.num_rows:
            append_segment(self.folder, events)

    def events(self) -> pa.Table:
        """Return all events, in the order in which they were stored."""
        return read_segments(self.folder, EVENT_SCHEMA)

    def count(self) -> int:
        """Return how many events are stored."""
        return _rows_in(self.folder)

    def write_candidates(self, table: pa.Table) -> None:
        """Store rows of the candidate log; errors are those of `write`."""
        candidates = _fitted(table, CANDIDATE_SCHEMA)
        if candidates.num_rows:
            append_segment(self.candidates_folder, candidates)

    def candidates(self) -> pa.Table:
        """Return the candidate log, in the order in which it was stored."""
        return read_segments(self.candidates_folder, CANDIDATE_SCHEMA)

    def quarantine(self) -> pa.Table:
        """Return the rows that are set aside: event id, reason, detail, and the row as JSON.

        A row whose event has since been stored is no longer among them.
        """
        table = read_segments(self.quarantine_folder, SET_ASIDE_SCHEMA)
        stored = read_segments(self.folder, EVENT_SCHEMA, ["event_id"])["event_id"]
        conflict = pc.equal(table["reason"], pa.scalar("conflicting_duplicate"))
        gone = pc.is_in(table["event_id"], value_set=stored.combine_chunks())
        return table.filter(pc.or_(conflict, pc.invert(gone))).drop_columns(["row_digest"])

    def _set_aside(self, refused: pa.Table) -> None:
        before = read_segments(self.quarantine_folder, SET_ASIDE_SCHEMA, ["row_digest"])
        known = before["row_digest"].combine_chunks()
        new = refused.filter(pc.invert(pc.is_in(refused["row_digest"], value_set=known)))
        if new.num_rows:
            append_segment(self.quarantine_folder, new.cast(SET_ASIDE_SCHEMA))

    def _report(self, checked: CheckedEvents) -> EventReport:
        counts = checked.counts()
        return EventReport(
            read=sum(counts.values()),
            added=counts.pop("good", 0),
            duplicates=counts.pop("duplicate", 0),
            unknown_items=counts.pop("unknown_item", 0),
            clock_errors=counts.pop("clock_error", 0),
            bad_rows=counts,
            examples=checked.examples(),
            ignored_columns=checked.ignored,
        )


def _pieces(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.Table]:
    for batch in batches:
        yield pa.Table.from_batches([batch])


def _fitted(table: pa.Table, schema: pa.Schema) -> pa.Table:
    """Return a table in the schema's columns and types; nullable ones may lack."""
    columns = []
    for wanted in schema:
        if wanted.name not in table.column_names:
            if not wanted.nullable:
                raise DataError(f"The log lacks its required column {wanted.name!r}.")
            columns.append(pa.nulls(table.num_rows, wanted.type))
            continue
        column = table[wanted.name]
        if column.null_count and not wanted.nullable:
            raise DataError(f"Column {wanted.name!r} of the log has {column.null_count} nulls.")
        try:
            columns.append(column.cast(wanted.type))
        except pa.ArrowException as error:
            raise DataError(f"Column {wanted.name!r} of the log: {error}.") from error
    return pa.Table.from_arrays(columns, schema=schema)


def _rows_in(folder: Path) -> int:
    return sum(pq.read_metadata(path).num_rows for path in segments(folder))
