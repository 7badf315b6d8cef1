"""Sliding spectrum decomposition."""

from __future__ import annotations

from typing import ClassVar

from fairview.slate.similarity import SimilarityKernel


class Ssd(SimilarityKernel):
    """Relevance and what an item adds to the items just above it, in a sliding window.

    At each step the item with the largest

    ``(1 - diversity) * relevance + diversity * |r| + representation * gain``

    is taken: r is what is left of the item's vector outside the span of the last `window` items
    above. Vectors get one more, constant entry and length one again, so that opposite ones count
    as different.
    After: Huang, Wang, Peng and Shi, "Sliding spectrum decomposition for diversified
    recommendation" (KDD 2021), in the stable form of its equation 12.

    Examples
    --------
    >>> import numpy as np
    >>> selection = Ssd().rerank(
    ...     np.array([1.0, 0.9, 0.8]), np.array([[1.0, 0.0], [0.8, 0.6], [0.0, 1.0]]),
    ...     np.ones((3, 1)), None, 2, item_ids=np.array(["a", "b", "c"]), diversity=0.5,
    ... )
    >>> selection.order.tolist(), selection.explanation["diversity"].round(3).tolist()
    ([0, 2], [0.5, 0.433])
    """

    name = "ssd"
    kind: ClassVar[str] = "SSD"
    bias: ClassVar[float] = 1.0
