"""From the table that a scan counted to cells: the same for every SQL engine."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import product
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from fairview.core.errors import DataError
from fairview.core.ranges import UNKNOWN
from fairview.measure.cells import Cells
from fairview.measure.engines import Scanned
from fairview.measure.engines.scans import GroupScan
from fairview.measure.estimate import OVERALL, SamplingUnit
from fairview.measure.slices import JOIN, check_groups, check_number, label_of

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
    if table["bucket"].null_count:
        raise DataError(
            f"Slicing by {scan.by!r} with the sampling unit {scan.unit.value!r} needs each row of "
            f"the log to name its unit; some have none. Give each one, or leave those rows out."
        )
    slices, place = slices_of(scan, table, declared)
    bucket = table["bucket"].to_numpy().astype(np.int64)
    buckets, row = np.unique(bucket, return_inverse=True)
    shape = (len(buckets), len(slices), len(scan.components))
    parts = {}
    for what in ("weight", "mean", "m2"):
        parts[what] = np.zeros(shape)
        for i in range(shape[2]):
            parts[what][row, place, i] = _floats(table, f"{what}{i}")
    excluded = np.zeros(shape[1:])
    for i in range(shape[2]):
        np.add.at(excluded[:, i], place, _floats(table, f"excluded{i}"))
    names = tuple(component.name for component in scan.components)
    cells = Cells(
        slices,
        names,
        buckets.astype(np.int16),
        parts["weight"],
        parts["mean"],
        parts["m2"],
        excluded,
        independent=scan.unit is SamplingUnit.ROW and not scan.scattered,
    )
    astray = {name: int(_floats(table, f"astray{i}").sum()) for i, name in enumerate(names)}
    return Scanned(cells.occupied(), astray)


def slices_of(
    scan: GroupScan, table: pa.Table, declared: Mapping[str, tuple[str, ...] | None]
) -> tuple[tuple[str, ...], npt.NDArray[np.int64]]:
    """Return the slices in order, and each row's place among them.

    One attribute has all its groups and ``unknown``. An intersection has all combinations of
    groups that are declared, and otherwise those that occur.
    """
    if not scan.parts:
        return (OVERALL,), np.zeros(table.num_rows, np.int64)
    columns = [
        table[f"group{i}"].to_numpy(zero_copy_only=False).astype(np.str_)
        for i in range(len(scan.parts))
    ]
    groups = []
    for part, column in zip(scan.parts, columns, strict=True):
        found = sorted({str(name) for name in np.unique(column)} - {UNKNOWN})
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
    met = {tuple(str(name) for name in names) for names in zip(*columns, strict=True)}
    every = _wanted(groups, met, all(declared[part] is not None for part in scan.parts))
    check_number(scan.by, len(every))
    labels = tuple(label_of(names) for names in every)
    known = {label: i for i, label in enumerate(labels)}
    joined = columns[0].astype(object)
    for column in columns[1:]:
        joined = joined + JOIN + column.astype(object)
    return labels, np.array([known[label] for label in joined], np.int64)


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


__all__ = ["assemble", "slices_of"]
