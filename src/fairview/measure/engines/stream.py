"""The engine for a log that never ends: it is updated with batches, and its state adds up.

Whole requests: a request's rows may be cut by the end of a batch, and only there. The last
request of a batch is held, uncounted, until a batch brings another request or `finish` is called;
a request that comes back after that is refused, because its figures stand already.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from fairview.core.errors import DataError, MissingError, UsageError
from fairview.core.ranges import RANGES
from fairview.measure.cells import Cells
from fairview.measure.engines import Engine, GroupScan, Scanned, scan_of
from fairview.measure.engines.duckdb import DuckDBEngine
from fairview.measure.engines.frames import arrow_table
from fairview.measure.engines.stream_batches import (
    REQUEST,
    Hashes,
    candidates_of,
    cut,
    hashes,
    joined,
    of_request,
    packed,
    refuse_again,
    unpacked,
)
from fairview.measure.entities import EntityTotals
from fairview.measure.estimation import Reduced
from fairview.measure.log import Log
from fairview.measure.measure import (
    EntityMeasure,
    GroupCellsMeasure,
    Measure,
    Reduction,
    RequestMeasure,
    parse_measure,
)
from fairview.measure.persistence import Saved, load_reduced, merge_reduced, save_reduced
from fairview.measure.slices import JOIN, check_groups, parts_of

if TYPE_CHECKING:
    from fairview.measure.log import Source
    from fairview.measure.slices import Band
    from fairview.measure.targets import Target

_WAITING = ("held", "candidates")


@dataclass(frozen=True)
class Surroundings:
    """What stands beside the rows of a log that arrives in batches; the fields are `Log`'s own."""

    memberships: Source | None = None
    entities: Source | None = None
    groups: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    targets: Mapping[str, Target] = field(default_factory=dict)
    only: str | None = None
    bands: Mapping[str, Band] = field(default_factory=dict)
    weight: str | None = None


@dataclass(frozen=True)
class _State:
    """What has been counted, and what waits: a request's rows, and its qualified candidates."""

    reduced: dict[str, Reduced] = field(default_factory=dict)
    held: pa.Table | None = None
    candidates: pa.Table | None = None
    closed: Hashes = field(default_factory=lambda: np.zeros(0, np.uint64))
    columns: tuple[str, ...] = ()
    rows: int = 0


