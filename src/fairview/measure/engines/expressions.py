"""The counting expressions, written once in ibis for every SQL engine."""

from __future__ import annotations

from collections.abc import Mapping
from functools import reduce
from operator import and_, mul
from typing import Any

from fairview.core.ranges import UNKNOWN
from fairview.measure.buckets import (
    BUCKETS,
    bucket_digits,
    bucket_from_digits,
    crossed_expression,
)
from fairview.measure.components import Component, Flag
from fairview.measure.engines.products import Products
from fairview.measure.engines.scans import (
    BINNED_BUCKETS,
    BOTH_COLUMNS,
    CLUSTER_COLUMN,
    NUMBER,
    GroupScan,
)
from fairview.measure.estimate import SamplingUnit
from fairview.measure.measure import EntityMeasure
from fairview.measure.slices import Band


def with_bands(rows: Any, bands: Mapping[str, Band]) -> Any:
    """Return the rows with each declared band as a column of its names."""
    import ibis

    for name, band in bands.items():
        number = rows[band.column].cast("float64")
        label = ibis.literal(UNKNOWN)
        for start, own in zip(band.starts, band.names, strict=True):
            label = ibis.ifelse((number >= start) & ~number.isnan(), own, label)
        rows = rows.mutate(**{name: label})
    return rows


def group_scan_expression(
    scan: GroupScan,
    rows: Any,
    memberships: Any | None,
    *,
    weight: str | None = None,
) -> Any:
    """Return the table of reduction 1: a row per slice and bucket.

    Its columns are the groups ``group0`` …, the ``bucket`` (null for rows without a cluster, 0
    for independent rows), and for component i: ``weight{i}``, ``mean{i}``, ``m2{i}``,
    ``excluded{i}`` (the weight of rows for which it is undefined) and ``astray{i}``, the number
    of rows with values that can't be. ``negative`` is the number of rows whose weight can't be.
    Where the scan has bins, there is a row per ``bin`` too (null for an unknown score), and
    ``outside`` is the number of rows whose score is in none.

    Parameters
    ----------
    scan
        What is counted.
    rows
        The log's rows, an ibis table, with its bands.
    memberships
        The long table of memberships, for the attributes that aren't columns of the rows.
    weight
        The column of row weights.
    """
    taken: dict[str, Any] = {}
    for i, component in enumerate(scan.components):
        taken |= _values(component, rows, i)
    return _reduced(scan, _taken(scan, rows, memberships, weight, taken))


def product_scan_expression(
    scan: GroupScan,
    products: Products,
    rows: Any,
    memberships: Any | None,
    *,
    weight: str | None = None,
) -> Any:
    """Return the table of reduction 1 where all components are shares and all flags are clean.

    Its columns are the groups ``group0`` …, the ``bucket``, the sums ``product0`` … in the order
    of `Products.factors`, and ``flaws``: the number of rows with a flag that isn't 0 or 1. Where
    there is any, the sums mean nothing, and `group_scan_expression` has to be used. Parameters
    are those of `group_scan_expression`.
    """
    import ibis

    flags = [_flag(flag, rows) for flag in products.flags]
    clean = reduce(and_, [own for _, own in flags])
    taken = {f"flag{j}": value for j, (value, _) in enumerate(flags)}
    table = _taken(scan, rows, memberships, weight, {**taken, "flaw": ~clean.fill_null(False)})
    sums: dict[str, Any] = {"flaws": table.flaw.cast("int64").sum()}
    sums |= {name: table[name].sum() for name in _COUNTED if name in table.columns}
    for k, factor in enumerate(products.factors):
        columns = [table[f"flag{j}"] for j in factor]
        if "weight" in table.columns:
            columns = [table.weight, *columns]
        elif len(columns) > 1 and columns[0].type().is_integer():
            columns[0] = columns[0].cast("int64")
        total = reduce(mul, columns).sum() if columns else table.count()
        sums[f"product{k}"] = total.cast("float64")
    keys = [n for n in table.columns if n.startswith("group") or n in ("bin", "cluster")]
    cells = table.group_by(keys).aggregate(**sums) if keys else table.aggregate(**sums)
    if "cluster" not in table.columns:
        return cells.mutate(bucket=ibis.literal(0))
    cells = cells.mutate(bucket=_bucket(scan, cells.cluster))
    keys = [*(name for name in keys if name != "cluster"), "bucket"]
    cells = cells.group_by(keys).aggregate(**{name: cells[name].sum() for name in sums})
    if scan.unit in CLUSTER_COLUMN and scan.bins is None:
        cells = cells.mutate(bucket=bucket_from_digits(cells.bucket))
    return cells


_COUNTED = ("negative", "outside")


def _flag(flag: Flag, rows: Any) -> tuple[Any, Any]:
    """Return a flag as a number, and whether it is 0 or 1."""
    column = rows[flag.column]
    kind = column.type()
    if flag.equals is not None or flag.at_least is not None:
        value = flag.value(rows)
        clean = value.notnull()
        if flag.at_least is not None and kind.is_floating():
            clean = clean & ~column.isinf()
        return value.cast("int8"), clean
    if kind.is_boolean():
        return column.cast("int8"), column.notnull()
    number = column if kind.is_integer() or kind.is_floating() else column.cast("float64")
    return number, number.isin([0, 1])


