"""The engine beyond one machine: Parquet, CSV and Hive tables, or data frames, on Spark 4.

Counting is the same expression as on DuckDB. Ranking measures get whole requests: rows are
partitioned by request, and each partition is a small log of its own, which the engine of one
machine reduces with the same numpy functions. Only its cells travel, and add up on the driver.
"""

from __future__ import annotations

import os
import re
import sys
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from fairview.core.errors import DataError, ExtraError, MissingError
from fairview.measure.cells import Cells
from fairview.measure.engines.checks import MEMBERSHIP_COLUMNS, QUALIFIED_COLUMNS
from fairview.measure.engines.duckdb import DuckDBEngine
from fairview.measure.engines.frames import arrow_table
from fairview.measure.engines.scans import CLUSTER_COLUMN, NUMBER
from fairview.measure.engines.sql import SQLEngine
from fairview.measure.log import Log
from fairview.measure.measure import Reduction, RequestMeasure
from fairview.measure.persistence import Saved, from_bytes, to_bytes
from fairview.measure.slices import parts_of

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

TABLE = "table:"
"""What a source begins with that is a table of Spark's catalog: ``table:shop.events``."""
_GIVES = "place int, cells binary, error string"
_LIST, _REQUEST = "qualified_candidates", "qualified_request"
_NAMED = re.compile(r"\[[A-Z_.]{6,}\] ([^\n]+)")
"""How Spark names an error that its documents explain; others are failures of the cluster."""
_OWN = ("spark.sql.session.timeZone", "spark.sql.mapKeyDedupPolicy")
"""Settings that ibis changes as it connects; a session that is lent is given back as it was."""


def spark_session(settings: Mapping[str, str] | None = None, *, hive: bool = False) -> SparkSession:
    """Return the session that is running, or a new one.

    Parameters
    ----------
    settings
        Settings of a new session, such as ``{"spark.master": "local[4]"}``.
    hive
        Whether a new session reads Hive's tables.

    Raises
    ------
    ExtraError
        Where pyspark isn't installed.
    """
    try:
        from pyspark.sql import SparkSession
    except ImportError as error:
        raise ExtraError("pyspark", "spark") from error
    active = SparkSession.getActiveSession()
    if active is not None:
        return active
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    builder = SparkSession.builder.appName("fairview")
    for name, value in (settings or {}).items():
        builder = builder.config(name, value)
    if hive:
        builder = builder.enableHiveSupport()
    return builder.getOrCreate()


