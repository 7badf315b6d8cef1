"""Maximal sum of distances."""

from __future__ import annotations

from typing import ClassVar

from fairview.slate.base import Problem
from fairview.slate.similarity import SimilarityKernel


class Msd(SimilarityKernel):
    """Relevance and the mean distance to all items above.

    At each step the item with the largest

    ``(1 - diversity) * relevance + diversity / (k - 1) * sum_j (1 - cos(i, j))
    + representation * gain``

    is taken, j over the last `window` items above; the first place goes by relevance. The factor
    1 / (k - 1) makes the sums over a whole slate comparable: k times its mean relevance, and
    k / 2 times its mean distance between two items. After: Borodin, Lee and Ye, "Max-sum
    diversification, monotone submodular functions and dynamic updates" (PODS 2012).

    Examples
    --------
    >>> import numpy as np
    >>> selection = Msd().rerank(
    ...     np.array([1.0, 0.9, 0.8]), np.array([[1.0, 0.0], [0.8, 0.6], [0.0, 1.0]]),
    ...     np.ones((3, 1)), None, 2, item_ids=np.array(["a", "b", "c"]), diversity=0.5,
    ... )
    >>> selection.order.tolist(), selection.explanation["diversity"].round(3).tolist()
    ([0, 2], [0.0, 0.5])
    """

    name = "msd"
    kind: ClassVar[str] = "MSD"

    def weight(self, problem: Problem) -> float:
        """Return what the sum of distances is multiplied by."""
        return problem.diversity / max(problem.k - 1, 1)