def _bucket(scan: GroupScan, cluster: Any) -> Any:
    """Return the bucket's digits, which are cheap to group by; with bins, one of 64 numbers."""
    if scan.unit in CLUSTER_COLUMN:
        digits = bucket_digits(cluster.cast("string"))
        if scan.bins is None:
            return digits
        return (bucket_from_digits(digits) % BINNED_BUCKETS).cast("int64")
    return cluster if scan.bins is None else cluster % BINNED_BUCKETS


def _taken(
    scan: GroupScan, rows: Any, memberships: Any | None, weight: str | None, taken: dict[str, Any]
) -> Any:
    """Return the rows with their groups, cluster and weight beside what is taken of them."""
    groups = {f"group{i}": _group(rows, part) for i, part in enumerate(scan.parts)}
    taken = {**groups, **taken}
    if scan.unit in CLUSTER_COLUMN:
        taken["cluster"] = rows[CLUSTER_COLUMN[scan.unit]]
    elif scan.unit is SamplingUnit.BOTH:
        taken["cluster"] = crossed_expression(*(rows[name] for name in BOTH_COLUMNS))
    elif scan.scattered:
        taken["cluster"] = (rows[NUMBER] % BUCKETS).cast("int64")
    if scan.bins is not None:
        taken["bin"] = scan.bins.place(rows)
        taken["outside"] = scan.bins.astray(rows).cast("int64")
    taken |= _weights(rows, weight)
    soft = [part for part in scan.parts if part not in rows.columns]
    if soft and memberships is not None:
        taken["item_id"] = rows.item_id
    table = rows.select(**taken)
    for part in soft:
        table = _joined(table, memberships, part, f"group{scan.parts.index(part)}")
    return table


def _weights(rows: Any, weight: str | None) -> dict[str, Any]:
    """Return the rows' weights, 0 where they can't be, and which those are; {} without a column."""
    import ibis

    if weight is None:
        return {}
    number = rows[weight].cast("float64")
    wrong = number.isnull() | number.isnan() | number.isinf() | (number < 0)
    return {"negative": wrong.cast("int64"), "weight": ibis.ifelse(wrong, 0.0, number)}


def _group(rows: Any, part: str) -> Any:
    import ibis

    if part not in rows.columns:
        return ibis.null("string")
    column = rows[part]
    return column if column.type().is_string() else column.cast("string")


def _values(component: Component, rows: Any, i: int) -> dict[str, Any]:
    """Return a component's value, null where it doesn't count, and whether it is undefined."""
    import ibis

    value = component.value(rows)
    if value.type().is_floating():
        unusable = value.isnan() | value.isinf()
        value = ibis.ifelse(unusable, ibis.null("float64"), value)
    among = component.among(rows)
    undefined = value.isnull()
    if among is not None:
        undefined = among.isnull() | (among & undefined)
        value = ibis.ifelse(among, value, ibis.null(value.type()))
    return {
        f"value{i}": value,
        f"undefined{i}": undefined.fill_null(False),
        f"astray{i}": component.astray(rows).fill_null(False),
    }


def _joined(table: Any, memberships: Any, part: str, name: str) -> Any:
    """Return the rows times the groups that each row's item may belong to."""
    item, of = table.item_id, memberships.item_id
    if item.type() != of.type():
        item, of = item.cast("string"), of.cast("string")
    member = memberships.filter(memberships.attribute == part)
    member = member.select(
        member_of=of, group=member.group, probability=member.probability.cast("float64")
    )
    joined = table.left_join(member, item == member.member_of)
    weight = joined.probability.fill_null(1.0)
    if "weight" in table.columns:
        weight = weight * joined.weight
    joined = joined.mutate(**{name: joined.group.fill_null(UNKNOWN), "weight": weight})
    return joined.drop("member_of", "group", "probability").filter(lambda t: t.weight > 0)


def _reduced(scan: GroupScan, table: Any) -> Any:
    """Aggregate per cluster and slice, then per bucket and slice."""
    import ibis

    weighted = "weight" in table.columns
    numeric = [i for i, component in enumerate(scan.components) if not component.binary]
    groups = [f"group{i}" for i in range(len(scan.parts))]
    groups += ["bin"] if scan.bins is not None else []
    keys = [*groups, *(["cluster"] if "cluster" in table.columns else [])]
    # Weights as keys keep the second moment exact in one pass: within a key they are all alike.
    split = [*keys, "weight"] if weighted and numeric else keys
    sums: dict[str, Any] = {"n": table.count()}
    sums |= {name: table[name].sum() for name in _COUNTED if name in table.columns}
    for i in range(len(scan.components)):
        sums |= _sums(table, i, weighted=weighted and not numeric, numeric=i in numeric)
    first = table.group_by(split).aggregate(**sums) if split else table.aggregate(**sums)
    if split != keys:
        first = first.mutate(**_scaled(first, len(scan.components), numeric))
    if "cluster" not in table.columns and split == keys:
        cells = first.mutate(bucket=ibis.literal(0).cast("int64"))
        return cells.mutate(**_means(cells, scan))
    has_cluster = "cluster" in table.columns
    first = first.mutate(bucket=_bucket(scan, first.cluster) if has_cluster else ibis.literal(0))
    return _rebucketed(scan, first, [*groups, "bucket"], numeric)


