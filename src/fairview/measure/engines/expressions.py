"""The counting expressions, written once in ibis for every SQL engine."""

from __future__ import annotations

from typing import Any

from fairview.core.ranges import UNKNOWN
from fairview.measure.buckets import bucket_digits, bucket_from_digits
from fairview.measure.estimate import SamplingUnit
from fairview.measure.measure import EntityMeasure, GroupCellsMeasure

CLUSTER_COLUMN = {
    SamplingUnit.PERSON: "cluster_id",
    SamplingUnit.REQUEST: "request_id",
    SamplingUnit.ITEM: "item_id",
    SamplingUnit.CENSUS: "item_id",
}
"""The column whose values are drawn again, by sampling unit."""


def group_cells_expression(measure: GroupCellsMeasure, rows: Any, memberships: Any | None) -> Any:
    """Return the table (group, bucket, weight, mean, m2, excluded, astray) of reduction 1.

    `excluded` is the weight of rows whose value is undefined (null or NaN); `astray` counts the
    values that can't be: infinite ones, and for a proportion those that aren't 0 or 1. The
    bucket is null for rows without a cluster.

    Parameters
    ----------
    rows
        The log's rows, an ibis table.
    memberships
        The long table of memberships where `measure.by` is an attribute; None where it is a
        plain column of the rows, whose nulls are the group ``unknown``.
    """
    value = measure.value(rows)
    digits = bucket_digits(rows[CLUSTER_COLUMN[measure.unit]].cast("string"))
    if memberships is None:
        group = rows[measure.by].cast("string").fill_null(UNKNOWN)
        weighed = rows.select(group=group, digits=digits, value=value)
        weighed = weighed.mutate(weight=1.0)
    else:
        item, of = rows.item_id, memberships.item_id
        if item.type() != of.type():
            item, of = item.cast("string"), of.cast("string")
        taken = rows.select(item_id=item, digits=digits, value=value)
        member = memberships.filter(memberships.attribute == measure.by)
        member = member.select("group", item_id=of, weight=member.probability.cast("float64"))
        joined = taken.left_join(member, "item_id")
        weighed = joined.select(
            group=joined.group.fill_null(UNKNOWN),
            digits=joined.digits,
            value=joined.value,
            weight=joined.weight.fill_null(1.0),
        )
        weighed = weighed.filter(weighed.weight > 0)
    return _moments(weighed, binary=measure.proportion)


def _moments(weighed: Any, binary: bool) -> Any:
    """Aggregate (group, digits, value, weight)."""
    import ibis

    value = weighed.value
    undefined = value.isnull() | value.isnan()
    impossible = ~value.isin([0.0, 1.0]) if binary else value.isinf()
    table = weighed.mutate(
        value=ibis.ifelse(undefined, 0.0, value),
        weight=ibis.ifelse(undefined, 0.0, weighed.weight),
        undefined=ibis.ifelse(undefined, weighed.weight, 0.0),
        impossible=(~undefined & impossible).cast("int64"),
    )
    cells = table.group_by("group", "digits").aggregate(
        weight=table.weight.sum(),
        total=(table.weight * table.value).sum(),
        excluded=table.undefined.sum(),
        astray=table.impossible.sum(),
    )
    cells = cells.mutate(
        bucket=bucket_from_digits(cells.digits),
        mean=ibis.ifelse(cells.weight > 0, cells.total / cells.weight, 0.0),
    )
    if binary:
        return cells.mutate(m2=cells.weight * cells.mean * (1 - cells.mean))
    keys = ["group", "digits"]
    centred = table.join(cells.select(*keys, "mean"), keys)
    deviation = centred.value - centred.mean
    second = centred.group_by(*keys).aggregate(m2=(centred.weight * deviation * deviation).sum())
    return cells.left_join(second, keys)


def entity_expression(measure: EntityMeasure, rows: Any) -> Any:
    """Return the table (entity, bucket, total, n, astray) of reduction 3.

    `astray` counts the values that can't be: null, NaN, infinite or negative.
    """
    digits = bucket_digits(rows[CLUSTER_COLUMN[measure.unit]].cast("string"))
    taken = rows.select(
        entity=rows[measure.entity].cast("string"), digits=digits, value=measure.value(rows)
    )
    value = taken.value
    astray = value.isnull() | value.isnan() | value.isinf() | (value < 0)
    totals = taken.group_by("entity", "digits").aggregate(
        total=value.sum(), n=taken.count(), astray=astray.cast("int64").sum()
    )
    return totals.mutate(bucket=bucket_from_digits(totals.digits))
