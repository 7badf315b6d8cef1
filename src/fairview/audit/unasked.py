"""Searching an audited table for groups that nobody asked about."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from fairview.audit.finding import Roles, SliceSearch, find_in_table
from fairview.audit.findings import Finding
from fairview.audit.foreign_log import Table, read_columns
from fairview.audit.spec import AuditSpec
from fairview.core import UsageError

_LABEL, _DECISION = "y_true", "y_pred"
_MISTAKES = {
    "wrong": "share of wrong decisions",
    "false positive": "false positive rate",
    "false negative": "false negative rate",
}


def unasked(data: Any, spec: AuditSpec, rng: np.random.Generator) -> Finding:
    """Return the groups of a table that are served worst, as an audit's finding.

    What is searched are the columns that the spec names under `find`, else those that it slices
    by; bands are cut anew. People stay whole where the log names them.

    Raises
    ------
    UsageError
        Where the spec asks for no search.
    DataError
        Where a column isn't there, or isn't what the search needs.
    """
    asked = spec.find
    if asked is None:
        raise UsageError("The audit file asks for no search; give it find.")
    table = Table.of(data)
    banded = [band.column for band in spec.bands.values()]
    by = asked.columns or tuple(dict.fromkeys([*spec.attributes, *banded]))
    read = asked.loss if asked.loss is not None else None
    wanted = [*by, *((read,) if read else (_LABEL, _DECISION))]
    names = {name: spec.columns.get(name, name) for name in dict.fromkeys(wanted)}
    cluster = spec.columns.get("cluster_id", "cluster_id")
    has_people = spec.unit != "row" and cluster in table.columns
    if has_people:
        names["cluster_id"] = cluster
    rows = read_columns(table, names)
    if read is None:
        rows = _as_flags(rows, spec)
    roles = Roles(
        loss=read,
        label=None if read else _LABEL,
        prediction=None if read else _DECISION,
        error=asked.error,
        by=by,
        categories=tuple(name for name in asked.categories if name in by),
        cluster="cluster_id" if has_people else None,
    )
    search = SliceSearch(depth=asked.depth, minimum_rows=asked.minimum_rows)
    loss = f"mean {read}" if read is not None else _MISTAKES[asked.error]
    return find_in_table(rows, roles, rng, asked=search).finding(loss=loss)


def _as_flags(rows: pa.Table, spec: AuditSpec) -> pa.Table:
    """Return the rows with truth and decision as zeros and ones, as measures read them."""
    threshold, positive = (spec.defaults.get(name) for name in ("threshold", "positive"))
    for name in (_LABEL, _DECISION):
        column = rows[name]
        if name == _DECISION and threshold is not None:
            column = pc.greater_equal(column.cast(pa.float64()), pa.scalar(float(threshold)))
        elif positive is not None:
            column = pc.equal(column.cast(pa.string()), pa.scalar(str(positive)))
        place = rows.column_names.index(name)
        rows = rows.set_column(place, name, column.cast(pa.float64()))
    return rows
