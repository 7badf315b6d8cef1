"""Group-aware retrieval: nobody is lost before the ranker sees them.

*Bucketised* nearest neighbours give each group a quota from one walk over the index; a *strong or*
gives each operand (text, vector) a guaranteed share of what is fetched. Both idea and names follow
the published description of diversified retrieval at Pinterest (FAccT 2023, arXiv 2305.15534).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from fairview.core import Found, Requests
from fairview.retrieval.allowed import AllowedRows, everything, found_of
from fairview.retrieval.expression import Mask
from fairview.retrieval.fusion import reciprocal_rank
from fairview.retrieval.hits import Hits
from fairview.retrieval.query_vectors import vector_of
from fairview.retrieval.quotas import quotas_of
from fairview.retrieval.search_index import SearchIndex
from fairview.retrieval.vector_index import VectorIndex
from fairview.retrieval.vector_source import VectorSource

Groups = Callable[[Requests, int], Mapping[str, Mask]]
"""From the requests and one of them to each group's rows, as masks over the index's rows."""


@dataclass(frozen=True)
class Bucketised:
    """Nearest neighbours with a quota per group.

    Parameters
    ----------
    hits
        The k rows, best first.
    lacking
        Group to how many rows its quota asked for that don't exist: a limit of supply, not of
        the index.
    """

    hits: Hits
    lacking: Mapping[str, int]


def bucketised(
    index: VectorIndex,
    query: np.ndarray,
    k: int,
    groups: Mapping[str, Mask],
    shares: Mapping[str, float],
    *,
    allowed: Mask | None = None,
) -> Bucketised:
    """Return k nearest rows of which each group has at least its share, from one walk.

    Each group's nearest rows fill its quota; the overall nearest fill what is left. A row that
    stands in several groups counts for each of them. A share of a group that isn't among `groups`
    claims nothing.

    Examples
    --------
    >>> vectors = np.array([[1, 0], [1, 0.1], [1, 0.2], [0, 1]], np.float32)
    >>> index = VectorIndex.build(vectors, np.ones(4, bool))
    >>> groups = {"a": np.array([1, 1, 1, 0], bool), "b": np.array([0, 0, 0, 1], bool)}
    >>> bucketised(index, np.array([1.0, 0.0]), 2, groups, {"a": 0.5, "b": 0.5}).hits.rows.tolist()
    [0, 3]
    """
    quotas = quotas_of(k, {name: share for name, share in shares.items() if name in groups})
    all_rows = np.ones(index.size, np.bool_)
    found = index.search_groups(query, {**quotas, "": k}, {**groups, "": all_rows}, allowed=allowed)
    overall = found.pop("")
    kept = _merged([found[name] for name in quotas], overall, k)
    lacking = {name: quota - len(found[name]) for name, quota in quotas.items()}
    return Bucketised(kept, {name: count for name, count in lacking.items() if count > 0})


def strong_or(operands: Mapping[str, Hits], k: int, shares: Mapping[str, float]) -> Hits:
    """Return k rows of which each operand brought at least its share, as far as it has hits.

    The places that no share claims go by reciprocal rank over all operands, which is also the
    order and the score of the answer.

    Examples
    --------
    >>> text = Hits(np.array([1, 2, 3]), np.array([9.0, 8.0, 7.0]))
    >>> near = Hits(np.array([4, 5, 2]), np.array([0.9, 0.8, 0.7]))
    >>> strong_or({"text": text, "near": near}, 3, {"text": 0.3, "near": 0.6}).rows.tolist()
    [1, 4, 5]
    """
    quotas = quotas_of(k, shares)
    fused = reciprocal_rank(operands, sum(len(hits) for hits in operands.values()))
    claimed: dict[int, None] = {}
    for name in sorted(operands, key=lambda name: quotas.get(name, 0)):
        rows = operands[name].rows.tolist()
        have = sum(row in claimed for row in rows)
        for row in rows:
            if have >= quotas.get(name, 0):
                break
            if row not in claimed:
                claimed[row] = None
                have += 1
    chosen = dict.fromkeys([*claimed, *fused.rows.tolist()])
    keep = np.isin(fused.rows, list(chosen)[:k])
    return Hits(fused.rows[keep], fused.scores[keep])


class BucketisedSource(VectorSource):
    """Nearest neighbours in the space of one signal, a share per group; provides ``<name>_score``.

    Parameters
    ----------
    index, signal, k, name, allowed
        See `VectorSource`.
    groups
        Each group's rows for a request.
    shares
        Group to the least share of k.
    """

    def __init__(
        self,
        index: SearchIndex,
        signal: str,
        k: int,
        *,
        name: str,
        groups: Groups,
        shares: Mapping[str, float],
        allowed: AllowedRows = everything,
    ) -> None:
        super().__init__(index, signal, k, name=name, allowed=allowed)
        self.groups = groups
        self.shares = dict(shares)

    def fetch(self, requests: Requests) -> Found:
        """Return each request's neighbours; one without a vector finds nothing."""
        hits = []
        for request in range(len(requests)):
            vector = vector_of(requests, self.signal, request)
            if vector is None:
                hits.append(Hits.none())
                continue
            found = bucketised(
                self.index.vectors[self.signal],
                vector,
                self.k,
                self.groups(requests, request),
                self.shares,
                allowed=self.allowed(requests, request),
            )
            hits.append(found.hits)
        return found_of(self.index, self.column, hits)


class StrongOrSource(VectorSource):
    """Text and vector hits with a guaranteed share each; provides ``<name>_score``.

    Parameters
    ----------
    index, signal, k, name, allowed
        See `VectorSource`; the text operand reads the column ``query``.
    shares
        ``text`` and ``vector`` to their least shares of k.
    """

    def __init__(
        self,
        index: SearchIndex,
        signal: str,
        k: int,
        *,
        name: str,
        shares: Mapping[str, float],
        allowed: AllowedRows = everything,
    ) -> None:
        super().__init__(index, signal, k, name=name, allowed=allowed)
        self.shares = dict(shares)

    def fetch(self, requests: Requests) -> Found:
        """Return each request's hits; their score is the reciprocal rank."""
        hits = []
        for request, query in enumerate(requests.columns["query"]):
            allowed = self.allowed(requests, request)
            vector = vector_of(requests, self.signal, request)
            near = Hits.none()
            if vector is not None:
                near = self.index.vectors[self.signal].search(vector, self.k, allowed=allowed)
            text = self.index.text.search(str(query), self.k, allowed=allowed)
            hits.append(strong_or({"text": text, "vector": near}, self.k, self.shares))
        return found_of(self.index, self.column, hits)


def _merged(claimed: list[Hits], overall: Hits, k: int) -> Hits:
    """Return the claimed rows and as many of the overall best as still fit, best first."""
    score: dict[int, float] = {}
    for hits in (*claimed, overall):
        for row, value in zip(hits.rows.tolist(), hits.scores.tolist(), strict=True):
            if len(score) < k or row in score:
                score.setdefault(row, value)
    rows = np.array(list(score), np.int64)
    scores = np.array(list(score.values()), np.float64)
    order = np.lexsort((rows, -scores))
    return Hits(rows[order], scores[order])
