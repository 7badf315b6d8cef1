"""Memberships from what the catalogue's source said of items: an attribute, or the provider."""

from __future__ import annotations

import numpy as np

from fairview.audit.logs import names_in
from fairview.catalog import Catalog, Workspace
from fairview.core import GroupColumn, Ranges, State, UsageError
from fairview.core.columns import Array

MOST_GROUPS = 200
"""An attribute of the catalogue with more groups than this is no grouping."""


def catalogue_groups(workspace: Workspace, attribute: str, item_ids: Array) -> GroupColumn | None:
    """Return items' memberships in an attribute of the catalogue; None where no item has it.

    Raises
    ------
    UsageError
        Where it has more groups than `MOST_GROUPS`.
    """
    table = Catalog(workspace).items(["item_id", "attributes"])
    known = {
        item_id: dict(values or ()).get(attribute)
        for item_id, values in zip(
            table["item_id"].to_pylist(), table["attributes"].to_pylist(), strict=True
        )
    }
    names = sorted({part for value in known.values() for part in names_in(value)})
    if len(names) > MOST_GROUPS:
        raise UsageError(
            f"The attribute {attribute!r} has {len(names):,} groups, more than {MOST_GROUPS}; "
            f"audit one with fewer."
        )
    if not names:
        return None
    number = {name: i + 1 for i, name in enumerate(names)}
    ranges = Ranges(attribute, "catalogue", {name: (number[name],) for name in names})
    readings = [[number[part] for part in names_in(known.get(str(item)))] for item in item_ids]
    flat = [reading for each in readings for reading in each]
    cuts = np.concatenate([[0], np.cumsum([len(each) for each in readings])]).astype(np.int64)
    return GroupColumn.from_readings(
        ranges, np.array(flat, np.int16), np.full(len(flat), State.PRESENT, np.int8), cuts
    )
