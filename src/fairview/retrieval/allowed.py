"""What a request may find: rows that are pushed into every source, so that none comes back short.

Filtering after retrieval would lose most of what a narrow choice asks for.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from fairview.core import Found, Requests
from fairview.retrieval.expression import Mask
from fairview.retrieval.hits import Hits
from fairview.retrieval.search_index import SearchIndex

AllowedRows = Callable[[Requests, int], Mask | None]
"""From the requests and one of them to a mask over the index's rows, or None for all."""


def everything(requests: Requests, request: int) -> Mask | None:
    """Allow every row."""
    return None


def found_of(index: SearchIndex, column: str, hits: Sequence[Hits]) -> Found:
    """Return the hits of R requests as what a source found, with the score as one column."""
    rows = np.concatenate([np.zeros(0, np.int64), *(hit.rows for hit in hits)])
    scores = np.concatenate([np.zeros(0), *(hit.scores for hit in hits)])
    offsets = np.concatenate([[0], np.cumsum([len(hit) for hit in hits])]).astype(np.int64)
    return Found(offsets, index.item_ids[rows], {column: scores})
