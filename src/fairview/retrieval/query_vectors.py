"""What a request looks for as vectors: one in the space of texts, one in the space of pictures.

No model here puts words and pictures into one space, so pictures are reached through words: the
mean picture of the best text hits stands for the query (pseudo-relevance feedback). Everything
about a request that several stages need is computed here once.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from fairview.core import Requests
from fairview.core.columns import Array
from fairview.retrieval.search_index import SearchIndex
from fairview.retrieval.words import Words

FEEDBACK_HITS = 10
"""How many text hits stand for a query's picture."""

KEPT_QUERIES = 4_096
"""How many queries' vectors are kept in memory."""

Encoder = Callable[[str], Array]
"""Gives a query's vector in the space of texts; zeros where no word is known."""

PICTURE, TEXT = "picture_embedding", "text_embedding"


@dataclass(frozen=True)
class QueryVectors:
    """Prepares requests for the vector sources.

    Parameters
    ----------
    index
        The index to look things up in.
    encoder
        The text embedding, or None where there is none.
    """

    index: SearchIndex
    encoder: Encoder | None
    _kept: dict[str, Mapping[str, npt.NDArray[np.float32]]] = field(
        default_factory=dict, repr=False, compare=False
    )

    def of_query(self, query: str) -> Mapping[str, npt.NDArray[np.float32]]:
        """Return a query's vectors by signal; a vector of zeros finds nothing.

        The last queries' vectors are kept in memory: they follow from the query alone.
        """
        found = self._kept.get(query)
        if found is None:
            found = self._prepare(query)
            if len(self._kept) >= KEPT_QUERIES:
                self._kept.clear()
            self._kept[query] = found
        return found

    def _prepare(self, query: str) -> Mapping[str, npt.NDArray[np.float32]]:
        vectors = {name: self._zeros(name) for name in self.index.vectors}
        if TEXT in vectors and self.encoder is not None:
            vectors[TEXT] = np.asarray(self.encoder(query), np.float32)
        if PICTURE in vectors:
            vectors[PICTURE] = self._feedback(query, vectors.get(TEXT))
        return vectors

    def of_item(self, row: int) -> dict[str, npt.NDArray[np.float32]]:
        """Return the vectors of an indexed item, to find what is alike."""
        rows = np.array([row])
        return {name: index.vectors_of(rows)[0][0] for name, index in self.index.vectors.items()}

    def _feedback(self, query: str, text_vector: Array | None) -> npt.NDArray[np.float32]:
        hits = self.index.text.search(Words(query), FEEDBACK_HITS)
        if not len(hits) and text_vector is not None:
            hits = self.index.vectors[TEXT].search(text_vector, FEEDBACK_HITS)
        found, has = self.index.vectors[PICTURE].vectors_of(hits.rows)
        if not has.any():
            return self._zeros(PICTURE)
        mean = found[has].mean(axis=0)
        length = float(np.linalg.norm(mean))
        return (mean / length).astype(np.float32) if length > 0 else self._zeros(PICTURE)

    def _zeros(self, name: str) -> npt.NDArray[np.float32]:
        return np.zeros(self.index.vectors[name].dimension, np.float32)


def column_of(signal: str) -> str:
    """Return the name of the request column that holds this signal's query vector."""
    return f"{signal}_of_query"


def vector_of(requests: Requests, signal: str, request: int) -> Array | None:
    """Return one request's vector for this signal, or None where it wasn't prepared."""
    column = requests.columns.get(column_of(signal))
    return None if column is None else column[request]
