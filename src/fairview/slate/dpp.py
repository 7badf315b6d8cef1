"""Greedy MAP of a determinantal point process."""

from __future__ import annotations

from typing import ClassVar

from fairview.slate.similarity import SimilarityKernel


class Dpp(SimilarityKernel):
    """Greedy MAP DPP over relevance and similarity, plus group representation.

    At each step the item with the largest

    ``(1 - diversity) * relevance + diversity * log(d) + representation * gain``

    is taken: d is the distance of the item's vector from the span of the vectors of the last
    `window` items above (the next diagonal entry of the Cholesky factor of their similarities),
    so the sum of the ``log(d)`` is half the log-determinant that the process maximises. Gain is
    the group term of `Representation`. After: Chen, Zhang and Zhou, "Fast greedy MAP inference
    for determinantal point process" (NeurIPS 2018).

    Examples
    --------
    >>> import numpy as np
    >>> selection = Dpp().rerank(
    ...     np.array([1.0, 0.9, 0.8]), np.array([[1.0, 0.0], [0.8, 0.6], [0.0, 1.0]]),
    ...     np.ones((3, 1)), None, 2, item_ids=np.array(["a", "b", "c"]), diversity=0.5,
    ... )
    >>> selection.order.tolist(), selection.explanation["diversity"].round(3).tolist()
    ([0, 2], [0.0, 0.0])
    """

    name = "dpp"
    kind: ClassVar[str] = "DPP"
