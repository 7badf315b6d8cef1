"""Ranking measures on DuckDB: requests are numbered once, and each row is read once for all.

Sorting rows by the text of their request is slow, and so is every look at a text in numpy. So SQL
numbers the requests, finds each row's group, and sorts whole numbers; what is known of a request
(its bucket, its slices, its qualified candidates) is read once per request.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any

import duckdb
import numpy as np
import numpy.typing as npt
import pyarrow as pa

from fairview.core.errors import DataError
from fairview.core.ranges import UNKNOWN
from fairview.measure.batches import RankedBatch
from fairview.measure.buckets import bucket_digits, bucket_from_digits
from fairview.measure.cells import Cells
from fairview.measure.engines.assembly import slices_of
from fairview.measure.engines.requests import (
    AttributeTable,
    Places,
    QualifiedTable,
    RowsError,
    TwiceError,
    batch_of,
    changes,
    column_of,
    intersected,
    positions,
    refuse_undeclared,
    whole_requests,
)
from fairview.measure.engines.scans import CLUSTER_COLUMN, GroupScan
from fairview.measure.estimate import OVERALL, SamplingUnit
from fairview.measure.log import Log
from fairview.measure.measure import RequestMeasure
from fairview.measure.slices import parts_of

Floats = npt.NDArray[np.float64]
_LISTS = "numbered_lists"
_ITEMS = "numbered_items_"
_NUMBER = "number_"
_NUMBERS_PER_VECTOR = 64
"""Chunks with a column of lists are this much shorter, so that they fit in memory."""


@dataclass(frozen=True)
class Tables:
    """What a scan of requests reads.

    Parameters
    ----------
    connection
        The ibis backend that holds the tables.
    rows, memberships, qualified
        The log's tables; the last two may be None.
    log
        The log.
    groups
        The groups of an attribute or of an intersection.
    declared
        An attribute's groups where they are known without looking at the rows.
    """

    connection: Any
    rows: Any
    memberships: Any
    qualified: Any
    log: Log
    groups: Callable[[str], tuple[str, ...]]
    declared: Callable[[str], tuple[str, ...] | None]


def scan_requests(
    tables: Tables, measures: Sequence[RequestMeasure], chunk_rows: int
) -> list[Cells | DataError]:
    """Return the cells of ranking measures, or the error of each that has one."""
    found: dict[int, Cells | DataError] = {}
    for together in dict.fromkeys(measure.together for measure in measures):
        places = [i for i, measure in enumerate(measures) if measure.together == together]
        cells = _tried(tables, [measures[i] for i in places], chunk_rows)
        found |= dict(zip(places, cells, strict=True))
    return [found[i] for i in range(len(measures))]


def batches(tables: Tables, measure: RequestMeasure, chunk_rows: int) -> Iterator[RankedBatch]:
    """Yield the log as the batches of whole requests that a measure reads."""
    with _opened(tables, [measure]) as scan:
        for chunk in scan.chunks(chunk_rows):
            yield scan.batch(chunk, measure)


def _tried(
    tables: Tables, measures: Sequence[RequestMeasure], chunk_rows: int
) -> Sequence[Cells | DataError]:
    """Scan once; where that meets an error, once for each kind of measure, to say whose it is."""
    try:
        return _scanned(tables, measures, chunk_rows)
    except RowsError as error:
        return [error for _ in measures]
    except DataError as error:
        kinds = [(measure.attribute, measure.requests_by, measure.unit) for measure in measures]
        if len(set(kinds)) == 1:
            return [error for _ in measures]
    found: dict[int, Cells | DataError] = {}
    for kind in dict.fromkeys(kinds):
        places = [i for i, each in enumerate(kinds) if each == kind]
        cells = _tried(tables, [measures[i] for i in places], chunk_rows)
        found |= dict(zip(places, cells, strict=True))
    return [found[i] for i in range(len(measures))]


def _scanned(
    tables: Tables, measures: Sequence[RequestMeasure], chunk_rows: int
) -> list[Cells | DataError]:
    groups = [() if m.attribute is None else tables.groups(m.attribute) for m in measures]
    with _opened(tables, measures) as scan:
        found: list[Cells | DataError] = [
            Cells.empty(m.components(g), scan.slices[m.requests_by][0])
            for m, g in zip(measures, groups, strict=True)
        ]
        for chunk in scan.chunks(chunk_rows):
            made: dict[int, tuple[Floats, dict[Any, Cells]]] = {}
            for i, measure in enumerate(measures):
                before = found[i]
                if isinstance(before, Cells):
                    found[i] = _added(before, scan, chunk, measure, made)
    return [
        replace(cells, groups=g) if isinstance(cells, Cells) else cells
        for cells, g in zip(found, groups, strict=True)
    ]


def _added(
    before: Cells,
    scan: _Scan,
    chunk: _Chunk,
    measure: RequestMeasure,
    made: dict[int, tuple[Floats, dict[Any, Cells]]],
) -> Cells | DataError:
    """Return the cells with a chunk's; measures of the very same values share the counting."""
    try:
        values = measure.reduce(scan.batch(chunk, measure))
    except DataError as error:
        return error
    shape = (len(chunk.offsets) - 1, len(before.components))
    if values.shape != shape:
        return DataError(
            f"{measure} gave values of shape {values.shape} for {shape[0]} requests and "
            f"{shape[1]} components."
        )
    _, cells = made.setdefault(id(values), (values, {}))
    key = (measure.unit, measure.requests_by, before.components)
    if key not in cells:
        cells[key] = scan.cells(chunk, measure, before.components, values)
    return before.merge(cells[key])


