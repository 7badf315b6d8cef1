"""The requests that a page is audited on: those of the log, or else the catalogue's own words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass

import numpy as np
import pyarrow.compute as pc

from fairview.catalog import Catalog, EventStore, Workspace
from fairview.core import MissingError
from fairview.core.columns import Array
from fairview.retrieval import Words

MOST_REQUESTS = 2000
MOST_TEXTS = 200
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

    Where tags aren't frequent either, the frequent words of titles are searched for.

    Raises
    ------
    MissingError
        Where there are no events, and no tag or word of titles is frequent.
    """
    if EventStore(workspace).count():
        return _of_log(workspace, rng, most)
    return _of_catalogue(workspace)


def _of_log(workspace: Workspace, rng: np.random.Generator, most: int) -> Traffic:
    events = EventStore(workspace).events().select(["request_id", "query", "cluster_id", "surface"])
    asked = (pc.field("surface") == "search") & pc.field("query").is_valid()
    searches = events.filter(asked)
    if not searches.num_rows:
        return _of_catalogue(workspace)
    once = searches.group_by("request_id").aggregate([("query", "min"), ("cluster_id", "min")])
    once = once.sort_by("request_id").rename_columns(["request_id", "query", "cluster_id"])
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


def _of_catalogue(workspace: Workspace) -> Traffic:
    items = Catalog(workspace).items(["tags", "title"])
    tags = ({tag.strip().casefold() for tag in each or ()} for each in items["tags"].to_pylist())
    words = (
        {*map(str.casefold, Words(title or "").written.values())}
        for title in items["title"].to_pylist()
    )
    for prefix, what, texts in (("tag", "tags", tags), ("word", "words of titles", words)):
        often = _frequent(texts)
        if often:
            ids = np.array([f"{prefix}-{number}" for number in range(len(often))])
            source = f"the catalogue's {len(often):,} most frequent {what}"
            return Traffic(ids, np.array(often, np.str_), ids, source)
    raise MissingError(
        f"There are no events, and no tag or word of titles that {FEWEST_ITEMS} items have, to "
        f"search for; take in events or more items."
    )


def _frequent(texts: Iterable[Collection[str]]) -> list[str]:
    """Return the texts that enough items have, most frequent first."""
    counts = Counter(text for each in texts for text in each if text)
    ranked = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
    return [text for text, count in ranked[:MOST_TEXTS] if count >= FEWEST_ITEMS]