class SparkEngine(SQLEngine):
    """Reduces one log on Spark.

    Parameters
    ----------
    log
        The tables to read: paths (of any file system that the session knows), ``table:NAME`` for
        a table of its catalog, Spark's data frames, or frames of this machine.
    session
        The session; by default the one that is running, or a new one.
    """

    name: ClassVar[str] = "spark"
    reductions: ClassVar[frozenset[Reduction]] = frozenset(Reduction)

    def __init__(self, log: Log, *, session: SparkSession | None = None) -> None:
        self.session = session if session is not None else spark_session()
        self._views: list[str] = []
        self._connection = _connected(self.session)
        super().__init__(log)

    def close(self) -> None:
        """Forget the log's tables; the session stays."""
        while self._views:
            self.session.catalog.dropTempView(self._views.pop())

    def request_cells(self, measure: RequestMeasure) -> Cells:
        """Return the cells of reduction 2, made partition by partition of whole requests."""
        [found] = self.request_scan([measure])
        if isinstance(found, DataError):
            raise found
        return found

    def request_scan(self, measures: Sequence[RequestMeasure]) -> list[Cells | DataError]:
        """Return the cells of several ranking measures; rows travel once for all of them."""
        keys = [measure.together or "request_id" for measure in measures]
        found: dict[int, Cells | DataError] = {}
        for key in dict.fromkeys(keys):
            places = [i for i, each in enumerate(keys) if each == key]
            try:
                cells = self._scanned(key, [measures[i] for i in places])
            except DataError as error:
                cells = [error for _ in places]
            found |= dict(zip(places, cells, strict=True))
        return [found[i] for i in range(len(measures))]

    def _scanned(self, key: str, measures: list[RequestMeasure]) -> Sequence[Cells | DataError]:
        names = dict.fromkeys([key, "request_id", "position", *self._told(measures)])
        rows = self._rows.select(*(name for name in names if name in self._rows.columns))
        if self._qualified is not None:
            rows = self._with_qualified(rows)
        work = _Partition(tuple(measures), self._around(measures))
        parts = self._frame(rows).repartition(key).mapInArrow(work, _GIVES)
        table = self._tried("Ranking measures can't be computed from the log's rows", parts.toArrow)
        found: list[Cells | DataError] = []
        for place, measure in enumerate(measures):
            own = table.filter(pc.equal(table["place"], place))
            groups = () if measure.attribute is None else self.groups(measure.attribute)
            found.append(_merged(own, measure.components(groups), groups))
        return found

    def _told(self, measures: Sequence[RequestMeasure]) -> Iterator[str]:
        """Yield the names of what these measures read; those of memberships are no columns."""
        for measure in measures:
            yield CLUSTER_COLUMN[measure.unit]
            yield from measure.columns
            yield from parts_of(measure.attribute or "")
            yield from parts_of(measure.requests_by or "")
        yield "item_id"
        if self.log.weight is not None:
            yield self.log.weight

    def _around(self, measures: Sequence[RequestMeasure]) -> dict[str, Any]:
        """Return what stands beside the rows of a partition: small, the same for all of them."""
        about = {part for m in measures for part in parts_of(m.attribute or "")}
        groups = {part: self.groups(part) for part in sorted(about)}
        for measure in measures:
            for part in parts_of(measure.requests_by or ""):
                declared = self._declared(part)
                groups |= {} if declared is None else {part: declared}
        memberships = None
        soft = sorted(about - {*self._rows.columns})
        if soft and self._memberships is not None:
            table = self._memberships.filter(self._memberships.attribute.isin(soft))
            memberships = self._read("Memberships", table.select(*MEMBERSHIP_COLUMNS))
        return {
            "groups": groups,
            "memberships": memberships,
            "targets": dict(self.log.targets),
            "weight": self.log.weight,
        }

    def _with_qualified(self, rows: Any) -> Any:
        """Return the rows, each with its request's qualified candidates as a list."""
        import ibis

        known = self._qualified
        one = ibis.struct({name: known[name] for name in QUALIFIED_COLUMNS[1:]})
        taken = known.select(**{_REQUEST: known.request_id, _LIST: one})
        lists = taken.group_by(_REQUEST).aggregate(**{_LIST: taken[_LIST].collect()})
        joined = rows.left_join(lists, rows.request_id == lists[_REQUEST])
        return joined.drop(_REQUEST)

    def _frame(self, expression: Any) -> DataFrame:
        return self.session.sql(self._connection.compile(expression))

    def _run(self, expression: Any) -> pa.Table:
        return self._frame(expression.as_table()).toArrow()

    def _said(self, error: Exception) -> str | None:
        from py4j.protocol import Py4JJavaError
        from pyspark.errors import PySparkException

        if not isinstance(error, PySparkException | Py4JJavaError):
            return None
        named = _NAMED.search(str(error))
        return named.group(1).rstrip(".") if named else None

    def _numbered(self) -> Any:
        from pyspark.sql.functions import monotonically_increasing_id

        frame = self._frame(self._rows).withColumn(NUMBER, monotonically_increasing_id())
        return self._viewed("numbered", frame)

    def _open(self, name: str, source: Any) -> Any:
        return self._viewed(name, read_source(self.session, name, source))

    def _viewed(self, name: str, frame: DataFrame) -> Any:
        view = f"fairview_{name}_{uuid.uuid4().hex}"
        frame.createOrReplaceTempView(view)
        self._views.append(view)
        return self._connection.table(view)


def read_source(session: SparkSession, name: str, source: Any) -> DataFrame:
    """Return the data frame of a source.

    Parameters
    ----------
    session
        Whose catalog and file systems it is in.
    name
        What it holds, for the sentence where it isn't there.
    source
        A data frame, ``table:NAME``, a path of Parquet or CSV files, or a frame of this machine.

    Raises
    ------
    MissingError
        Where there is no such path or table.
    """
    from pyspark.errors import AnalysisException
    from pyspark.sql import DataFrame

    if isinstance(source, DataFrame):
        return source
    if not isinstance(source, str | Path):
        return session.createDataFrame(_plain(arrow_table(source)))
    text = str(source)
    try:
        if text.startswith(TABLE):
            return session.table(text.removeprefix(TABLE))
        if text.endswith((".csv", ".csv.gz")):
            return session.read.csv(text, header=True, inferSchema=True)
        return session.read.parquet(text)
    except AnalysisException as error:
        if error.getCondition() in ("PATH_NOT_FOUND", "TABLE_OR_VIEW_NOT_FOUND"):
            raise MissingError(
                f"The log's {name} at {text} don't exist; check the path or the table's name."
            ) from error
        raise


