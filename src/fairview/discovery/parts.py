"""What a workspace has for answering: index, ranker, signals, and what of it is missing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import TypeVar

import numpy as np

from fairview.catalog import Catalog, Workspace
from fairview.core import FairviewError, MissingError
from fairview.core.columns import Array
from fairview.discovery.shown_items import ShownItems
from fairview.discovery.signals_in_memory import SignalsInMemory
from fairview.discovery.taken_together import taken_together
from fairview.ranking import ItemFacts, Ranker
from fairview.retrieval import ItemGraph, Matching, QueryVectors, SearchIndex, WordLists

T = TypeVar("T")


@dataclass(frozen=True)
class Parts:
    """Everything that pages are made from, read once.

    Parameters
    ----------
    workspace
        Whose parts they are.
    items
        What pages show.
    words
        Where words stand in titles and tags.
    index, vectors
        The search index and what prepares queries for it; None where there is none.
    signals
        The signals.
    ranker, facts
        The trained ranker and what it needs of items; None where there is none.
    missing
        One sentence per part that isn't there.
    """

    workspace: Workspace
    items: ShownItems
    words: WordLists
    index: SearchIndex | None
    vectors: QueryVectors | None
    signals: SignalsInMemory
    ranker: Ranker | None
    facts: ItemFacts | None
    missing: tuple[str, ...]

    @classmethod
    def read(cls, workspace: Workspace) -> Parts:
        """Read what is there.

        Raises
        ------
        MissingError
            Where the catalogue is empty, or a required signal was never computed.
        """
        if not Catalog(workspace).count():
            raise MissingError("The catalogue has no items yet; run: fairview ingest PATH")
        missing: list[str] = []
        index = _try(lambda: SearchIndex.open(workspace.index_dir), missing)
        items = ShownItems.load(workspace, None if index is None else index.item_ids)
        words = WordLists.of(
            [title or "" for title in items.columns["title"]],
            [tags or [] for tags in items.columns["tags"]],
        )
        vectors = None
        if index is not None:
            missing += index.manifest.missing
            missing += _staleness(workspace, index, items)
            vectors = QueryVectors(index, _encoder(workspace, index, missing))
        ranker = None if index is None else _try(lambda: Ranker.open(workspace.models_dir), missing)
        if index is None:
            missing.append("Without an index only the words of titles and tags are searched.")
        drawn = np.array([bool(value) for value in items.columns["synthetic"]], np.bool_)
        signals = SignalsInMemory.load(workspace, items.item_ids, drawn)
        return cls(
            workspace,
            items,
            words,
            index,
            vectors,
            signals,
            ranker,
            None if ranker is None else _facts(workspace, ranker, items.item_ids),
            tuple(dict.fromkeys([*missing, *signals.missing])),
        )

    @cached_property
    def graph(self) -> ItemGraph | None:
        """Items and the people who took several of them; None where the settings ask for none."""
        if self.index is None or not self.workspace.settings.discovery.graph:
            return None
        return taken_together(self.workspace, self.index.item_ids)

    def matching(self) -> Matching:
        """Return what compares queries with items; without an index it is a `MissingError`."""
        if self.index is None or self.vectors is None:
            raise MissingError("There is no index yet; run: fairview index")
        depth = self.workspace.settings.discovery.candidates
        return Matching(self.index, self.words, self.vectors, depth)


def _try(read: Callable[[], T], missing: list[str]) -> T | None:
    try:
        return read()
    except FairviewError as error:
        missing.append(str(error))
        return None


def _facts(workspace: Workspace, ranker: Ranker, item_ids: Array) -> ItemFacts:
    return ItemFacts.load(workspace, item_ids, ranker.popularity_of(item_ids))


def _staleness(workspace: Workspace, index: SearchIndex, items: ShownItems) -> list[str]:
    if Catalog(workspace).digest() == index.manifest.catalogue_digest:
        return []
    gone = int(np.count_nonzero(~items.exists))
    age = (
        f"The index is older than the catalogue ({items.unindexed} items aren't in it, {gone} of "
        f"its items are gone); run: fairview index"
    )
    return [age]


def _encoder(
    workspace: Workspace, index: SearchIndex, missing: list[str]
) -> Callable[[str], Array] | None:
    """Return the text embedding that the indexed vectors were made with, or None."""
    if "text_embedding" not in index.vectors:
        return None
    from fairview.signals import open_producer

    producer = _try(lambda: open_producer(workspace, "text_embedding"), missing)
    if producer is None:
        return None
    indexed = index.manifest.signals["text_embedding"]
    if producer.contract.version != indexed:
        missing.append(
            "The text embedding was fitted again after the index was made, so only words and "
            "pictures are searched; run: fairview index"
        )
        return None
    encode: Callable[[str], Array] | None = getattr(producer, "embed_query", None)
    if encode is None:
        missing.append("The text embedding can't embed queries, so only words are searched.")
    return encode
