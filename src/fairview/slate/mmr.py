"""Maximal marginal relevance."""

from __future__ import annotations

from typing import ClassVar

from fairview.slate.similarity import SimilarityKernel


class Mmr(SimilarityKernel):
    """Relevance against the similarity to the most similar item above.

    At each step the item with the largest

    ``(1 - diversity) * relevance - diversity * max_j cos(i, j) + representation * gain``

    is taken, j over the last `window` items above; the first place goes by relevance. Gain is the
    group term of `Representation`. After: Carbonell and Goldstein, "The use of MMR,
    diversity-based reranking for reordering documents and producing summaries" (SIGIR 1998).

    Examples
    --------
    >>> import numpy as np
    >>> selection = Mmr().rerank(
    ...     np.array([1.0, 0.9, 0.8]), np.array([[1.0, 0.0], [0.8, 0.6], [0.0, 1.0]]),
    ...     np.ones((3, 1)), None, 2, item_ids=np.array(["a", "b", "c"]), diversity=0.5,
    ... )
    >>> selection.order.tolist(), selection.explanation["relevance"].tolist()
    ([0, 2], [0.5, 0.4])
    """

    name = "mmr"
    kind: ClassVar[str] = "MMR"
