"""The source that finds items by their words."""

from __future__ import annotations

from fairview.core import Found, Requests, Source
from fairview.retrieval.allowed import AllowedRows, everything, found_of
from fairview.retrieval.search_index import SearchIndex
from fairview.retrieval.words import Words


class TextSource(Source):
    """BM25 over title, tags and description; provides ``bm25``.

    Parameters
    ----------
    index
        Where to look.
    k
        Items per request.
    allowed
        Which rows may come back for a request; None means all.
    """

    name = "words"
    provides = ("bm25",)

    def __init__(self, index: SearchIndex, k: int, *, allowed: AllowedRows = everything) -> None:
        self.index = index
        self.k = k
        self.allowed = allowed

    def fetch(self, requests: Requests) -> Found:
        """Return the best matches of each request's query; one without words finds nothing."""
        queries = requests.columns["query"]
        hits = [
            self.index.text.search(
                Words(str(query)), self.k, allowed=self.allowed(requests, request)
            )
            for request, query in enumerate(queries)
        ]
        return found_of(self.index, "bm25", hits)