class StreamEngine(Engine):
    """Follows some measures over batches of a log.

    Parameters
    ----------
    measures
        What is followed; other measures can't be read from the state.
    beside
        Memberships, groups and targets. A ranking measure by a column of the rows needs that
        column's groups declared, because a batch needn't hold all of them.

    Examples
    --------
    >>> stream = StreamEngine([parse_measure("ActionRate(by='sex')")])
    >>> for click in ([1, 0], [1, 1]):
    ...     stream.update(pa.table({"cluster_id": ["p", "q"], "sex": ["f", "m"], "click": click}))
    >>> cells = stream.group_cells(parse_measure("ActionRate(by='sex')"))
    >>> dict(zip(cells.slices, cells.totals.sum(axis=0)[:, 0].tolist()))
    {'f': 2.0, 'm': 1.0, 'unknown': 0.0}
    """

    name: ClassVar[str] = "stream"
    reductions: ClassVar[frozenset[Reduction]] = frozenset(Reduction)

    def __init__(self, measures: Sequence[Measure], beside: Surroundings | None = None) -> None:
        if not measures:
            raise UsageError("A stream follows at least one measure; name some.")
        self.measures = tuple(measures)
        for measure in measures:
            self.require(measure)
        self._parts = tuple(dict.fromkeys(part for m in measures for part in m.rests_on))
        self.beside = beside or Surroundings()
        self.cursor = ""
        self._state = _State()

    @classmethod
    def can(cls, measure: Measure) -> bool:
        """Return whether a stream can follow a measure: not where batches cut what it looks at.

        The rankings of one query that are looked at together come in any number of batches.
        """
        parts = [part for part in measure.rests_on if isinstance(part, RequestMeasure)]
        return super().can(measure) and all(part.together is None for part in parts)

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns of the batches; none before the first."""
        return self._state.columns

    @property
    def rows(self) -> int:
        """How many rows are counted."""
        return self._state.rows

    @property
    def held(self) -> pa.Table | None:
        """The rows of the request that may go on in the next batch; they aren't counted yet."""
        return self._state.held

    def update(self, rows: Any, qualified: Any = None, *, cursor: str = "") -> None:
        """Count a batch; one that is refused changes nothing.

        Parameters
        ----------
        rows
            An Arrow table or record batch, a pandas or Polars frame, or a DuckDB relation. A few
            tens of thousands of rows cost little more than one.
        qualified
            The qualified candidates of the batch's requests, as in `Log`; those of the request
            that is held are held with it.
        cursor
            Where the source stands after this batch. It is saved in the same file as the
            counts, so a process that was killed goes on from it and counts nothing twice.

        Raises
        ------
        DataError
            Where a request comes back that is counted already, or the rows can't be measured.
        """
        table = arrow_table(rows)
        if self._state.held is not None:
            table = joined(self._state.held, table)
        whole, held = cut(table) if self._ranks(table) else (table, None)
        given = candidates_of(self._state.candidates, qualified)
        kept = None if given is None or held is None else of_request(given, held[REQUEST][0])
        self._state = replace(self._counted(whole, given), held=held, candidates=kept)
        self.cursor = cursor or self.cursor

    def finish(self) -> None:
        """Count the request that is held: no more rows of it will come."""
        state = self._state
        if state.held is not None:
            self._state = self._counted(state.held, state.candidates)

    def drop_held(self) -> pa.Table | None:
        """Return the held rows and forget them: the way out where they can't be measured."""
        held = self._state.held
        self._state = replace(self._state, held=None, candidates=None)
        return held

    def merge(self, other: StreamEngine) -> None:
        """Add what another process has counted.

        Raises
        ------
        DataError
            Where either holds an unfinished request, both have counted the same request, or
            they follow other measures or groups.
        """
        if self._state.held is not None or other._state.held is not None:
            raise DataError("A stream with an unfinished request can't be added; finish it first.")
        if {*self.measures} != {*other.measures}:
            raise DataError("The two streams follow different measures; follow the same in both.")
        if dict(self.beside.groups) != dict(other.beside.groups):
            raise DataError("The two streams declare different groups; declare the same in both.")
        refuse_again(self._state.closed, other._state.closed)
        parts = [part for part in (self._state.reduced, other._state.reduced) if part]
        self._state = _State(
            merge_reduced(parts),
            closed=np.union1d(self._state.closed, other._state.closed),
            columns=self.columns or other.columns,
            rows=self.rows + other.rows,
        )

    def save(self, path: Path) -> None:
        """Write the state, the held request and the cursor: all of it or nothing."""
        arrays: dict[str, npt.NDArray[Any]] = {"closed": self._state.closed}
        for name in _WAITING:
            table = getattr(self._state, name)
            if table is not None:
                arrays[name] = packed(table)
        about = {
            "measures": [measure.identity for measure in self.measures],
            "groups": {name: list(groups) for name, groups in self.beside.groups.items()},
            "columns": list(self.columns),
            "rows": self.rows,
            "cursor": self.cursor,
        }
        save_reduced(path, Saved(self._state.reduced, about, arrays))

    @classmethod
    def load(cls, path: Path, beside: Surroundings | None = None) -> StreamEngine:
        """Return the stream that was saved; memberships and targets are given again.

        Raises
        ------
        MissingError
            Where there is no such file.
        DataError
            Where it is damaged, or other groups are declared now.
        """
        saved = load_reduced(path)
        about = saved.about
        if "cursor" not in about:
            raise DataError(f"{path} holds a reduced log, but not the state of a stream.")
        groups = {name: tuple(names) for name, names in about["groups"].items()}
        around = beside or Surroundings(groups=groups)
        if dict(around.groups) != groups:
            raise DataError(f"{path} was made with other groups; declare the same, in one order.")
        stream = cls([parse_measure(name) for name in about["measures"]], around)
        waiting = {n: unpacked(saved.arrays[n]) for n in _WAITING if n in saved.arrays}
        stream.cursor = about["cursor"]
        stream._state = _State(
            saved.reduced,
            closed=saved.arrays["closed"],
            columns=tuple(about["columns"]),
            rows=about["rows"],
            **waiting,
        )
        return stream

    def check(self, measure: Measure) -> None:
        """Raise where the measure isn't followed, or nothing has been counted."""
        self._read(measure)

    def group_scan(self, scan: GroupScan) -> Scanned:
        """Return the cells of one pass of reduction 1 so far."""
        found: Cells | None = None
        for measure in self._parts:
            if not isinstance(measure, GroupCellsMeasure):
                continue
            own = scan_of([measure])
            if replace(own, components=()) == replace(scan, components=()):
                names = {*scan.names} & {*own.names}
                names -= {*(() if found is None else found.components)}
                cells = self._cells(measure).select(sorted(names))
                found = cells if found is None else found.merge(cells)
        if found is None or {*scan.names} - {*found.components}:
            raise UsageError(f"This stream follows no measure that counts this by {scan.by!r}.")
        none_astray = {component.name: 0 for component in scan.components}
        return Scanned(found.select(scan.names), none_astray)

    def request_cells(self, measure: RequestMeasure) -> Cells:
        """Return the cells of reduction 2 so far, without the request that is held."""
        return self._cells(measure)

    def entity_totals(self, measure: EntityMeasure) -> EntityTotals:
        """Return the totals of reduction 3 so far."""
        found = self._read(measure)
        if not isinstance(found, EntityTotals):
            raise TypeError(f"{measure} was reduced to {type(found).__name__}")
        return found

    def _cells(self, measure: Measure) -> Cells:
        found = self._read(measure)
        if not isinstance(found, Cells):
            raise TypeError(f"{measure} was reduced to {type(found).__name__}")
        return found

    def _read(self, measure: Measure) -> Reduced:
        if measure not in self._parts:
            followed = ", ".join(str(each) for each in self.measures)
            raise UsageError(f"This stream doesn't follow {measure}; it follows {followed}.")
        if measure.identity not in self._state.reduced:
            raise MissingError("Nothing is counted yet; update the stream with a batch.")
        return self._state.reduced[measure.identity]

    def _ranks(self, table: pa.Table) -> bool:
        ranked = any(isinstance(m, RequestMeasure) or REQUEST in m.columns for m in self._parts)
        return ranked and REQUEST in table.column_names

    def _counted(self, table: pa.Table, qualified: pa.Table | None) -> _State:
        """Return the state with these rows of whole requests in it."""
        state = self._state
        self._check_declared(table)
        closed = state.closed
        if self._ranks(table):
            arrived = hashes(table[REQUEST])
            refuse_again(closed, arrived)
            closed = np.union1d(closed, arrived)
        reduced = state.reduced
        if table.num_rows:
            around = {name: getattr(self.beside, name) for name in Surroundings.__annotations__}
            engine = DuckDBEngine(Log(rows=table, qualified=qualified, **around))
            part = {}
            for measure, found in zip(self._parts, engine.reduce(self._parts), strict=True):
                if isinstance(found, DataError):
                    raise found
                part[measure.identity] = found
            reduced = merge_reduced([reduced, part] if reduced else [part])
            self._check_names(reduced)
        columns = state.columns or tuple(table.column_names)
        rows = state.rows + table.num_rows
        return _State(reduced, closed=closed, columns=columns, rows=rows)

    def _check_names(self, reduced: dict[str, Reduced]) -> None:
        """Raise `DataError` where batches write one group in two ways, unless both are declared."""
        for measure in self._parts:
            cells = reduced[measure.identity]
            if isinstance(measure, GroupCellsMeasure) and isinstance(cells, Cells):
                labels = [label.split(JOIN) for label in cells.slices]
                for place, part in enumerate(parts_of(measure.by)):
                    if part not in self.beside.groups:
                        names = tuple(dict.fromkeys(label[place] for label in labels))
                        check_groups(part, names, intersected=False)

    def _check_declared(self, table: pa.Table) -> None:
        known = {*self.beside.groups, *self.beside.bands, *RANGES}
        for measure in self._parts:
            attribute = measure.attribute if isinstance(measure, RequestMeasure) else None
            for by in parts_of(attribute or ""):
                if by in table.column_names and by not in known:
                    raise DataError(
                        f"{measure} needs the groups of {by!r} declared: a batch of a stream "
                        f"needn't hold all of them."
                    )


__all__ = ["StreamEngine", "Surroundings"]
