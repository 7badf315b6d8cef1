"""What a replayed page would have got in clicks, as far as the log of randomised pages can tell.

A page that was drawn at random shows each candidate at each position with a logged probability.
Where it happened to show an item at the position where the replayed page shows it, its click says
something of the replayed page; where it didn't, nothing is known, and nothing is made up.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from fairview.catalog import EventStore, Workspace
from fairview.core import Slates
from fairview.experiments import OffPolicy, estimate_policy

LOOKS = 10
"""Positions from 1 that are compared; few people look farther down."""

_SQL = """
with shown as (
    select request_id, item_id, any_value(query) as query, any_value(cluster_id) as cluster_id,
        min(position) as position, any_value(propensity) as propensity,
        bool_or(action = 'click') as click
    from read_parquet(?)
    where surface = 'search'
    group by request_id, item_id
    having bool_or(action = 'impression' and propensity_kind = 'marginal' and propensity > 0)
)
select request_id, query, cluster_id, item_id, position, propensity, click from shown
where position <= ? and query is not null order by request_id, position
"""


def clicks_by_log(workspace: Workspace, slates: Slates, *, level: float = 0.95) -> OffPolicy:
    """Estimate the clicks per shown position (1 to 10) of a replayed page.

    It assumes that a click depends on the item, its position and the query, not on the other items
    of the page (the item-position model of Li et al., KDD 2018); where people stop after a click,
    that is not quite so. Intervals respect people.

    Parameters
    ----------
    workspace
        Whose log; its rows with a marginal propensity are read.
    slates
        The replayed pages, one or more per query; a query's first is compared.

    Returns
    -------
    OffPolicy
        Without a value where the log has too little overlap.
    """
    rows = _randomised(workspace)
    placed = _placed(slates)
    keys = zip(rows["query"], rows["position"].tolist(), strict=True)
    wanted = np.array([placed.get(key, "") for key in keys], np.str_)
    known = wanted != ""
    hit = (wanted == rows["item_id"]) & known
    weight = np.where(hit, 1 / rows["propensity"], 0.0)[known]
    _, cluster = np.unique(rows["cluster_id"][known], return_inverse=True)
    found = estimate_policy(
        rows["click"][known].astype(np.float64), weight, clusters=cluster, level=level
    )
    if not known.any():
        note = "The log holds no randomised page of these queries, so it says nothing of clicks."
        return replace(found, note=note)
    return found


def sentence_of(name: str, found: OffPolicy) -> str:
    """Return what the log says of a page's clicks, in one sentence."""
    if found.value is None or found.low is None or found.high is None:
        return f"Clicks of “{name}” can't be told from the log: {found.note}"
    return (
        f"By the log's randomised pages, “{name}” would get {100 * found.value:.1f} clicks per 100 "
        f"pictures shown ({100 * found.low:.1f} to {100 * found.high:.1f}), if clicks don't depend "
        f"on what else is on the page; the log is worth {found.overlap.ess:.0f} of its "
        f"{found.overlap.n:,} rows here."
    )


def _randomised(workspace: Workspace) -> dict[str, np.ndarray]:
    import duckdb

    store = EventStore(workspace)
    names = ("query", "cluster_id", "item_id", "position", "propensity", "click")
    if not store.count():
        kinds = (np.str_, np.str_, np.str_, np.int64, np.float64, np.bool_)
        return {name: np.zeros(0, kind) for name, kind in zip(names, kinds, strict=True)}
    with duckdb.connect() as connection:
        table = connection.execute(_SQL, [store.path_glob, LOOKS]).to_arrow_table()
    texts = {n: np.array(table[n].to_pylist(), np.str_) for n in names[:3]}
    return {**texts, **{n: table[n].to_numpy() for n in names[3:]}}


def _placed(slates: Slates) -> dict[tuple[str, int], str]:
    """Return (query, position) to the item that the replayed page shows there."""
    shown = slates.candidates
    query = shown.requests.columns["query"][shown.request_of]
    placed: dict[tuple[str, int], str] = {}
    rows = zip(query.tolist(), slates.positions.tolist(), shown.item_ids.tolist(), strict=True)
    for text, position, item in rows:
        if position <= LOOKS:
            placed.setdefault((text, position), item)
    return placed


__all__ = ["clicks_by_log", "sentence_of"]
