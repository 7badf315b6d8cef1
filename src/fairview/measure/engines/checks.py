"""What a log must satisfy before its figures mean anything; the same for every SQL engine."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pyarrow.compute as pc

from fairview.core.errors import DataError
from fairview.measure.measure import GroupCellsMeasure, Measure
from fairview.measure.slices import parts_of

if TYPE_CHECKING:
    import pyarrow as pa

TOLERANCE = 1e-4
"""How far an item's probabilities may be from summing to one: rounding of float32 or of CSV."""

MEMBERSHIP_COLUMNS = ("item_id", "attribute", "group", "probability", "contains")
QUALIFIED_COLUMNS = ("request_id", "attribute", "group", "share")


def check_columns(table: Any, needed: tuple[str, ...], what: str) -> None:
    """Raise `DataError` where an ibis table lacks one of these columns."""
    lacking = [name for name in needed if name not in table.columns]
    if lacking:
        raise DataError(
            f"The log's {what} lack {', '.join(lacking)}; they have {', '.join(table.columns)}."
        )


def check_whole_positions(rows: Any) -> None:
    """Raise `DataError` unless the rows' positions are of an integer type."""
    kind = rows.schema()["position"]
    if not kind.is_integer():
        raise DataError(f"The log's positions are {kind}; give whole numbers from 1, without null.")


def check_numbers(measure: GroupCellsMeasure, rows: Any) -> None:
    """Raise `DataError` where a column that a measure counts with isn't of numbers."""
    for name in dict.fromkeys(name for part in measure.components() for name in part.numbers):
        kind = rows.schema()[name]
        if not (kind.is_numeric() or kind.is_boolean()):
            what = "text" if kind.is_string() else str(kind)
            raise DataError(
                f"{measure} counts with numbers, and the column {name} holds {what}; give zeros "
                f"and ones (or name the text that means yes: positive='…')."
            )


def check_sliceable(by: str, rows: Any) -> None:
    """Raise `DataError` where rows are sliced by instants, whose text depends on a time zone."""
    schema = rows.schema()
    for part in parts_of(by):
        if part in schema and schema[part].is_timestamp():
            raise DataError(
                f"{part!r} holds instants, and the day that one falls on depends on the time zone; "
                f"give a column of days or of hours, in the zone that is meant."
            )


def check_memberships(memberships: Any, attribute: str) -> None:
    """Raise `DataError` unless every item's memberships of an attribute are a distribution.

    An item's probabilities lie in [0, 1] and sum to one over its groups and ``unknown``, each of
    which stands once.
    """
    rows = memberships.filter(memberships.attribute == attribute)
    share = rows.probability.cast("float64")
    bad = share.isnull() | share.isnan() | (share < 0) | (share > 1)
    items = rows.mutate(share=share, bad=bad.cast("int64")).group_by("item_id")
    items = items.aggregate(
        total=lambda t: t.share.sum(),
        bad=lambda t: t.bad.sum(),
        twice=lambda t: t.count() - t.group.nunique(),
    )
    off = (items.bad > 0) | ((items.total - 1).abs() > TOLERANCE)
    counted = items.aggregate(
        items=items.count(),
        off=off.cast("int64").sum(),
        twice=(items.twice > 0).cast("int64").sum(),
        example=items.item_id.cast("string").min(where=off | (items.twice > 0)),
    )
    found = counted.to_pyarrow().to_pylist()[0]
    if not found["items"]:
        raise DataError(f"The log's memberships have no row of the attribute {attribute!r}.")
    if found["twice"]:
        raise DataError(
            f"{found['twice']} items, such as {found['example']!r}, have a group of {attribute!r} "
            f"twice (or null); give each group once."
        )
    if found["off"]:
        raise DataError(
            f"{found['off']} items, such as {found['example']!r}, have probabilities of "
            f"{attribute!r} that are missing, outside 0 to 1, or don't sum to one; what isn't "
            f"known is the group 'unknown'."
        )


def check_weights(table: pa.Table) -> None:
    """Raise `DataError` where a scanned table counts row weights that can't be."""
    if "negative" in table.column_names:
        wrong = pc.sum(table["negative"]).as_py() or 0
        if wrong:
            raise DataError(
                f"{wrong} rows of the log have a weight that is negative, missing or infinite; "
                f"weights are finite numbers of at least 0."
            )


def check_reduced(measure: Measure, table: pa.Table, keys: tuple[str, ...]) -> None:
    """Raise `DataError` where a reduced table has rows without a key, or values that can't be."""
    lacking = sum(table[name].null_count for name in keys)
    if lacking:
        raise DataError(
            f"{measure} needs each row of the log to name its unit and entity; some have none. "
            f"Give each one, or leave those rows out."
        )
    astray = pc.sum(table["astray"]).as_py() or 0
    if astray:
        low, high = measure.bounds
        values = "0 or 1" if measure.proportion else f"finite and fit a figure in [{low}, {high}]"
        raise DataError(f"{measure} reads {astray} values that aren't {values}; mend the log.")
