"""Exact nearest neighbours, and the log of what an index found of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from fairview.core.errors import DataError
from fairview.measure.embeddings.vectors import units

_CHUNK = 1024


def nearest(
    queries: npt.NDArray[Any], vectors: npt.NDArray[Any], k: int, *, itself: bool = False
) -> npt.NDArray[np.int64]:
    """Return the q x k places of each query's nearest vectors by cosine, nearest first.

    Of equally near vectors the first is taken.

    Parameters
    ----------
    queries, vectors
        q x d and n x d.
    k
        How many.
    itself
        Whether query i is vector i, which is left out of its own neighbours.

    Examples
    --------
    >>> points = np.array([[1.0, 0], [1, 0.1], [0, 1]])
    >>> nearest(points, points, 1, itself=True)[:, 0].tolist()
    [1, 0, 1]
    """
    asked, held = units(queries, "query"), units(vectors, "stored")
    if asked.shape[1] != held.shape[1]:
        raise DataError("Queries and stored vectors have different dimensions; use one model.")
    if not 1 <= k <= len(held) - itself:
        raise DataError(f"There are no {k} neighbours among {len(held)} vectors.")
    found = np.empty((len(asked), k), np.int64)
    for start in range(0, len(asked), _CHUNK):
        near = asked[start : start + _CHUNK] @ held.T
        if itself:
            rows = np.arange(len(near))
            near[rows, rows + start] = -np.inf
        found[start : start + _CHUNK] = np.argsort(-near, axis=1, kind="stable")[:, :k]
    return found


def recall_rows(
    exact: npt.NDArray[Any],
    found: npt.NDArray[Any],
    *,
    requests: Sequence[str] | None = None,
    **columns: Sequence[Any],
) -> pa.Table:
    """Return the rows of a log that `RetrievalRecall` reads: what exact search found, in order.

    Parameters
    ----------
    exact
        q x k ids of each query's true neighbours, nearest first.
    found
        q x anything ids that the index returned; ids that name nothing may fill it up.
    requests
        The queries' own ids; their numbers where not given.
    columns
        Columns of the queries, such as the selectivity of the filter.

    Examples
    --------
    >>> rows = recall_rows(np.array([["x", "y"]]), np.array([["y", ""]]), selectivity=[0.1])
    >>> rows["item_id"].to_pylist(), rows["found"].to_pylist(), rows["position"].to_pylist()
    (['x', 'y'], [False, True], [1, 2])
    """
    if len(exact) != len(found) or any(len(value) != len(exact) for value in columns.values()):
        raise DataError(f"Exact search knows {len(exact)} queries, and the rest isn't as many.")
    q, k = exact.shape
    names = [str(i) for i in range(q)] if requests is None else [str(name) for name in requests]
    hit = np.array([np.isin(true, got) for true, got in zip(exact, found, strict=True)])
    told = {name: np.repeat(np.asarray(value), k) for name, value in columns.items()}
    return pa.table(
        {
            "request_id": np.repeat(np.array(names), k),
            "position": np.tile(np.arange(1, k + 1), q),
            "item_id": pa.array(exact.ravel()).cast(pa.string()),
            "found": hit.ravel(),
            **told,
        }
    )
