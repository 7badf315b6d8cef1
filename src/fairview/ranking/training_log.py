"""The log as training reads it: who saw what for which query, where, and what they did.

Refined requests aren't in it: they are never logged.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from fairview.catalog import EventStore, Workspace
from fairview.core import MissingError
from fairview.core.columns import Array
from fairview.ranking.item_facts import DAY
from fairview.ranking.popularity import ACTIONS

Indices = npt.NDArray[np.int64]


@dataclass(frozen=True)
class TrainingLog:
    """m impressions on search pages, oldest first.

    Parameters
    ----------
    request, row, position
        m codes of requests, rows of the items, and ranks from 1.
    query
        m codes into `queries`.
    queries
        The distinct queries.
    time
        m microseconds since 1970.
    randomised
        Whether the page's order was drawn at random.
    did
        Action to m booleans.
    dropped
        Why impressions were left out, and how many.
    """

    request: Indices
    row: Indices
    position: Indices
    query: Indices
    queries: Array
    time: Indices
    randomised: npt.NDArray[np.bool_]
    did: Mapping[str, npt.NDArray[np.bool_]]
    dropped: Mapping[str, int] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.row)

    @property
    def day(self) -> Indices:
        """Days since the first impression's."""
        days = self.time // DAY
        return days - days.min() if len(days) else days

    def take(self, mask: Array) -> TrainingLog:
        """Return the impressions where the mask is true."""
        return replace(
            self,
            request=self.request[mask],
            row=self.row[mask],
            position=self.position[mask],
            query=self.query[mask],
            time=self.time[mask],
            randomised=self.randomised[mask],
            did={action: flag[mask] for action, flag in self.did.items()},
        )


_SQL = """
SELECT request_id, item_id,
       min(query) AS query,
       min(position) AS position,
       coalesce(bool_or(viewed) FILTER (action = 'impression'), false) AS seen,
       coalesce(bool_or(NOT viewed) FILTER (action = 'impression'), false) AS unseen,
       bool_or(bool_or(action <> 'impression')) OVER (PARTITION BY request_id) AS answered,
       min(epoch_us(event_time)) AS time,
       bool_or(coalesce(propensity_kind, 'deterministic') <> 'deterministic') AS randomised,
       bool_or(action = 'click') AS click,
       bool_or(action = 'save') AS save,
       bool_or(action = 'hide') AS hide
FROM read_parquet(?)
WHERE surface = 'search'
GROUP BY request_id, slate_id, item_id
HAVING bool_or(action = 'impression')
ORDER BY time, request_id, position, item_id
"""


def read_log(workspace: Workspace, item_ids: Array) -> TrainingLog:
    """Read the impressions on search pages, with what followed each.

    Impressions without a query, that were never on screen, or of items that aren't indexed are
    left out and counted. Where nobody measured whether an item was on screen, its page counts
    only if something was done on it: a page that nobody looked at says nothing.

    Raises
    ------
    MissingError
        Where there are no events, or none on a search page.
    """
    store = EventStore(workspace)
    if not store.count():
        raise MissingError(
            "There are no events to learn from, so search keeps the order of fused text and "
            "picture similarity; take some in first."
        )
    rows = _fetch(store.path_glob)
    if not len(rows["item_id"]):
        raise MissingError(
            "No event is an impression on a search page, so there is nothing to learn from; search "
            "keeps the order of fused text and picture similarity."
        )
    return _checked(rows, item_ids)


def _fetch(path_glob: str) -> dict[str, Any]:
    import duckdb

    with duckdb.connect() as connection:
        table = connection.execute(_SQL, [path_glob]).to_arrow_table()
    return {name: table[name].to_numpy() for name in table.column_names}


def _checked(rows: Mapping[str, Any], item_ids: Array) -> TrainingLog:
    items = rows["item_id"].astype(np.str_)
    place = np.minimum(np.searchsorted(item_ids, items), max(len(item_ids) - 1, 0))
    indexed = item_ids[place] == items if len(item_ids) else np.zeros(len(items), np.bool_)
    asked = np.array([query is not None for query in rows["query"]], np.bool_)
    unseen = rows["unseen"].astype(np.bool_)
    seen = ~unseen & (rows["seen"].astype(np.bool_) | rows["answered"].astype(np.bool_))
    dropped = {
        "not indexed": int((~indexed).sum()),
        "without a query": int((indexed & ~asked).sum()),
        "never on screen": int((indexed & asked & unseen).sum()),
        "not known to be looked at": int((indexed & asked & ~seen & ~unseen).sum()),
    }
    keep = indexed & asked & seen
    _, request = np.unique(rows["request_id"][keep].astype(np.str_), return_inverse=True)
    queries, query = np.unique(rows["query"][keep].astype(np.str_), return_inverse=True)
    return TrainingLog(
        request.astype(np.int64),
        place[keep].astype(np.int64),
        rows["position"][keep].astype(np.int64),
        query.astype(np.int64),
        queries,
        rows["time"][keep].astype(np.int64),
        rows["randomised"][keep].astype(np.bool_),
        {action: rows[action][keep].astype(np.bool_) for action in ACTIONS},
        dropped,
    )
