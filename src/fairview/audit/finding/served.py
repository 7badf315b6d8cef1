"""Slices of a workspace's own log: which kinds of shown pictures, searches or places fare worst."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from fairview.audit.attributes import ItemAttributes
from fairview.audit.event_tables import EventTables, Reading
from fairview.audit.finding.slice_columns import SliceColumn, embedding_clusters, slice_column
from fairview.audit.finding.slice_findings import SliceFindings, SliceSearch
from fairview.audit.finding.slices import find_slices
from fairview.catalog import EventStore, SignalStore, Workspace
from fairview.core import UNKNOWN, DataError, MissingError, State

Served = Literal["no click", "hide"]


def find_served(
    workspace: Workspace,
    attributes: Sequence[str],
    rng: np.random.Generator,
    *,
    loss: Served = "no click",
    vectors: str = "",
    clusters: int = 16,
    surface: str = "search",
    asked: SliceSearch | None = None,
) -> SliceFindings:
    """Return the kinds of shown items that people take least to, people being the units.

    Slices are made of the attributes (each item's most likely group), the query, bands of the
    position and, where `vectors` names an embedding, its clusters. What stands low is clicked
    less, so read a finding together with its position.

    Parameters
    ----------
    workspace
        Whose events.
    attributes
        Signals with groups, or attributes of the catalogue's items.
    rng
        The source of chance of the halves and of the clusters' first means.
    loss
        ``no click``: a shown item wasn't clicked; ``hide``: it was hidden.
    vectors, clusters
        The signal whose clusters are sliced by, and how many; none where empty.
    surface
        The surface whose pages are looked at.
    asked
        What is searched for.

    Raises
    ------
    MissingError
        Where nothing was shown on the surface, or the embedding was never made.
    DataError
        Where nothing is known of an attribute.
    ProhibitedUseError
        Where a signal's contract doesn't allow audits.
    """
    known = ItemAttributes.read(workspace, attributes)
    if known.missing:
        raise DataError(" ".join(known.missing))
    if not EventStore(workspace).count():
        raise MissingError("There are no events; run: fairview events PATH")
    rows, _ = EventTables(workspace, Reading(surface=surface)).shown()
    if not rows.num_rows:
        raise MissingError(f"Nothing was shown on the surface {surface!r}.")
    item = pc.index_in(rows["item_id"], pa.array(known.item_ids.tolist(), pa.string()))
    place = pc.fill_null(item, len(known.item_ids)).to_numpy().astype(np.int64)
    columns = [
        _most_likely(known, attribute).take(place) for attribute in dict.fromkeys(attributes)
    ]
    if vectors:
        columns.append(_clusters(workspace, known, vectors, clusters, rng).take(place))
    columns.append(slice_column("query", rows["query"]))
    columns.append(slice_column("position", rows["position"]))
    acted = rows["click" if loss == "no click" else "hide"].to_numpy(zero_copy_only=False)
    lost = ~acted.astype(bool) if loss == "no click" else acted.astype(bool)
    people = np.asarray(rows["cluster_id"].to_pylist(), np.str_)
    return find_slices(columns, lost.astype(np.float64), rng, clusters=people, asked=asked)


def _most_likely(known: ItemAttributes, attribute: str) -> SliceColumn:
    """Return each item's most likely group; a last row stands for items that aren't there."""
    table = known.memberships.filter(pc.equal(known.memberships["attribute"], pa.scalar(attribute)))
    labels = (*known.groups[attribute], UNKNOWN)
    held = np.zeros((len(known.item_ids) + 1, len(labels)))
    row = np.searchsorted(known.item_ids, np.asarray(table["item_id"].to_pylist(), np.str_))
    group = pc.index_in(table["group"], pa.array(labels)).to_numpy().astype(np.int64)
    np.add.at(held, (row, group), table["probability"].to_numpy())
    held[:, -1] = np.maximum(1 - held[:, :-1].sum(axis=1), 0.0)
    codes: npt.NDArray[Any] = held.argmax(axis=1)
    return SliceColumn(attribute, labels, codes.astype(np.int32))


def _clusters(
    workspace: Workspace, known: ItemAttributes, name: str, clusters: int, rng: np.random.Generator
) -> SliceColumn:
    _, column = SignalStore(workspace).read(name, purpose="audit", item_ids=known.item_ids)
    if column.values.ndim != 2:
        raise DataError(f"The signal {name!r} holds no vectors, so it has no clusters.")
    there = column.state == State.PRESENT
    vectors = np.full((len(known.item_ids) + 1, column.values.shape[1]), np.nan)
    vectors[:-1][there] = column.values[there]
    return embedding_clusters(name, vectors, rng, clusters=clusters)


__all__ = ["find_served"]
