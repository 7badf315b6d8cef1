"""The source that finds items whose vector is near the request's."""

from __future__ import annotations

from fairview.core import Found, Requests, Source
from fairview.retrieval.allowed import AllowedRows, everything, found_of
from fairview.retrieval.hits import Hits
from fairview.retrieval.query_vectors import vector_of
from fairview.retrieval.search_index import SearchIndex


class VectorSource(Source):
    """Nearest neighbours in the space of one signal; provides ``<name>_score``.

    Parameters
    ----------
    index
        Where to look.
    signal
        The signal whose vectors are searched.
    k
        Items per request.
    name
        The source's name.
    allowed
        Which rows may come back for a request; None means all.
    """

    def __init__(
        self,
        index: SearchIndex,
        signal: str,
        k: int,
        *,
        name: str,
        allowed: AllowedRows = everything,
    ) -> None:
        self.index = index
        self.signal = signal
        self.k = k
        self.name = name
        self.column = f"{name}_score"
        self.provides = (self.column,)
        self.allowed = allowed

    def fetch(self, requests: Requests) -> Found:
        """Return the nearest items of each request; one without a vector finds nothing."""
        hits = []
        for request in range(len(requests)):
            vector = vector_of(requests, self.signal, request)
            if vector is None:
                hits.append(Hits.none())
                continue
            allowed = self.allowed(requests, request)
            hits.append(self.index.vectors[self.signal].search(vector, self.k, allowed=allowed))
        return found_of(self.index, self.column, hits)
