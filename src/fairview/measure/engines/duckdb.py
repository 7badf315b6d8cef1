"""The engine on one machine: Parquet, CSV, Arrow or frames through DuckDB, beyond memory too."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, ClassVar

import duckdb
import pyarrow as pa

from fairview.core.errors import DataError, MissingError
from fairview.measure.batches import RankedBatch
from fairview.measure.cells import Cells
from fairview.measure.engines.duckdb_requests import Tables, batches, scan_requests
from fairview.measure.engines.frames import arrow_table
from fairview.measure.engines.sql import SQLEngine
from fairview.measure.log import Log
from fairview.measure.measure import Reduction, RequestMeasure

CHUNK_ROWS = 1_000_000


class DuckDBEngine(SQLEngine):
    """Reduces one log in process.

    Parameters
    ----------
    log
        The tables to read.
    threads
        DuckDB threads; 0 leaves its own choice.
    memory_limit
        DuckDB's limit, such as ``"1GB"``; empty leaves its own choice.
    connection
        An open connection whose tables and views the log names as text; nothing is written to it.
        Threads and memory are then its own.
    """

    name: ClassVar[str] = "duckdb"
    reductions: ClassVar[frozenset[Reduction]] = frozenset(Reduction)

    def __init__(
        self,
        log: Log,
        *,
        threads: int = 0,
        memory_limit: str = "",
        connection: duckdb.DuckDBPyConnection | None = None,
    ) -> None:
        import ibis

        options: dict[str, Any] = {}
        if threads:
            options["threads"] = threads
        if memory_limit:
            options["memory_limit"] = memory_limit
        self._borrowed = connection is not None
        if connection is not None:
            self._connection = ibis.duckdb.from_connection(connection.cursor())
        else:
            self._connection = ibis.duckdb.connect(**options)
            self._connection.con.execute("set enable_progress_bar = false")
        super().__init__(log)

    def request_cells(self, measure: RequestMeasure) -> Cells:
        """Return the cells of reduction 2, in chunks of whole requests."""
        [cells] = self.request_scan([measure])
        if isinstance(cells, DataError):
            raise cells
        return cells

    def request_scan(self, measures: Sequence[RequestMeasure]) -> list[Cells | DataError]:
        """Return the cells of several ranking measures, reading each row once for all."""
        return scan_requests(self._request_tables(), measures, CHUNK_ROWS)

    def batches(self, measure: RequestMeasure) -> Iterator[RankedBatch]:
        """Yield the log as ragged batches of whole requests, ranked by position."""
        yield from batches(self._request_tables(), measure, CHUNK_ROWS)

    def _request_tables(self) -> Tables:
        return Tables(
            self._connection,
            self._rows,
            self._memberships,
            self._qualified,
            self.log,
            self.groups,
            self._declared,
        )

    def _run(self, expression: Any) -> pa.Table:
        return expression.to_pyarrow()

    def _said(self, error: Exception) -> str | None:
        if not isinstance(error, duckdb.Error):
            return None
        return str(error).splitlines()[0].rstrip(".")

    def _open(self, name: str, source: Any) -> Any:
        if isinstance(source, str | Path):
            text = str(source)
            if self._borrowed and text in self._connection.list_tables():
                return self._connection.table(text)
            if not any(mark in text for mark in "*?[") and not Path(text).exists():
                raise MissingError(f"The log's {name} at {text} don't exist; check the path.")
            if text.endswith((".csv", ".csv.gz")):
                return self._connection.read_csv(text, table_name=f"log_{name}")
            return self._connection.read_parquet(text, table_name=f"log_{name}")
        self._connection.con.register(f"log_{name}", arrow_table(source))
        return self._connection.table(f"log_{name}")


__all__ = ["DuckDBEngine"]
