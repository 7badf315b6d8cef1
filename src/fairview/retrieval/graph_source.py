"""The source that finds what stands beside the items a person touched lately."""

from __future__ import annotations

import hashlib
from collections.abc import Callable

import numpy as np

from fairview.core import Found, Requests, Source
from fairview.core.columns import Array
from fairview.retrieval.allowed import AllowedRows, everything, found_of
from fairview.retrieval.item_graph import ItemGraph, WalkSettings
from fairview.retrieval.search_index import SearchIndex

Recent = Callable[[Requests, int], tuple[Array, Array]]
"""From the requests and one of them to rows of items touched lately, and how much each matters."""

Generators = Callable[[str], np.random.Generator]
"""From a request's id to the generator of its walks."""


def seeded(seed: int) -> Generators:
    """Return generators that follow from a seed and the request's id alone.

    Examples
    --------
    >>> bool(seeded(1)("r1").random() == seeded(1)("r1").random())
    True
    """

    def generator(request_id: str) -> np.random.Generator:
        digest = hashlib.md5(request_id.encode(), usedforsecurity=False).digest()
        return np.random.default_rng([seed, int.from_bytes(digest[:8], "big")])

    return generator


class GraphSource(Source):
    """Random walks with restart from recent items; provides ``graph_score``.

    Parameters
    ----------
    index
        Whose rows the graph's items are.
    graph
        Items and the boards, or people, that hold them together.
    k
        Items per request.
    recent
        What a request's person touched lately.
    generators
        Where the chance of each request comes from.
    settings
        How far walks go.
    allowed
        Which rows may come back for a request; None means all.
    """

    name = "graph"
    provides = ("graph_score",)

    def __init__(
        self,
        index: SearchIndex,
        graph: ItemGraph,
        k: int,
        *,
        recent: Recent,
        generators: Generators,
        settings: WalkSettings | None = None,
        allowed: AllowedRows = everything,
    ) -> None:
        self.index = index
        self.graph = graph
        self.k = k
        self.recent = recent
        self.generators = generators
        self.settings = settings
        self.allowed = allowed

    def fetch(self, requests: Requests) -> Found:
        """Return what walks meet; a request without recent items finds nothing."""
        hits = []
        for request in range(len(requests)):
            rows, weights = self.recent(requests, request)
            hits.append(
                self.graph.walk(
                    rows,
                    self.k,
                    self.generators(str(requests.ids[request])),
                    weights=weights,
                    allowed=self.allowed(requests, request),
                    settings=self.settings,
                )
            )
        return found_of(self.index, "graph_score", hits)
