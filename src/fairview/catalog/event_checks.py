"""Checks of incoming events: each row is good, a duplicate, or set aside with a reason."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from types import TracebackType

import duckdb
import pyarrow as pa

from fairview.catalog.event_files import load_events
from fairview.core import ACTIONS, EVENT_FIELDS, DataError
from fairview.core.events import PROPENSITY_KINDS

_SQL_TYPES = {
    "string": "VARCHAR",
    "int32": "INTEGER",
    "bool": "BOOLEAN",
    "float64": "DOUBLE",
    "timestamp[us, tz=UTC]": "TIMESTAMPTZ",
    "map<string, string>": "MAP(VARCHAR, VARCHAR)",
}
_EXAMPLES = 3

REASONS = {
    "bad_row": "the line can't be parsed",
    "bad_encoding": "the line isn't valid UTF-8",
    "bad_value": "a value isn't of its column's type",
    "missing_value": "a required value isn't there",
    "bad_position": "the position is below 1",
    "bad_action": "the action is none of schema v1",
    "bad_propensity": "the propensity isn't in (0, 1]",
    "bad_propensity_kind": "the propensity's kind isn't there or none of schema v1",
    "clock_error": "it happens in the future, or was written down before it happened",
    "unknown_item": "the catalogue has no such item",
    "conflicting_duplicate": "an earlier event of the same id says something else",
}
"""Why a row is set aside: the code, and its meaning."""


class CheckedEvents:
    """A file's rows after the checks; closes its database at the end of a ``with`` block."""

    def __init__(
        self, connection: duckdb.DuckDBPyConnection, spill: TemporaryDirectory[str]
    ) -> None:
        self._connection = connection
        self._spill = spill
        self.ignored: tuple[str, ...] = ()

    def __enter__(self) -> CheckedEvents:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the database, and of what it spilled to the disk."""
        self._connection.close()
        self._spill.cleanup()

    def counts(self) -> dict[str, int]:
        """Return how many rows have each outcome: ``good``, ``duplicate``, or a reason."""
        rows = self._connection.sql(
            "SELECT outcome, count(*) FROM outcomes GROUP BY outcome ORDER BY outcome"
        ).fetchall()
        return {outcome: int(count) for outcome, count in rows}

    def examples(self) -> dict[str, list[str]]:
        """Return a few rows of each reason, in words."""
        rows = self._connection.sql(
            f"""SELECT outcome, 'row ' || number || ': ' || detail FROM outcomes
            WHERE outcome NOT IN ('good', 'duplicate')
            QUALIFY row_number() OVER (PARTITION BY outcome ORDER BY number) <= {_EXAMPLES}
            ORDER BY outcome, number"""  # noqa: S608
        ).fetchall()
        found: dict[str, list[str]] = {}
        for outcome, text in rows:
            found.setdefault(outcome, []).append(text)
        return found

    def good(self, rows: int) -> Iterator[pa.RecordBatch]:
        """Give the good rows in the file's order, at most so many at a time."""
        names = ", ".join(f'"{field.name}"' for field in EVENT_FIELDS)
        found = self._connection.sql(
            f"SELECT {names} FROM checked WHERE outcome = 'good' ORDER BY number"  # noqa: S608
        )
        reader = found.to_arrow_reader(rows)
        yield from reader

    def refused(self) -> pa.Table:
        """Return the rows to set aside: digest, event id, reason, detail, the row as JSON."""
        return self._connection.sql(
            """SELECT md5(outcome || raw) AS row_digest, event_id, outcome AS reason, detail,
            raw AS row FROM outcomes WHERE outcome NOT IN ('good', 'duplicate') ORDER BY number"""
        ).to_arrow_table()


def check_events(
    path: Path, *, stored: str | None, items: pa.Table, now: datetime
) -> CheckedEvents:
    """Check every row of a file against schema v1, the catalogue, the clock and what is stored.

    Parameters
    ----------
    path
        A Parquet or CSV file.
    stored
        Pattern of the files of stored events, None where there are none.
    items
        A table whose ``item_id`` are the catalogue's items.
    now
        What counts as the present.

    Raises
    ------
    MissingError, DataError
        Where the file isn't there, can't be read, or lacks a required column.
    """
    spill = TemporaryDirectory(prefix="fairview-events-")
    quoted = spill.name.replace("'", "''")
    connection = duckdb.connect(":memory:")
    checked = CheckedEvents(connection, spill)
    try:
        connection.execute(f"SET TimeZone = 'UTC'; SET temp_directory = '{quoted}'")
        connection.register("items", items)
        columns = load_events(connection, path)
        lacking = [f.name for f in EVENT_FIELDS if not f.nullable and f.name not in columns]
        if lacking:
            raise DataError(
                f"{path} lacks {', '.join(lacking)}; schema v1 requires them of every event."
            )
        names = {field.name for field in EVENT_FIELDS}
        checked.ignored = tuple(column for column in columns if column not in names)
        connection.execute(_typed(columns))
        connection.execute("DROP TABLE given")
        connection.execute(_stored(stored), [stored] if stored else [])
        connection.execute(_checked(), [now.astimezone(UTC), now.astimezone(UTC)])
        connection.execute("DROP TABLE typed; DROP TABLE stored")
        connection.execute(_OUTCOMES)
    except duckdb.Error as error:
        checked.close()
        said = str(error).splitlines()[0].rstrip(".")
        raise DataError(f"{path} can't be read as events: {said}.") from error
    except BaseException:
        checked.close()
        raise
    return checked


