"""From what is asked for to columnar requests: checked, cut to a bounded length, with vectors."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from fairview.core import Refinement, Requests, UsageError
from fairview.core.columns import Array
from fairview.discovery.parts import Parts
from fairview.discovery.refinement import MATCHING
from fairview.discovery.wiring import RELATED_PAGE, SEARCH_PAGE
from fairview.retrieval import Expression
from fairview.retrieval.query_vectors import column_of
from fairview.retrieval.words import LONGEST_QUERY

LARGEST_PAGE = 200

LARGEST_REFINED_PAGE = 100
"""Most items of a page that people were chosen on; there is no next page, so no bulk export."""


@dataclass(frozen=True)
class Ask:
    """What is the same for all requests of a batch.

    Parameters
    ----------
    k
        Items on a page.
    diversify
        Whether the re-ranker spreads and balances.
    cluster_id
        Who asks, as a pseudonym.
    deadline
        On the pipeline's clock, or None.
    refinement, part
        A choice, and which part of the refined page is asked for.
    where
        A filter expression over items.
    """

    k: int
    diversify: bool
    cluster_id: str
    deadline: float | None = None
    refinement: Refinement | None = None
    part: str = MATCHING
    where: Expression | None = None

    def for_queries(self, parts: Parts, ids: Sequence[str], queries: Sequence[str]) -> Requests:
        """Return the requests of these queries."""
        vectors: dict[str, Array] = {}
        if parts.vectors is not None:
            prepared = [parts.vectors.of_query(query) for query in queries]
            vectors = {
                column_of(name): np.stack([one[name] for one in prepared])
                for name in (prepared[0] if prepared else {})
            }
        return self._requests(ids, queries, SEARCH_PAGE, vectors)

    def for_item(self, parts: Parts, request_id: str, row: int) -> Requests:
        """Return the request for items like the one in this row."""
        vectors: dict[str, Array] = {"seed_row": np.array([row])}
        if parts.vectors is not None:
            found = parts.vectors.of_item(row)
            vectors.update({column_of(name): vector[None] for name, vector in found.items()})
        return self._requests([request_id], [""], RELATED_PAGE, vectors)

    def _requests(
        self, ids: Sequence[str], queries: Sequence[str], surface: str, more: dict[str, Array]
    ) -> Requests:
        r = len(ids)
        columns: dict[str, Array] = {
            "query": np.array(queries, np.str_),
            "cluster_id": np.full(r, self.cluster_id),
            "surface": np.full(r, surface),
            "k": np.full(r, self.k),
            "diversify": np.full(r, self.diversify),
            "part": np.full(r, self.part),
            "key": np.array([key_of(name) for name in ids], np.int64),
            **more,
        }
        if self.where is not None:
            columns["where"] = np.full(r, self.where, object)
        refinements = (self.refinement,) * r if self.refinement else ()
        return Requests(np.array(ids, np.str_), columns, refinements, self.deadline)


def key_of(request_id: str) -> int:
    """Return the key of chance of a request: the same request is drawn the same way again.

    Examples
    --------
    >>> key_of("r1") == key_of("r1"), key_of("r1") == key_of("r2")
    (True, False)
    """
    return int(hashlib.sha256(request_id.encode()).hexdigest()[:15], 16)


def cleaned(query: str) -> str:
    """Return a query that can be searched and logged: valid text of at most 2,000 characters.

    Raises
    ------
    UsageError
        Where it isn't text at all.

    Examples
    --------
    >>> cleaned(" red  coat ")
    'red  coat'
    """
    if not isinstance(query, str):
        raise UsageError(f"A query is text; {type(query).__name__} was given.")
    return query[:LONGEST_QUERY].encode("utf-8", "replace").decode().replace("\x00", " ").strip()


def page_size(k: int | None, default: int) -> int:
    """Return how many items a page gets; one that is out of range is a `UsageError`."""
    if k is None:
        return default
    if not 1 <= k <= LARGEST_PAGE:
        raise UsageError(f"A page has from 1 to {LARGEST_PAGE} items; {k} were asked for.")
    return k