@dataclass(frozen=True)
class _Partition:
    """What runs on each partition: its rows are a log of whole requests.

    Parameters
    ----------
    measures
        What is reduced.
    around
        The fields of `Log` beside the rows and the qualified candidates.
    """

    measures: tuple[RequestMeasure, ...]
    around: dict[str, Any]

    def __call__(self, batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        """Yield each measure's cells in a row, or its error: Spark would bury the sentence."""
        taken = list(batches)
        if not sum(batch.num_rows for batch in taken):
            return
        try:
            found = self._reduced(pa.Table.from_batches(taken))
        except DataError as error:
            found = [error for _ in self.measures]
        wrong = [str(each) if isinstance(each, DataError) else None for each in found]
        cells = [
            None if isinstance(each, DataError) else to_bytes(Saved({"": each})) for each in found
        ]
        columns = {
            "place": pa.array(range(len(found)), pa.int32()),
            "cells": pa.array(cells, pa.binary()),
            "error": pa.array(wrong, pa.string()),
        }
        yield pa.RecordBatch.from_pydict(columns)

    def _reduced(self, table: pa.Table) -> list[Cells | DataError]:
        qualified = None
        if _LIST in table.column_names:
            qualified = _unlisted(table)
            table = table.drop_columns(_LIST)
        memberships = self.around["memberships"]
        if memberships is not None:
            memberships = _of_items(memberships, table["item_id"])
        around = {**self.around, "memberships": memberships, "qualified": qualified}
        return DuckDBEngine(Log(rows=table, **around), threads=1).request_scan(self.measures)


def _merged(
    table: pa.Table, components: tuple[str, ...], groups: tuple[str, ...]
) -> Cells | DataError:
    errors = table["error"].drop_null().to_pylist()
    if errors:
        return DataError(min(errors))
    found = replace(Cells.empty(components), groups=groups)
    for i, data in enumerate(table["cells"].to_pylist()):
        cells = from_bytes(data).reduced[""]
        if isinstance(cells, Cells):
            found = found.merge(cells) if i else cells
    return found


def _unlisted(table: pa.Table) -> pa.Table:
    """Return the long table of the candidates that stand in each request's rows as a list."""
    requests = table["request_id"].cast(pa.string()).combine_chunks()
    first = pa.array(np.unique(requests.to_numpy(zero_copy_only=False), return_index=True)[1])
    lists = table[_LIST].combine_chunks().take(first)
    of = requests.take(first).take(pc.list_parent_indices(lists))
    columns = dict(zip(QUALIFIED_COLUMNS[1:], pc.list_flatten(lists).flatten(), strict=True))
    return pa.table({"request_id": of, **columns})


def _of_items(memberships: pa.Table, items: pa.ChunkedArray) -> pa.Table:
    """Return the memberships of these items, and of one more per attribute, to name its groups."""
    known = memberships["item_id"].cast(pa.string())
    wanted = pc.unique(items.cast(pa.string())).drop_null().to_pylist()
    attributes = memberships["attribute"]
    for attribute in pc.unique(attributes):
        wanted.append(known[pc.index(attributes, attribute).as_py()].as_py())
    return memberships.filter(pc.is_in(known, value_set=pa.array(wanted, pa.string())))


def _plain(table: pa.Table) -> pa.Table:
    """Return a table in types that Spark takes."""
    kinds: list[tuple[Callable[[Any], bool], Any]] = [
        (pa.types.is_null, pa.string()),
        (pa.types.is_unsigned_integer, pa.int64()),
        (pa.types.is_float16, pa.float32()),
    ]
    columns = []
    for column in table.columns:
        kind = column.type
        if pa.types.is_dictionary(kind):
            kind = kind.value_type
        kind = next((better for asks, better in kinds if asks(kind)), kind)
        columns.append(column.cast(kind))
    return pa.table(columns, names=table.column_names)


def _connected(session: SparkSession) -> Any:
    import ibis

    before = {name: session.conf.get(name) for name in _OWN}
    connection = ibis.pyspark.connect(session)
    for name, value in before.items():
        if value is not None:
            session.conf.set(name, value)
    return connection


__all__ = ["SparkEngine", "read_source", "spark_session"]
