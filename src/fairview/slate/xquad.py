"""Explicit query aspect diversification."""

from __future__ import annotations

import numpy as np

from fairview.slate.base import Choice, Kernel, Problem


class Xquad(Kernel):
    """Relevance against groups that aren't satisfied yet.

    At each step the item with the largest

    ``(1 - w) * relevance_i + w * sum_g p_g * m_ig * prod_j (1 - m_jg)``

    is taken: w is the representation weight, p the target, ``m_ig`` the item's membership times
    its relevance, and j the items above. A group that has been given a sure, relevant item asks
    for no more, so it covers many groups early and doesn't aim at shares. Unknown is no aspect.
    After: Santos, Macdonald and Ounis, "Exploiting query reformulations for web search result
    diversification" (WWW 2010).

    Examples
    --------
    >>> selection = Xquad().rerank(
    ...     np.array([1.0, 0.9, 0.8]), np.zeros((3, 1)),
    ...     np.array([[1, 0, 0], [1, 0, 0], [0, 1, 0.0]]), np.array([0.5, 0.5]), 2,
    ...     item_ids=np.array(["a", "b", "c"]), representation=0.5,
    ... )
    >>> selection.order.tolist(), selection.explanation["representation"].tolist()
    ([0, 2], [0.25, 0.2])
    """

    name = "xquad"

    def choose(self, problem: Problem) -> Choice:
        """Return the greedy slate; ties go to the more relevant item, then the smaller id."""
        k = problem.k
        weight = problem.representation if problem.goal is not None else 0.0
        base = (1 - weight) * problem.relevance
        open_base = base.copy()
        satisfies = problem.membership * problem.relevance[:, None]
        wanted = weight * problem.goal if problem.goal is not None else np.zeros(satisfies.shape[1])
        rows = np.zeros(k, np.int64)
        fair = np.zeros(k)
        for place in range(k):
            gain = satisfies @ wanted
            value = open_base + gain
            row = int((value >= value.max() - 1e-12).argmax())
            rows[place], fair[place] = row, gain[row]
            open_base[row] = -np.inf
            wanted = wanted * (1 - satisfies[row])
        return Choice(rows, base[rows], np.zeros(k), fair)
