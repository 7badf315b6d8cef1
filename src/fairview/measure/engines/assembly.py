"""From the table that a scan counted to cells: the same for every SQL engine."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from fairview.core.errors import DataError
from fairview.core.ranges import UNKNOWN
from fairview.measure.cells import Cells
from fairview.measure.engines import Scanned
from fairview.measure.engines.products import Products
from fairview.measure.engines.scans import GroupScan
from fairview.measure.estimate import OVERALL, SamplingUnit
from fairview.measure.slices import check_groups, check_number, label_of

if TYPE_CHECKING:
    import pyarrow as pa


def assemble(
    scan: GroupScan, table: pa.Table, declared: Mapping[str, tuple[str, ...] | None]
) -> Scanned:
    """Return the cells of a scan's table (see `group_scan_expression`).

    Parameters
    ----------
    scan
        What was counted.
    table
        A row per slice and bucket.
    declared
        Attribute to its groups, None where they are those that the rows name.

    Raises
    ------
    DataError
        Where rows have no cluster, a group isn't declared, groups differ only in case, or there
        are too many slices.
    """
    axes = _Axes.of(scan, table, declared)
    parts = [
        np.stack([_floats(table, f"{what}{i}") for i in range(len(scan.components))], axis=1)
        for what in ("weight", "mean", "m2", "excluded")
    ]
    astray = [int(_floats(table, f"astray{i}").sum()) for i in range(len(scan.components))]
    return axes.scanned(scan, parts, astray)


def assemble_products(
    scan: GroupScan,
    products: Products,
    table: pa.Table,
    declared: Mapping[str, tuple[str, ...] | None],
) -> Scanned:
    """Return the cells of a scan's table of sums (see `product_scan_expression`).

    Parameters and errors are those of `assemble`.
    """
    axes = _Axes.of(scan, table, declared)
    names = [f"product{k}" for k in range(len(products.factors))]
    count, total = products.cells(np.stack([_floats(table, name) for name in names], axis=1))
    mean = np.clip(np.divide(total, count, out=np.zeros_like(total), where=count > 0), 0, 1)
    parts = [count, mean, count * mean * (1 - mean), np.zeros_like(count)]
    return axes.scanned(scan, parts, [0] * len(scan.components))


@dataclass(frozen=True)
class _Axes:
    """Where the rows of a scan's table stand among slices and buckets."""

    slices: tuple[str, ...]
    place: npt.NDArray[np.int64]
    buckets: npt.NDArray[np.int16]
    row: npt.NDArray[np.int64]
    bin: npt.NDArray[np.int64] | None
    outside: int

    @classmethod
    def of(
        cls, scan: GroupScan, table: pa.Table, declared: Mapping[str, tuple[str, ...] | None]
    ) -> _Axes:
        if table["bucket"].null_count:
            raise DataError(
                f"Slicing by {scan.by!r} with the sampling unit {scan.unit.value!r} needs each row "
                f"of the log to name its unit; some have none. Give each one, or leave those rows "
                f"out."
            )
        slices, place = slices_of(scan, table, declared)
        bucket = table["bucket"].to_numpy().astype(np.int64)
        buckets, row = np.unique(bucket, return_inverse=True)
        bins, outside = None, 0
        if scan.bins is not None:
            bins = table["bin"].fill_null(-1).to_numpy().astype(np.int64)
            outside = int(_floats(table, "outside").sum())
        return cls(slices, place, buckets.astype(np.int16), row, bins, outside)

    def scanned(
        self, scan: GroupScan, parts: Sequence[npt.NDArray[Any]], astray: Sequence[int]
    ) -> Scanned:
        """Return n x c counts, means, second moments and excluded weights as cells."""
        components = len(scan.components)
        bins = 1 if scan.bins is None else scan.bins.number
        shape = (len(self.buckets), len(self.slices), bins, components)
        excluded = np.zeros((len(self.slices), components))
        np.add.at(excluded, self.place, parts[3])
        at, known = np.zeros(len(self.row), np.int64), np.ones(len(self.row), bool)
        if self.bin is not None:
            # A row without a score is in no bin, and so none of its components is known.
            at, known = np.maximum(self.bin, 0), self.bin >= 0
            np.add.at(excluded, self.place[~known], parts[0][~known])
        where = (self.row[known], self.place[known], at[known])
        full = [
            whole.reshape(*shape[:2], bins * components)
            for whole in _gathered(shape, where, [part[known] for part in parts[:3]])
        ]
        names, excluded = scan.names, np.tile(excluded, (1, bins))
        cells = Cells(
            self.slices,
            names,
            self.buckets,
            full[0],
            full[1],
            full[2],
            excluded,
            independent=scan.unit is SamplingUnit.ROW and not scan.scattered,
        )
        counted = {part.name: n for part, n in zip(scan.components, astray, strict=True)}
        return Scanned(cells.occupied(), counted, self.outside)


