"""The source of last resort: without an index, the words of titles and tags still find items."""

from __future__ import annotations

import numpy as np

from fairview.core import Candidates, Found, Hydrated, Hydrator, Requests, Source
from fairview.core.columns import Array
from fairview.retrieval.allowed import AllowedRows, everything
from fairview.retrieval.hits import ordered
from fairview.retrieval.matching import Matches, WordLists
from fairview.retrieval.words import Words


class WordScan(Source):
    """Counts the query's words in titles (double) and tags; provides ``bm25``, the count.

    Parameters
    ----------
    item_ids
        n ids.
    words
        Where the words stand.
    k
        Items per request.
    allowed
        Which rows may come back for a request; None means all.
    """

    name = "words"
    provides = ("bm25",)

    def __init__(
        self, item_ids: Array, words: WordLists, k: int, *, allowed: AllowedRows = everything
    ) -> None:
        self.item_ids = item_ids
        self.words = words
        self.k = k
        self.allowed = allowed

    def fetch(self, requests: Requests) -> Found:
        """Return the items that hold most of each request's words."""
        hits = []
        for request, query in enumerate(requests.columns["query"]):
            score = np.zeros(len(self.item_ids))
            for stem in Words(str(query)).stems:
                for postings, weight in ((self.words.title, 2.0), (self.words.tags, 1.0)):
                    score[postings.get(stem, [])] += weight
            allowed = self.allowed(requests, request)
            rows = np.flatnonzero(score if allowed is None else score * allowed)
            hits.append(ordered(rows, score[rows], self.k))
        offsets = np.concatenate([[0], np.cumsum([len(hit) for hit in hits])]).astype(np.int64)
        rows = np.concatenate([np.zeros(0, np.int64), *(hit.rows for hit in hits)])
        scores = np.concatenate([np.zeros(0), *(hit.scores for hit in hits)])
        return Found(offsets, self.item_ids[rows], {"bm25": scores})


class ScannedMatches(Hydrator):
    """Adds the columns of `Matches` without an index: there is nothing to compare but words."""

    name = "matching"
    provides = Matches.provides
    optional = False

    def __init__(self, item_ids: Array, words: WordLists) -> None:
        self.item_ids = item_ids
        self.words = words

    def hydrate(self, candidates: Candidates) -> Hydrated:
        """Return rows, shares of words, and NaN for what can't be compared."""
        rows = np.searchsorted(self.item_ids, candidates.item_ids)
        columns: dict[str, Array] = {
            name: np.full(len(rows), np.nan) for name in self.provides if name != "row"
        }
        for request, query in enumerate(candidates.requests.columns["query"]):
            part = candidates.rows_of(request)
            for name, share in self.words.shares(Words(str(query)), rows[part]).items():
                columns[name][part] = share
        return Hydrated({"row": rows, **columns})
