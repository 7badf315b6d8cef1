"""The counting expressions, written once in ibis for every SQL engine."""

from __future__ import annotations

from typing import Any

from fairview.core.ranges import UNKNOWN
from fairview.measure.buckets import bucket_expression
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
    """Return the table (group, bucket, weight, mean, m2, excluded) of reduction 1.

    Parameters
    ----------
    rows
        The log's rows, an ibis table.
    memberships
        The long table of memberships where `measure.by` is an attribute; None where it is a
        plain column of the rows, whose nulls are the group ``unknown``.
    """
    value = measure.value(rows)
    bucket = bucket_expression(rows[CLUSTER_COLUMN[measure.unit]].cast("string"))
    if memberships is None:
        group = rows[measure.by].cast("string").fill_null(UNKNOWN)
        weighed = rows.select(group=group, bucket=bucket, value=value)
        weighed = weighed.mutate(weight=1.0)
    else:
        taken = rows.select(item_id=rows.item_id, bucket=bucket, value=value)
        member = memberships.filter(memberships.attribute == measure.by)
        member = member.select("item_id", "group", weight=member.probability.cast("float64"))
        joined = taken.left_join(member, "item_id")
        weighed = joined.select(
            group=joined.group.fill_null(UNKNOWN),
            bucket=joined.bucket,
            value=joined.value,
            weight=joined.weight.fill_null(1.0),
        )
        weighed = weighed.filter(weighed.weight > 0)
    return _moments(weighed, binary=measure.proportion)


def _moments(weighed: Any, binary: bool) -> Any:
    """Aggregate (group, bucket, value, weight); a null or NaN value is excluded and counted."""
    import ibis

    undefined = weighed.value.isnull() | weighed.value.isnan()
    table = weighed.mutate(
        weight=ibis.ifelse(undefined, 0.0, weighed.weight),
        value=ibis.ifelse(undefined, 0.0, weighed.value),
        undefined=undefined.cast("int64"),
    )
    cells = table.group_by("group", "bucket").aggregate(
        weight=table.weight.sum(),
        total=(table.weight * table.value).sum(),
        excluded=table.undefined.sum(),
    )
    mean = ibis.ifelse(cells.weight > 0, cells.total / cells.weight, 0.0)
    cells = cells.mutate(mean=mean)
    if binary:
        return cells.mutate(m2=cells.weight * cells.mean * (1 - cells.mean))
    keys = ["group", "bucket"]
    centred = table.join(cells.select(*keys, "mean"), keys)
    deviation = centred.value - centred.mean
    second = centred.group_by(*keys).aggregate(m2=(centred.weight * deviation * deviation).sum())
    return cells.join(second, keys)


def entity_expression(measure: EntityMeasure, rows: Any) -> Any:
    """Return the table (entity, bucket, total, n) of reduction 3."""
    bucket = bucket_expression(rows[CLUSTER_COLUMN[measure.unit]].cast("string"))
    taken = rows.select(
        entity=rows[measure.entity].cast("string"), bucket=bucket, value=measure.value(rows)
    )
    return taken.group_by("entity", "bucket").aggregate(total=taken.value.sum(), n=taken.count())