def _sums(table: Any, i: int, *, weighted: bool, numeric: bool) -> dict[str, Any]:
    value, undefined = table[f"value{i}"], table[f"undefined{i}"]
    astray = table[f"astray{i}"].cast("int64").sum()
    if weighted:
        known = value.notnull()
        return {
            f"weight{i}": table.weight.sum(where=known),
            f"total{i}": (table.weight * value).sum(),
            f"excluded{i}": table.weight.sum(where=undefined),
            f"astray{i}": astray,
        }
    found = {
        f"weight{i}": value.count().cast("float64"),
        f"total{i}": value.sum().cast("float64"),
        f"excluded{i}": undefined.cast("int64").sum().cast("float64"),
        f"astray{i}": astray,
    }
    if numeric:
        found[f"m2{i}"] = value.var(how="pop") * value.count()
    return found


def _scaled(first: Any, components: int, numeric: list[int]) -> dict[str, Any]:
    names = [f"{what}{i}" for i in range(components) for what in ("weight", "total", "excluded")]
    names += [f"m2{i}" for i in numeric]
    return {name: first[name] * first.weight for name in names}


def _means(cells: Any, scan: GroupScan) -> dict[str, Any]:
    import ibis

    found: dict[str, Any] = {}
    for i, component in enumerate(scan.components):
        count = cells[f"weight{i}"].fill_null(0.0)
        mean = ibis.ifelse(count > 0, cells[f"total{i}"] / count.nullif(0), 0.0)
        found |= {
            f"weight{i}": count,
            f"excluded{i}": cells[f"excluded{i}"].fill_null(0.0),
            f"mean{i}": mean,
        }
        if component.binary:
            found[f"m2{i}"] = count * mean * (1 - mean)
        else:
            found[f"m2{i}"] = cells[f"m2{i}"].fill_null(0.0)
    return found


def _rebucketed(scan: GroupScan, first: Any, keys: list[str], numeric: list[int]) -> Any:
    """Add up per slice and bucket; second moments go around the new mean (Chan et al. 1979)."""
    # Keys are joined on below, and null doesn't equal null.
    named = {name: first[name].fill_null(UNKNOWN) for name in keys if name.startswith("group")}
    named |= {"bin": first.bin.fill_null(-1)} if "bin" in keys else {}
    first = first.mutate(**named) if named else first
    sums: dict[str, Any] = {}
    for name in first.columns:
        if name not in (*keys, "cluster", "weight"):
            sums[name] = first[name].sum()
    second = first.group_by(keys).aggregate(**sums)
    second = second.mutate(**_means(second, scan))
    if numeric:
        around = second.select(*keys, **{f"centre{i}": second[f"mean{i}"] for i in numeric})
        both = first.join(around, keys)
        moments = {}
        for i in numeric:
            count = both[f"weight{i}"]
            off = both[f"total{i}"] / count.nullif(0) - both[f"centre{i}"]
            moments[f"moment{i}"] = (both[f"m2{i}"] + count * off * off).sum()
        centred = both.group_by(keys).aggregate(**moments)
        second = second.left_join(centred, keys)
        second = second.mutate(**{f"m2{i}": second[f"moment{i}"].fill_null(0.0) for i in numeric})
    if scan.unit in CLUSTER_COLUMN and scan.bins is None:
        second = second.mutate(bucket=bucket_from_digits(second.bucket))
    return second


def entity_expression(measure: EntityMeasure, rows: Any, *, weight: str | None = None) -> Any:
    """Return the table (entity, bucket, total, n, astray) of reduction 3.

    `astray` counts the values that can't be: null, NaN, infinite, or negative unless the measure
    is of signed ones. With a column of row weights, a total is of values times weights, and
    ``negative`` counts the weights that can't be.
    """
    digits = bucket_digits(rows[CLUSTER_COLUMN[measure.unit]].cast("string"))
    columns = {
        "entity": rows[measure.entity].cast("string"),
        "digits": digits,
        "value": measure.value(rows),
    }
    taken = rows.select(**columns, **_weights(rows, weight))
    value = taken.value
    astray = value.isnull() | value.isnan() | value.isinf()
    if not measure.signed:
        astray = astray | (value < 0)
    sums: dict[str, Any] = {"total": value.sum(), "n": taken.count()}
    if weight is not None:
        sums |= {"total": (value * taken.weight).sum(), "negative": taken.negative.sum()}
    totals = taken.group_by("entity", "digits").aggregate(**sums, astray=astray.cast("int64").sum())
    return totals.mutate(bucket=bucket_from_digits(totals.digits))


__all__ = [
    "CLUSTER_COLUMN",
    "GroupScan",
    "entity_expression",
    "group_scan_expression",
    "product_scan_expression",
    "with_bands",
]