@dataclass(frozen=True)
class _Chunk:
    """Some whole lists of a scan, whose numbers start at `first`."""

    table: pa.Table
    offsets: Places
    first: int
    position: Places
    rankings: Places | None
    batches: dict[str | None, RankedBatch] = field(default_factory=dict)


@contextmanager
def _opened(tables: Tables, measures: Sequence[RequestMeasure]) -> Iterator[_Scan]:
    scan = _Scan(tables, measures)
    try:
        scan.number()
        yield scan
    except duckdb.Error as error:
        said = str(error).splitlines()[0].rstrip(".")
        raise DataError(f"The log's requests can't be read: {said}.") from error
    finally:
        scan.close()


class _Scan:
    """One pass over the rows for measures that look at the same lists."""

    def __init__(self, tables: Tables, measures: Sequence[RequestMeasure]) -> None:
        self.tables, self.measures = tables, measures
        self.together = measures[0].together
        self.key = self.together or "request_id"
        self.clusters = {m.unit: self._cluster(m.unit) for m in measures}
        self.attributes: dict[str, AttributeTable] = {}
        self.buckets: dict[SamplingUnit, npt.NDArray[np.int16]] = {}
        self.slices: dict[str | None, tuple[tuple[str, ...], Places]] = {}
        self.qualified: dict[str, QualifiedTable] = {}
        self.weights: Floats | None = None

    def number(self) -> None:
        """Give the lists numbers, in a table of the connection, and read what is known of each."""
        import ibis

        rows, weight = self.tables.rows, self.tables.log.weight
        parts = [p for m in self.measures if m.requests_by for p in parts_of(m.requests_by)]
        clusters = dict.fromkeys(c for c in self.clusters.values() if c != self.key)
        names = {f"cluster{i}": column for i, column in enumerate(clusters)}
        taken = {name: rows[column].cast("string") for name, column in names.items()}
        for i, part in enumerate(dict.fromkeys(parts)):
            names[f"slice{i}"] = part
            taken[f"slice{i}"] = rows[part].cast("string").fill_null(UNKNOWN)
        if weight is not None:
            names["weight"] = weight
            taken["weight"] = rows[weight].cast("float64")
        table = rows.select(key=rows[self.key], **taken)
        sums = {"size": table.count()}
        for name in taken:
            sums[name], sums[f"{name}_most"] = table[name].min(), table[name].max()
            sums[f"{name}_nulls"] = table[name].isnull().sum()
        lists = table.group_by("key").aggregate(**sums)
        number = ibis.row_number().over(ibis.window(order_by="key")).cast("int32")
        lists = lists.mutate(number=number, digits=bucket_digits(lists.key.cast("string")))
        query = self.tables.connection.compile(lists)
        self.tables.connection.con.execute(f"CREATE OR REPLACE TEMP TABLE {_LISTS} AS {query}")
        self._check_told(names)
        self._read_facts(names)

    def close(self) -> None:
        """Drop what was put into the connection."""
        self.tables.connection.con.execute(f"DROP TABLE IF EXISTS {_LISTS}")
        for i, attribute in enumerate(self.attributes.values()):
            if not attribute.closed:
                self.tables.connection.con.unregister(f"{_ITEMS}{i}")

    def chunks(self, rows: int) -> Iterator[_Chunk]:
        """Yield the rows in chunks of whole lists, in the order of their numbers."""
        kinds = self.tables.rows.schema()
        if any(kinds[column].is_array() for m in self.measures for column in m.columns):
            rows = max(1, rows // _NUMBERS_PER_VECTOR)
        query = self.tables.connection.compile(self._ordered())
        reader = self.tables.connection.con.execute(query).to_arrow_reader(rows)
        first = 0
        for table, offsets in whole_requests(reader, _NUMBER):
            starts, rankings = offsets[:-1], None
            if self.together:
                starts = np.union1d(starts, changes(table["request_id"]))
                rankings = np.zeros(table.num_rows, np.int64)
                rankings[starts[1:]] = 1
                rankings = rankings.cumsum()
            try:
                position = positions(table, starts)
            except TwiceError as error:
                request = (
                    str(table["request_id"][error.row].as_py())
                    if self.together
                    else self._request(int(table[_NUMBER][error.row].as_py()))
                )
                raise TwiceError(error.row, error.position, request) from None
            yield _Chunk(table, offsets, first, position, rankings)
            first += len(offsets) - 1

    def batch(self, chunk: _Chunk, measure: RequestMeasure) -> RankedBatch:
        """Return a chunk's batch for a measure; measures of one attribute share it."""
        by, log = measure.attribute, self.tables.log
        if by not in chunk.batches:
            numbers = np.arange(chunk.first, chunk.first + len(chunk.offsets) - 1)
            members = None
            if by is not None:
                parts = parts_of(by)
                members = intersected(
                    [self.attributes[part].of(self._places(chunk, part)) for part in parts]
                )
            columns = dict.fromkeys(
                c for m in self.measures if m.attribute == by for c in m.columns
            )
            chunk.batches[by] = batch_of(
                chunk.offsets,
                self.buckets[measure.unit][numbers],
                {name: column_of(chunk.table, name) for name in columns},
                members,
                position=chunk.position,
                candidates=(self.qualified[by], numbers) if by in self.qualified else None,
                targets=log.targets,
                rankings=chunk.rankings,
            )
        return chunk.batches[by]

    def cells(
        self, chunk: _Chunk, measure: RequestMeasure, components: Sequence[str], values: Floats
    ) -> Cells:
        """Return the cells of a chunk's values."""
        numbers = slice(chunk.first, chunk.first + len(values))
        labels, places = self.slices[measure.requests_by]
        weights = None
        if self.weights is not None:
            weights = np.broadcast_to(self.weights[numbers, None], values.shape)
        return Cells.from_rows(
            components,
            self.buckets[measure.unit][numbers],
            values,
            weights,
            slices=labels,
            slice_of=places[numbers],
        )

    def _cluster(self, unit: SamplingUnit) -> str:
        counted = unit in (SamplingUnit.REQUEST, SamplingUnit.CENSUS) or self.together
        return self.key if counted else CLUSTER_COLUMN[unit]

    def _read(self, expression: Any) -> pa.Table:
        return expression.to_pyarrow()

    def _check_told(self, names: dict[str, str]) -> None:
        """Raise `DataError` where rows name no list, or a list is told two things at once.

        `names` has the column of the rows behind each column of the lists.
        """
        lists = self.tables.connection.table(_LISTS)
        nameless = self._read(lists.filter(lists.key.isnull()).select("size"))
        if nameless.num_rows:
            raise RowsError(
                f"{nameless['size'][0].as_py()} rows of the log lack a {self.key}; give each one."
            )
        for name, column in names.items():
            nulls = self._read(lists.aggregate(n=lists[f"{name}_nulls"].sum()))["n"][0].as_py()
            if nulls:
                raise DataError(f"{nulls} rows of the log lack a {column}; give each one.")
            two = lists.filter(lists[name] != lists[f"{name}_most"])
            found = self._read(two.aggregate(n=two.count(), example=two.key.cast("string").min()))
            if found["n"][0].as_py():
                raise DataError(
                    f"{found['n'][0].as_py()} requests, such as {found['example'][0].as_py()!r}, "
                    f"have rows with different values of {column!r}; a request has one."
                )

    def _read_facts(self, names: dict[str, str]) -> None:
        lists = self.tables.connection.table(_LISTS).order_by("number")
        of_cluster = {c: name for name, c in names.items() if name.startswith("cluster")}
        of_part = {part: name for name, part in names.items() if name.startswith("slice")}
        for unit, column in self.clusters.items():
            digits = lists.digits
            if column != self.key:
                digits = bucket_digits(lists[of_cluster[column]])
            table = self._read(lists.select(bucket=bucket_from_digits(digits)))
            self.buckets[unit] = table["bucket"].to_numpy().astype(np.int16)
        self.slices[None] = ((OVERALL,), np.zeros(len(next(iter(self.buckets.values()))), np.int64))
        for by in {m.requests_by for m in self.measures} - {None}:
            self.slices[by] = self._slices(str(by), [of_part[part] for part in parts_of(str(by))])
        if "weight" in names:
            self.weights = self._read(lists.select("weight"))["weight"].to_numpy()
            if not (np.isfinite(self.weights) & (self.weights >= 0)).all():
                raise DataError("The log's weights must be finite numbers from 0.")
        for by in {m.attribute for m in self.measures} - {None}:
            for part in parts_of(str(by)):
                if part not in self.attributes:
                    self.attributes[part] = self._attribute(part)
            if self.tables.qualified is not None and not self.together:
                self.qualified[str(by)] = self._candidates(str(by))

    def _slices(self, by: str, columns: list[str]) -> tuple[tuple[str, ...], Places]:
        """Return the slices of the lists, and each list's place among them."""
        lists = self.tables.connection.table(_LISTS).order_by("number")
        table = self._read(lists.select(**{f"group{i}": lists[c] for i, c in enumerate(columns)}))
        code = np.zeros(table.num_rows, np.int64)
        for name in table.column_names:
            texts = pa.concat_arrays(table[name].chunks).dictionary_encode()
            code = code * len(texts.dictionary) + texts.indices.to_numpy()
        _, first, place = np.unique(code, return_index=True, return_inverse=True)
        declared = {part: self.tables.declared(part) for part in parts_of(by)}
        scan = GroupScan(by, SamplingUnit.REQUEST, ())
        labels, of_each = slices_of(scan, table.take(first), declared)
        return labels, of_each[place]

    def _attribute(self, part: str) -> AttributeTable:
        """Return an attribute's table; its items stand in the connection with their rows of it."""
        groups = self.tables.groups(part)
        if part in self.tables.rows.columns:
            return AttributeTable.from_groups(groups)
        table = AttributeTable.read(self.tables.memberships, part, groups)
        name = f"{_ITEMS}{len(self.attributes)}"
        rows = np.arange(len(table.ids), dtype=np.int32)
        items = pa.table({"item": pa.array(table.ids, pa.string()), "row": rows})
        self.tables.connection.con.register(name, items)
        return table

    def _candidates(self, by: str) -> QualifiedTable:
        lists, qualified = self.tables.connection.table(_LISTS), self.tables.qualified
        rows = qualified.filter(qualified.attribute == by)
        rows = rows.select("group", "share", request=rows.request_id.cast("string"))
        lists = lists.select("number", key=lists.key.cast("string"))
        table = self._read(rows.inner_join(lists, rows.request == lists.key))
        numbers = table["number"].to_numpy()
        return QualifiedTable.from_rows(numbers, table, by, self.tables.groups(by))

    def _ordered(self) -> Any:
        """Return the expression of all rows, list by list, with the places of their groups."""
        rows, con = self.tables.rows, self.tables.connection
        taken = {c: rows[c] for m in self.measures for c in m.columns}
        taken |= {"position": rows.position, "key_": rows[self.key]}
        order = [_NUMBER, "position"]
        if self.together:
            taken["request_id"] = rows.request_id
            order.insert(1, "request_id")
        for i, (part, attribute) in enumerate(self.attributes.items()):
            if attribute.closed:
                taken[f"place{i}_"] = _place(rows[part].cast("string"), attribute.groups)
            else:
                taken["item_"] = rows.item_id.cast("string")
        table = rows.select(**taken)
        for i, attribute in enumerate(self.attributes.values()):
            if not attribute.closed:
                items = con.table(f"{_ITEMS}{i}")
                items = items.select(**{f"item{i}_": items.item, f"place{i}_": items.row})
                table = table.left_join(items, table.item_ == items[f"item{i}_"])
        lists = con.table(_LISTS).select(**{"list_": "key", _NUMBER: "number"})
        table = table.inner_join(lists, table.key_ == lists.list_)
        places = [f"place{i}_" for i in range(len(self.attributes))]
        given = [name for name in taken if name not in ("key_", "item_", *places)]
        return table.select(_NUMBER, *given, *places).order_by(*order)

    def _places(self, chunk: _Chunk, part: str) -> Places:
        """Return the rows of an attribute's table that a chunk's rows are of."""
        column = chunk.table[f"place{list(self.attributes).index(part)}_"].fill_null(-1)
        places = column.to_numpy().astype(np.int64)
        if self.attributes[part].closed and len(places) and places.min() < 0:
            found = self._read(self.tables.rows.select(part).distinct())[part].cast(pa.string())
            known = set(self.attributes[part].groups)
            refuse_undeclared(part, [g for g in found.to_pylist() if g not in known and g])
        return np.asarray(places)

    def _request(self, number: int) -> str:
        lists = self.tables.connection.table(_LISTS)
        found = self._read(lists.filter(lists.number == number).select("key"))
        return str(found["key"][0].as_py())


def _place(text: Any, groups: tuple[str, ...]) -> Any:
    """Return the ibis expression of a group's place: the last for ``unknown``, -1 for others."""
    import ibis

    known = text.cases(*((name, i) for i, name in enumerate((*groups, UNKNOWN))), else_=-1)
    return ibis.ifelse(text.isnull(), len(groups), known).cast("int32")
