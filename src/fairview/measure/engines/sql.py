"""What engines that count in SQL share: the log's tables in ibis, and what is asked of them.

Each counts by the same expressions, so their counts are equal; they differ in how a table is
opened, how an expression runs, and how whole requests reach the numpy functions.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable
from dataclasses import replace
from itertools import product
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from fairview.core.errors import DataError
from fairview.core.ranges import RANGES, UNKNOWN
from fairview.measure.components import Share
from fairview.measure.engines import Engine, GroupScan, Scanned
from fairview.measure.engines.assembly import assemble, assemble_products
from fairview.measure.engines.checks import (
    MEMBERSHIP_COLUMNS,
    QUALIFIED_COLUMNS,
    check_columns,
    check_memberships,
    check_numbers,
    check_reduced,
    check_sliceable,
    check_weights,
    check_whole_positions,
)
from fairview.measure.engines.expressions import (
    entity_expression,
    group_scan_expression,
    product_scan_expression,
    with_bands,
)
from fairview.measure.engines.products import Products
from fairview.measure.engines.scans import BOTH_COLUMNS, CLUSTER_COLUMN, NUMBER
from fairview.measure.entities import EntityTotals
from fairview.measure.estimate import OVERALL, SamplingUnit
from fairview.measure.log import Log
from fairview.measure.measure import (
    EntityMeasure,
    GroupCellsMeasure,
    Measure,
    RequestMeasure,
)
from fairview.measure.slices import MAXIMUM_SLICES, check_groups, check_number, label_of, parts_of
from fairview.measure.targets import named_target

R = TypeVar("R")
_LOOKED_AT = 100_000
"""Rows that are looked at for too many groups before all of them are scanned."""


class SQLEngine(Engine):
    """Reduces one log whose tables a SQL engine reads.

    Parameters
    ----------
    log
        The tables to read.
    """

    def __init__(self, log: Log) -> None:
        self.log = log
        self._rows = self._table("rows", log.rows)
        if log.only is not None:
            if log.only not in self._rows.columns:
                raise DataError(f"The log's rows have no column {log.only!r} to choose rows by.")
            self._rows = self._rows.filter(self._rows[log.only])
        for name, column in {**{n: b.column for n, b in log.bands.items()}, "": log.weight}.items():
            if column is not None and column not in self._rows.columns:
                what = f"the band {name!r}" if name else "their weights"
                raise DataError(f"The log's rows have no column {column!r} for {what}.")
        self._rows = with_bands(self._rows, log.bands)
        self._memberships = self._table("memberships", log.memberships)
        self._qualified = self._table("qualified", log.qualified)
        self._entities = self._table("entities", log.entities)
        self._groups: dict[str, tuple[str, ...]] = {}
        self._checked: set[str] = set()
        if self._memberships is not None:
            check_columns(self._memberships, MEMBERSHIP_COLUMNS, "memberships")
        if self._qualified is not None:
            check_columns(self._qualified, QUALIFIED_COLUMNS, "qualified candidates")

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns of the log's rows."""
        return tuple(self._rows.columns)

    def check(self, measure: Measure) -> None:
        """Raise `DataError` where columns, tables or memberships aren't what is needed.

        No row of the log is read, unless an attribute's groups have to be found in a column.
        """
        needed = list(measure.columns)
        if measure.unit is SamplingUnit.BOTH:
            needed += BOTH_COLUMNS
        elif measure.unit in CLUSTER_COLUMN:
            needed.append(CLUSTER_COLUMN[measure.unit])
        elif not isinstance(measure, GroupCellsMeasure):
            raise DataError(
                f"{measure} isn't made of independent rows; its sampling unit may be "
                f"{', '.join(unit.value for unit in CLUSTER_COLUMN)}."
            )
        if isinstance(measure, RequestMeasure):
            needed += self._check_request_measure(measure)
        if isinstance(measure, EntityMeasure) and measure.needs_entities:
            self._check_entities(measure)
        if isinstance(measure, GroupCellsMeasure):
            needed += [column for part in measure.components() for column in part.columns]
            soft = [part for part in parts_of(measure.by) if part not in self._rows.columns]
            needed += ["item_id"] if soft else []
            for part in soft:
                self.groups(part)
        lacking = [name for name in dict.fromkeys(needed) if name not in self._rows.columns]
        if lacking:
            raise DataError(
                f"{measure} needs the column{'s' * (len(lacking) > 1)} {', '.join(lacking)} in the "
                f"log's rows, which have {', '.join(self._rows.columns)}."
            )
        for by in _sliced_by(measure):
            check_sliceable(by, self._rows)
        if isinstance(measure, GroupCellsMeasure):
            check_numbers(measure, self._rows)
        if "position" in needed:
            check_whole_positions(self._rows)

    def _check_request_measure(self, measure: RequestMeasure) -> list[str]:
        """Return the columns that a ranking measure needs beside its own."""
        if measure.unit is SamplingUnit.ITEM or (
            measure.together and measure.unit is SamplingUnit.PERSON
        ):
            kind = "queries" if measure.together else "requests"
            raise DataError(
                f"{measure} is made of whole {kind}, so its sampling unit can't be "
                f"{measure.unit.value!r}; use 'request'."
            )
        needed = ["request_id", "position", *parts_of(measure.requests_by or "")]
        needed += [measure.together] if measure.together else []
        if measure.attribute is not None:
            soft = [p for p in parts_of(measure.attribute) if p not in self._rows.columns]
            needed += ["item_id"] if soft else []
            check_number(measure.attribute, len(self.groups(measure.attribute)))
        self._check_targets(measure)
        return needed

    def _check_entities(self, measure: EntityMeasure) -> None:
        if self._entities is None or measure.entity not in self._entities.columns:
            raise DataError(
                f"{measure} needs to know everything that could have been shown; give the log a "
                f"table of entities with the column {measure.entity!r}."
            )

    def _check_targets(self, measure: RequestMeasure) -> None:
        for name in measure.targets:
            target = named_target(name, self.log.targets)
            if target.per_request and self._qualified is None:
                raise DataError(
                    f"{measure} needs each request's qualified candidates, and the log has none; "
                    f"log candidates, or use the target 'uniform'."
                )
            if not target.per_request and measure.attribute is not None:
                target.resolve(self.groups(measure.attribute))

    def groups(self, attribute: str) -> tuple[str, ...]:
        """Return the groups of an attribute, in order and without ``unknown``."""
        if attribute not in self._groups:
            parts = parts_of(attribute)
            if len(parts) > 1:
                groups = tuple(label_of(g) for g in product(*(self.groups(p) for p in parts)))
            else:
                groups = self._find_groups(attribute)
            if OVERALL in groups:
                raise DataError(f"{attribute!r} has a group named {OVERALL!r}; rename it.")
            self._groups[attribute] = groups
        return self._groups[attribute]

    def _find_groups(self, attribute: str) -> tuple[str, ...]:
        if attribute not in self._rows.columns and self._memberships is not None:
            self._check_memberships(attribute)
        if self.log.groups and attribute in self.log.groups:
            return tuple(self.log.groups[attribute])
        if attribute in RANGES and attribute not in self._rows.columns:
            if self._memberships is None:
                raise DataError(f"The log has no memberships, so {attribute!r} can't be sliced by.")
            return RANGES[attribute].names
        if attribute in self._rows.columns:
            found = self._rows.select(group=self._rows[attribute].cast("string"))
        elif self._memberships is not None:
            table = self._memberships
            found = table.filter(table.attribute == attribute).select("group")
        else:
            raise DataError(
                f"The log has neither a column nor memberships named {attribute!r}; its rows have "
                f"{', '.join(self._rows.columns)}."
            )
        names = found.distinct().to_pandas()["group"].dropna()
        groups = tuple(sorted(str(name) for name in names if name != UNKNOWN))
        check_groups(attribute, groups, intersected=False)
        if not groups:
            raise DataError(f"The attribute {attribute!r} has no group in the log.")
        return groups

    def _check_memberships(self, attribute: str) -> None:
        known = self._memberships.attribute == attribute
        if attribute in (self.log.groups or {}) or attribute in RANGES or known.any().execute():
            check_memberships(self._memberships, attribute)

    def group_scan(self, scan: GroupScan) -> Scanned:
        """Return the cells of one pass of reduction 1, counted in SQL."""
        soft = [part for part in scan.parts if part not in self._rows.columns]
        weighted = bool(soft) or self.log.weight is not None
        if scan.unit is SamplingUnit.ROW and weighted:
            scan = replace(scan, scattered=True)
        self._check_cardinality(scan)
        rows = self._numbered() if scan.unit is SamplingUnit.ROW and scan.scattered else self._rows
        members = self._memberships if soft else None
        groups = {part: self._declared(part) for part in scan.parts}
        what = f"The scan by {scan.by!r}"
        if all(isinstance(part, Share) for part in scan.components):
            products = Products.of(scan.components)
            expression = product_scan_expression(
                scan, products, rows, members, weight=self.log.weight
            )
            table = self._read(what, expression)
            check_weights(table)
            if not pc.sum(table["flaws"]).as_py():
                return assemble_products(scan, products, table, groups)
        expression = group_scan_expression(scan, rows, members, weight=self.log.weight)
        table = self._read(what, expression)
        check_weights(table)
        return assemble(scan, table, groups)

    def _declared(self, part: str) -> tuple[str, ...] | None:
        """Return an attribute's groups where they are known without looking at the rows."""
        if part in (self.log.groups or {}) or part not in self._rows.columns:
            return self.groups(part)
        return self.log.bands[part].names if part in self.log.bands else None

    def _check_cardinality(self, scan: GroupScan) -> None:
        """Raise `DataError` where the first rows alone have more groups than can be sliced by."""
        hard = [part for part in scan.parts if part in self._rows.columns]
        if hard:
            first = self._rows.select(*hard).limit(_LOOKED_AT)
            distinct = first.distinct().limit(MAXIMUM_SLICES + 1).count()
            check_number(scan.by, int(self._read(scan.by, distinct.as_table())[0][0].as_py()))

    def entity_totals(self, measure: EntityMeasure) -> EntityTotals:
        """Return the totals of reduction 3, summed in SQL."""
        table = self._read(measure, entity_expression(measure, self._rows, weight=self.log.weight))
        check_weights(table)
        check_reduced(measure, table, ("bucket", "entity"))
        universe = None
        if self._entities is not None and measure.entity in self._entities.columns:
            names = self._entities.select(measure.entity).distinct().to_pyarrow()[measure.entity]
            universe = _strings(names.to_numpy(zero_copy_only=False))
        return EntityTotals.from_rows(
            _strings(table["entity"].to_numpy(zero_copy_only=False)),
            table["bucket"].to_numpy().astype(np.int16),
            table["total"].to_numpy().astype(np.float64),
            universe=universe,
            n=int(table["n"].to_numpy().sum()),
        )

    def _numbered(self) -> Any:
        """Return the rows with their numbers, by which independent rows are scattered."""
        import ibis

        return self._rows.mutate(**{NUMBER: ibis.row_number()})

    @abstractmethod
    def _open(self, name: str, source: Any) -> Any:
        """Return the ibis table of a source that isn't None."""

    @abstractmethod
    def _run(self, expression: Any) -> pa.Table:
        """Return what an ibis expression gives."""

    @abstractmethod
    def _said(self, error: Exception) -> str | None:
        """Return what the engine's error says, in a line; None where it is no error of data."""

    def _read(self, measure: Measure | str, expression: Any) -> pa.Table:
        return self._tried(
            f"{measure} can't be computed from the log's rows", lambda: self._run(expression)
        )

    def _table(self, name: str, source: Any) -> Any:
        if source is None:
            return None
        return self._tried(f"The log's {name} can't be read", lambda: self._open(name, source))

    def _tried(self, what: str, call: Callable[[], R]) -> R:
        try:
            return call()
        except Exception as error:
            said = self._said(error)
            if said is None:
                raise
            raise DataError(f"{what}: {said}.") from error


def _sliced_by(measure: Measure) -> tuple[str, ...]:
    """Return what a measure slices by, rows and requests alike."""
    if isinstance(measure, GroupCellsMeasure):
        return (measure.by,)
    if isinstance(measure, RequestMeasure):
        return tuple(by for by in (measure.attribute, measure.requests_by) if by)
    return ()


def _strings(values: npt.NDArray[Any]) -> npt.NDArray[np.str_]:
    return values.astype(np.str_)


__all__ = ["SQLEngine"]