def _gathered(
    shape: tuple[int, ...],
    where: tuple[npt.NDArray[np.int64], ...],
    parts: Sequence[npt.NDArray[Any]],
) -> list[npt.NDArray[Any]]:
    """Return counts, means and second moments in their places; those of one place are merged.

    Rows whose group is null and rows whose group is ``unknown`` stand apart in a table, and are
    one slice.
    """
    flat = np.ravel_multi_index(where, shape[:-1])
    count, total, m2 = np.zeros(shape), np.zeros(shape), np.zeros(shape)
    if len(np.unique(flat)) == len(flat):
        for whole, part in zip((count, total, m2), parts, strict=True):
            whole[where] = part
        return [count, total, m2]
    n, mean, own = parts
    np.add.at(count, where, n)
    np.add.at(total, where, n * mean)
    centre = np.divide(total, count, out=np.zeros(shape), where=count > 0)
    np.add.at(m2, where, own + n * (mean - centre[where]) ** 2)
    return [count, centre, m2]


def slices_of(
    scan: GroupScan, table: pa.Table, declared: Mapping[str, tuple[str, ...] | None]
) -> tuple[tuple[str, ...], npt.NDArray[np.int64]]:
    """Return the slices in order, and each row's place among them.

    One attribute has all its groups and ``unknown``. An intersection has all combinations of
    groups that are declared, and otherwise those that occur.
    """
    if not scan.parts:
        return (OVERALL,), np.zeros(table.num_rows, np.int64)
    columns = [_encoded(table, f"group{i}") for i in range(len(scan.parts))]
    groups = []
    for part, (names, _) in zip(scan.parts, columns, strict=True):
        found = sorted(set(names) - {UNKNOWN})
        own = declared[part]
        if own is None:
            own = tuple(found)
            check_groups(part, own, intersected=len(scan.parts) > 1)
        extra = sorted(set(found) - set(own))
        if extra:
            raise DataError(f"{part!r} has the groups {', '.join(extra)}, not declared.")
        if OVERALL in own:
            raise DataError(f"{part!r} has a group named {OVERALL!r}; rename it.")
        groups.append((*own, UNKNOWN))
    codes = np.stack([code for _, code in columns], axis=1)
    distinct, row = np.unique(codes, axis=0, return_inverse=True)
    met = [
        tuple(names[i] for (names, _), i in zip(columns, places, strict=True))
        for places in distinct
    ]
    every = _wanted(groups, set(met), all(declared[part] is not None for part in scan.parts))
    check_number(scan.by, len(every))
    known = {names: i for i, names in enumerate(every)}
    place = np.array([known[names] for names in met], np.int64)
    return tuple(label_of(names) for names in every), place[row.ravel()]


def _encoded(table: pa.Table, name: str) -> tuple[list[str], npt.NDArray[np.int64]]:
    """Return the names of a column of groups, and each row's place among them; null is unknown."""
    column = table[name].cast("string").fill_null(UNKNOWN).combine_chunks().dictionary_encode()
    return column.dictionary.to_pylist(), column.indices.to_numpy().astype(np.int64)


def _wanted(
    groups: list[tuple[str, ...]], met: set[tuple[str, ...]], declared: bool
) -> list[tuple[str, ...]]:
    if len(groups) == 1:
        return [(name,) for name in groups[0]]
    order = [{name: i for i, name in enumerate(own)} for own in groups]
    if declared:
        met = met | set(product(*(own[:-1] for own in groups)))

    def key(names: tuple[str, ...]) -> tuple[int, ...]:
        places = (own[name] for own, name in zip(order, names, strict=True))
        return (names.count(UNKNOWN), *places)

    return sorted(met, key=key)


def _floats(table: pa.Table, name: str) -> npt.NDArray[Any]:
    values = table[name].to_numpy(zero_copy_only=False).astype(np.float64)
    return np.asarray(np.nan_to_num(values))


__all__ = ["assemble", "assemble_products", "slices_of"]
