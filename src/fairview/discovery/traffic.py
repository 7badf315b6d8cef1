"""The requests that a page is audited on: those of the log, or else the catalogue's own words."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import numpy as np
import pyarrow.compute as pc

from fairview.catalog import Catalog, EventStore, Workspace
from fairview.core import MissingError
from fairview.core.columns import Array

MOST_REQUESTS = 2000
MOST_TAGS = 200
FEWEST_ITEMS = 5


@dataclass(frozen=True)
class Traffic:
    """R requests.

    Parameters
    ----------
    request_ids, queries, cluster_ids
        R texts each; requests of one person share a cluster id.
    source
        Where they come from, in words.
    """

    request_ids: Array
    queries: Array
    cluster_ids: Array
    source: str

    def __len__(self) -> int:
        return len(self.request_ids)


def traffic_of(
    workspace: Workspace, rng: np.random.Generator, most: int = MOST_REQUESTS
) -> Traffic:
    """Return at most `most` searches of the log; without a log, one search per frequent tag.

    Raises
    ------
    MissingError
        Where there are neither events nor tags.
    """
    if EventStore(workspace).count():
        return _of_log(workspace, rng, most)
    return _of_tags(workspace)


def _of_log(workspace: Workspace, rng: np.random.Generator, most: int) -> Traffic:
    events = EventStore(workspace).events().select(["request_id", "query", "cluster_id", "surface"])
    asked = (pc.field("surface") == "search") & pc.field("query").is_valid()
    searches = events.filter(asked)
    if not searches.num_rows:
        return _of_tags(workspace)
    once = searches.group_by(["request_id", "query", "cluster_id"]).aggregate([])
    once = once.sort_by("request_id")
    if once.num_rows > most:
        once = once.take(np.sort(rng.choice(once.num_rows, most, replace=False)))
    texts = [np.array(once[name].to_pylist(), np.str_) for name in once.column_names]
    found = dict(zip(once.column_names, texts, strict=True))
    return Traffic(
        found["request_id"],
        found["query"],
        found["cluster_id"],
        f"{once.num_rows:,} searches of the log",
    )


def _of_tags(workspace: Workspace) -> Traffic:
    tags = Catalog(workspace).items(["tags"])["tags"].to_pylist()
    counts = Counter(tag.strip().casefold() for each in tags for tag in each or () if tag.strip())
    often = [tag for tag, count in counts.most_common(MOST_TAGS) if count >= FEWEST_ITEMS]
    if not often:
        raise MissingError(
            "There are neither events nor tags to search for; take in events or items with tags."
        )
    ids = np.array([f"tag-{number}" for number in range(len(often))])
    return Traffic(
        ids, np.array(often, np.str_), ids, f"the catalogue's {len(often):,} most frequent tags"
    )
