"""The graph of items and the people who took them, from the log."""

from __future__ import annotations

import numpy as np

from fairview.catalog import EventStore, Workspace
from fairview.core.columns import Array
from fairview.retrieval import ItemGraph

TAKEN = ("click", "save", "apply")
"""Actions by which a person takes an item."""

NOBODY = "anonymous"
"""Who asks without a pseudonym; what nobody in particular took doesn't belong together."""

_SQL = """
SELECT DISTINCT cluster_id, item_id FROM read_parquet(?)
WHERE action IN ? AND cluster_id IS NOT NULL AND cluster_id != ?
"""


def taken_together(workspace: Workspace, item_ids: Array) -> ItemGraph:
    """Return the graph over these items (sorted ids), each person one of its boards.

    Items that the log names and the index doesn't have are left out.
    """
    store = EventStore(workspace)
    if not store.count():
        nothing = np.zeros(0, np.int64)
        return ItemGraph.of(nothing, nothing, size=len(item_ids))
    import duckdb

    with duckdb.connect() as connection:
        table = connection.execute(_SQL, [store.path_glob, TAKEN, NOBODY]).to_arrow_table()
    items = np.array(table["item_id"].to_pylist(), np.str_)
    _, people = np.unique(np.array(table["cluster_id"].to_pylist(), np.str_), return_inverse=True)
    place = np.minimum(np.searchsorted(item_ids, items), max(len(item_ids) - 1, 0))
    known = item_ids[place] == items
    return ItemGraph.of(place[known], people[known], size=len(item_ids))
