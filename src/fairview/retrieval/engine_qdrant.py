"""Beyond one machine: a Qdrant server or cluster, whose own planner is told what filters exist.

Filtered columns are indexed before any item comes, narrow conditions are searched exactly, and
wide ones walk the graph with ACORN, which keeps strict conditions from cutting it apart. This
engine is contract-tested against the client's in-memory mode, a re-implementation that always
searches exactly; it isn't server-tested.
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import Any

import numpy as np

from fairview.core import ExtraError
from fairview.core.columns import Array
from fairview.retrieval.engine import SLACK, Ids, VectorEngine, cells_of
from fairview.retrieval.expression import Expression
from fairview.retrieval.filter_form import Kind
from fairview.retrieval.filter_qdrant import key_of, qdrant_models, to_qdrant
from fairview.retrieval.vector_rows import Floats

FEW = 20_000
"""Up to this many matching items are compared one by one."""

_BATCH = 1_000


class QdrantEngine(VectorEngine):
    """Vectors in one collection.

    Parameters
    ----------
    client
        A `qdrant_client.QdrantClient`, or the address of a server; ":memory:" is for tests.
    collection
        The collection's name; it is made where it isn't there.
    dimension, kinds
        See `VectorEngine`.
    breadth
        How many items a walk keeps in view (`hnsw_ef`).
    """

    name = "qdrant"

    def __init__(
        self,
        client: Any,
        collection: str,
        dimension: int,
        kinds: Mapping[str, Kind],
        *,
        breadth: int = 200,
    ) -> None:
        super().__init__(dimension, kinds)
        self._models = qdrant_models()
        self._client = _client(client) if isinstance(client, str) else client
        self.collection = collection
        self.breadth = breadth
        if not self._client.collection_exists(collection):
            self._make()

    def count(self, where: Expression | None = None) -> int:
        """Return how many items meet a condition."""
        found = self._client.count(self.collection, count_filter=self._filter(where), exact=True)
        return int(found.count)

    def drop(self) -> None:
        """Remove the collection."""
        self._client.delete_collection(self.collection)

    def close(self) -> None:
        """Close the client."""
        self._client.close()

    def _write(self, gone: Ids, ids: Ids, unit: Floats, columns: Mapping[str, Array]) -> None:
        """Add and replace first, then remove the rest: a search in between loses no item."""
        models = self._models
        cells = cells_of(columns, self.kinds) if self.kinds else [[] for _ in ids]
        points = [
            models.PointStruct(
                id=key,
                vector=vector.tolist(),
                payload={
                    key_of(name): cell
                    for name, cell in zip(self.kinds, row, strict=True)
                    if cell is not None
                },
            )
            for key, vector, row in zip(ids.tolist(), unit, cells, strict=True)
        ]
        for start in range(0, len(points), _BATCH):
            self._client.upsert(self.collection, points[start : start + _BATCH], wait=True)
        left = np.setdiff1d(gone, ids).tolist()
        if left:
            chosen = models.PointIdsList(points=left)
            self._client.delete(self.collection, points_selector=chosen, wait=True)

    def _nearest(self, unit: Floats, k: int, where: Expression | None) -> tuple[Ids, Floats]:
        chosen = self._filter(where)
        matching = self.count(where)
        found = self._search(unit, k, chosen, exact=matching <= FEW)
        if len(found) < min(k, matching):
            found = self._search(unit, k, chosen, exact=True)
        ids = np.array([point.id for point in found], np.int64)
        vectors = np.array([point.vector for point in found], np.float32)
        return ids, vectors.reshape(len(found), self.dimension)

    def _search(self, unit: Floats, k: int, chosen: Any, *, exact: bool) -> list[Any]:
        models = self._models
        parameters = models.SearchParams(
            exact=exact,
            hnsw_ef=max(self.breadth, k),
            acorn=None if exact else models.AcornSearchParams(enable=True),
        )
        answer = self._client.query_points(
            self.collection,
            query=unit.tolist(),
            query_filter=chosen,
            limit=k + SLACK,
            with_vectors=True,
            with_payload=False,
            search_params=parameters,
        )
        return list(answer.points)

    def _filter(self, where: Expression | None) -> Any:
        return None if where is None else to_qdrant(where, self.kinds)

    def _make(self) -> None:
        models = self._models
        schema = models.PayloadSchemaType
        types = {
            Kind.TEXT: schema.KEYWORD,
            Kind.OPTIONAL_TEXT: schema.KEYWORD,
            Kind.INTEGER: schema.INTEGER,
            Kind.REAL: schema.FLOAT,
            Kind.BOOLEAN: schema.BOOL,
        }
        self._client.create_collection(
            self.collection,
            vectors_config=models.VectorParams(size=self.dimension, distance=models.Distance.DOT),
        )
        for name, kind in self.kinds.items():
            self._client.create_payload_index(self.collection, key_of(name), types[kind])


def _client(address: str) -> Any:
    try:
        return import_module("qdrant_client").QdrantClient(address)
    except ImportError:
        raise ExtraError("qdrant-client", "qdrant") from None
