"""Maximal sum of distances."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from fairview.slate.base import Choice, Kernel, Problem
from fairview.slate.similarity import TOLERANCE, parts_of


@dataclass(frozen=True)
class Msd(Kernel):
    """Relevance and the mean distance to all items above.

    At each step the item with the largest

    ``(1 - diversity) * relevance + diversity / (k - 1) * sum_j (1 - cos(i, j))
    + representation * gain``

    is taken, j over the last `window` items above; the first place goes by relevance. The factor
    1 / (k - 1) makes the sums over a whole slate comparable: k times its mean relevance, and
    k / 2 times its mean distance between two items. After: Borodin, Lee and Ye, "Max-sum
    diversification, monotone submodular functions and dynamic updates" (PODS 2012).

    Items without a vector are taken to be as distant as the chosen ones were on average when they
    were chosen.

    Parameters
    ----------
    window
        How many of the items just above count.

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

    window: int = 100

    def choose(self, problem: Problem) -> Choice:
        """Return the greedy slate; ties go to the more relevant item, then the smaller id."""
        from fairview.slate.compiled.distances import distances

        k, unit = problem.k, problem.unit
        base, scale, membership, target = parts_of(problem)
        rows = np.zeros(k, np.int64)
        diverse, fair = np.zeros(k), np.zeros(k)
        distances(
            unit.raw,
            unit.order,
            scale,
            base,
            problem.diversity / max(k - 1, 1),
            self.window,
            membership,
            target,
            float(problem.representation),
            TOLERANCE[unit.dtype.itemsize],
            rows,
            diverse,
            fair,
        )
        return Choice(rows, base[rows], diverse, fair)
