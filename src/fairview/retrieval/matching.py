"""How a query and an item match: facts of every candidate, whichever source brought it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from fairview.core import Candidates, Hydrated, Hydrator
from fairview.core.columns import Array
from fairview.retrieval.hits import products
from fairview.retrieval.query_vectors import PICTURE, TEXT, QueryVectors, vector_of
from fairview.retrieval.search_index import SearchIndex
from fairview.retrieval.words import Words

Floats = npt.NDArray[np.float64]
Postings = Mapping[str, npt.NDArray[np.int64]]

COSINES: Mapping[str, str] = {"text_cosine": TEXT, "picture_cosine": PICTURE}
"""Columns of similarity, and the signals that they compare."""

WORDS_IN = ("words_in_title", "words_in_tags")


@dataclass(frozen=True)
class WordLists:
    """Where words stand: stem to the ascending rows whose title, or tags, hold it."""

    title: Postings
    tags: Postings

    @classmethod
    def of(cls, titles: Sequence[str], tags: Sequence[Sequence[str]]) -> WordLists:
        """Return the lists of n items.

        Examples
        --------
        >>> lists = WordLists.of(["Red coats", "A hat"], [["wool"], ["red"]])
        >>> lists.shares(Words("red coat"), np.array([0, 1]))["words_in_title"].tolist()
        [1.0, 0.0]
        """
        return cls(_postings([title] for title in titles), _postings(tags))

    def shares(self, words: Words, rows: Array) -> dict[str, Array]:
        """Return which share of the query's words each row's title, and its tags, hold."""
        return {
            name: _share(words, postings, rows)
            for name, postings in zip(WORDS_IN, (self.title, self.tags), strict=True)
        }


@dataclass(frozen=True)
class Matching:
    """Compares queries with items.

    Parameters
    ----------
    index
        The index whose rows are compared.
    words
        Where the items' words stand.
    vectors
        Prepares queries.
    depth
        How many text hits have a BM25 score; the others' is NaN, as for a source of that size.
    """

    index: SearchIndex
    words: WordLists
    vectors: QueryVectors
    depth: int

    @property
    def item_ids(self) -> Array:
        """The items that rows stand for."""
        return self.index.item_ids

    def match(self, query: str, rows: npt.NDArray[np.int64]) -> dict[str, Array]:
        """Return how a query matches these rows: the columns of `Matches`, and ``bm25``.

        ``bm25_share`` is the score over the best hit's.
        """
        words = Words(query)
        hits = self.index.text.search(words, self.depth)
        bm25 = np.full(len(self.index.item_ids), np.nan)
        bm25[hits.rows] = hits.scores
        vectors = self.vectors.of_query(query)
        best = float(hits.scores.max(initial=0.0)) or 1.0
        columns = {"bm25": bm25[rows], "bm25_share": bm25[rows] / best}
        columns.update(self.words.shares(words, rows))
        for name, signal in COSINES.items():
            columns[name] = cosines(self.index, signal, rows, vectors.get(signal))
        return columns


class Matches(Hydrator):
    """Adds ``row`` (in the index), the cosines, the shares of words, and ``bm25_share``.

    The last is BM25 over the best of the request, NaN where the words don't match. A cosine is
    NaN where the item or the request has no vector.
    """

    name = "matching"
    provides = ("row", "bm25_share", *COSINES, *WORDS_IN)
    optional = False

    def __init__(self, index: SearchIndex, words: WordLists) -> None:
        self.index = index
        self.words = words

    def hydrate(self, candidates: Candidates) -> Hydrated:
        """Return each candidate's row and how it matches its request."""
        rows, _ = self.index.rows_of(candidates.item_ids)
        names = ("bm25_share", *COSINES, *WORDS_IN)
        columns: dict[str, Array] = {name: np.full(len(rows), np.nan) for name in names}
        queries = candidates.requests.columns.get("query")
        bm25 = candidates.columns.get("bm25")
        for request in range(len(candidates.requests)):
            part = candidates.rows_of(request)
            for name, signal in COSINES.items():
                vector = vector_of(candidates.requests, signal, request)
                columns[name][part] = cosines(self.index, signal, rows[part], vector)
            if bm25 is not None and np.isfinite(bm25[part]).any():
                columns["bm25_share"][part] = bm25[part] / np.nanmax(bm25[part])
            if queries is not None:
                shares = self.words.shares(Words(str(queries[request])), rows[part])
                for name, share in shares.items():
                    columns[name][part] = share
        return Hydrated({"row": rows, **columns})


def cosines(index: SearchIndex, signal: str, rows: Array, vector: Array | None) -> Floats:
    """Return the cosine of each row's vector with `vector`, NaN where either is missing."""
    length = 0.0 if vector is None else float(np.linalg.norm(vector))
    if vector is None or length == 0 or signal not in index.vectors:
        return np.full(len(rows), np.nan)
    found, has = index.vectors[signal].vectors_of(rows)
    values = np.round(products(found, vector / length).astype(np.float64), 6)
    return np.where(has, values, np.nan)


def _share(words: Words, postings: Postings, rows: Array) -> Floats:
    count = np.zeros(len(rows))
    for stem in words.stems:
        held = postings.get(stem)
        if held is not None:
            place = np.minimum(np.searchsorted(held, rows), len(held) - 1)
            count += held[place] == rows
    return count / max(len(words.stems), 1)


def _postings(texts: Iterable[Sequence[str]]) -> Postings:
    found: dict[str, list[int]] = {}
    for row, parts in enumerate(texts):
        for stem in {stem for part in parts for stem in Words(part).stems}:
            found.setdefault(stem, []).append(row)
    return {stem: np.array(rows, np.int64) for stem, rows in found.items()}