def _typed(columns: list[str]) -> str:
    """Return the SQL of ``typed``: values of the right types, and the first one that isn't."""
    values, wrong, missing = [], [], []
    for field in EVENT_FIELDS:
        name = f'"{field.name}"'
        if field.name not in columns:
            values.append(f"NULL::{_SQL_TYPES[field.type]} AS {name}")
            continue
        cast = f"TRY_CAST({_readable(field.type, name)} AS {_SQL_TYPES[field.type]})"
        values.append(f"{cast} AS {name}")
        wrong.append(
            f"WHEN {name} IS NOT NULL AND {cast} IS NULL "
            f"THEN '{field.name} is ' || CAST({name} AS VARCHAR)"
        )
        if not field.nullable:
            missing.append(f"WHEN {name} IS NULL THEN '{field.name} is missing'")
    return f"""CREATE TABLE typed AS SELECT number, {", ".join(values)},
        CASE {" ".join(wrong)} END AS wrong,
        CASE {" ".join(missing)} END AS missing,
        CAST(to_json(struct_pack({_packed(columns)})) AS VARCHAR) AS raw
        FROM given"""  # noqa: S608


def _readable(kind: str, name: str) -> str:
    if kind == "map<string, string>":
        return f"TRY_CAST({name} AS JSON)"
    return name


def _packed(columns: list[str]) -> str:
    return ", ".join(f'"{column}" := "{column}"' for column in columns)


def _content(prefix: str) -> str:
    """Return the SQL of a digest of what an event says, apart from when it was written down."""
    names = [f.name for f in EVENT_FIELDS if f.name != "ingest_time"]
    parts = ", ".join(f'CAST({prefix}."{name}" AS VARCHAR)' for name in names)
    return f"hash({parts})"


_OUTCOMES = """CREATE VIEW outcomes AS
    SELECT number, event_id, outcome, detail, raw FROM checked
    UNION ALL SELECT number, NULL, outcome, detail, raw FROM unreadable"""


def _stored(stored: str | None) -> str:
    if stored is None:
        return "CREATE TABLE stored (event_id VARCHAR, content UBIGINT)"
    return f"""CREATE TABLE stored AS SELECT e.event_id, {_content("e")} AS content
        FROM read_parquet(?) AS e SEMI JOIN typed USING (event_id)"""  # noqa: S608


def _checked() -> str:
    """Return the SQL of ``checked``: each row's outcome, and what to say of it.

    A duplicate is looked for among rows that are good otherwise, so that a broken row never
    hides the good one of the same id.
    """
    actions = ", ".join(f"'{action}'" for action in ACTIONS)
    kinds = ", ".join(f"'{kind}'" for kind in PROPENSITY_KINDS)
    return f"""CREATE TABLE checked AS
        WITH judged AS (
            SELECT t.*, {_content("t")} AS content, CASE
                WHEN wrong IS NOT NULL THEN 'bad_value'
                WHEN missing IS NOT NULL THEN 'missing_value'
                WHEN position < 1 THEN 'bad_position'
                WHEN action NOT IN ({actions}) THEN 'bad_action'
                WHEN isnan(propensity) OR propensity <= 0 OR propensity > 1
                    THEN 'bad_propensity'
                WHEN (propensity IS NOT NULL AND propensity_kind IS NULL)
                    OR propensity_kind NOT IN ({kinds}) THEN 'bad_propensity_kind'
                WHEN event_time > ? OR ingest_time < event_time THEN 'clock_error'
                WHEN item_id NOT IN (SELECT item_id FROM items) THEN 'unknown_item'
                ELSE 'good' END AS first
            FROM typed AS t
        ), known AS (
            SELECT j.*, row_number() OVER (PARTITION BY j.event_id, first ORDER BY number) AS turn,
                coalesce(s.content, first_value(j.content) OVER (
                    PARTITION BY j.event_id, first ORDER BY number)) AS before,
                s.event_id IS NOT NULL AS is_stored
            FROM judged AS j LEFT JOIN (
                SELECT event_id, any_value(content) AS content FROM stored GROUP BY event_id
            ) AS s ON s.event_id = j.event_id
        ), told AS (
            SELECT *, CASE
                WHEN first <> 'good' THEN first
                WHEN NOT is_stored AND turn = 1 THEN 'good'
                WHEN content = before THEN 'duplicate'
                ELSE 'conflicting_duplicate' END AS outcome
            FROM known
        )
        SELECT * EXCLUDE (wrong, missing, content, before, turn, is_stored, first), CASE outcome
            WHEN 'bad_value' THEN wrong
            WHEN 'missing_value' THEN missing
            WHEN 'bad_position' THEN 'position is ' || position
            WHEN 'bad_action' THEN 'action is ' || action
            WHEN 'bad_propensity' THEN 'propensity is ' || propensity
            WHEN 'bad_propensity_kind' THEN 'propensity_kind is ' || coalesce(propensity_kind, '')
            WHEN 'clock_error' THEN CASE WHEN event_time > ?
                THEN 'event_time ' || event_time || ' is in the future'
                ELSE 'ingest_time ' || ingest_time || ' is before event_time ' || event_time END
            WHEN 'unknown_item' THEN 'item_id ' || item_id
            WHEN 'conflicting_duplicate' THEN 'event_id ' || event_id
            ELSE '' END AS detail
        FROM told"""  # noqa: S608
