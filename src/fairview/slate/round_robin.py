"""Round robin over groups."""

from __future__ import annotations

import numpy as np

from fairview.slate.base import Choice, Kernel, Problem
from fairview.slate.groups import lift_of, queues_of


class RoundRobin(Kernel):
    """One item of each group in turn, unknown being a group; within a round by relevance.

    Groups are those of the most probable membership, and a group without items left is passed
    over. With a representation weight of 0 or without a target it is the order of relevance. It
    is the ranking step that the first published diversification of a visual search used
    (Silva et al., "Representation online matters", FAccT 2023).

    Examples
    --------
    >>> selection = RoundRobin().rerank(
    ...     np.array([1.0, 0.9, 0.8, 0.7]), np.zeros((4, 1)),
    ...     np.array([[1, 0, 0], [1, 0, 0], [0, 1, 0], [0, 0, 1.0]]), np.array([0.5, 0.5]), 4,
    ...     item_ids=np.array(["a", "b", "c", "d"]),
    ... )
    >>> selection.order.tolist(), selection.explanation["representation"].round(3).tolist()
    ([0, 2, 3, 1], [0.0, 0.1, 0.2, 0.0])
    """

    name = "round_robin"

    def choose(self, problem: Problem) -> Choice:
        """Return the slate; ties within a round go to the smaller id."""
        rows = np.arange(problem.k)
        if problem.goal is not None:
            order: list[int] = []
            queues = queues_of(problem.membership)
            for turn in range(max(map(len, queues), default=0)):
                order += sorted(queue[turn] for queue in queues if turn < len(queue))
                if len(order) >= problem.k:
                    break
            rows = np.array(order[: problem.k], np.int64)
        return Choice(
            rows,
            problem.relevance[rows],
            np.zeros(len(rows)),
            lift_of(problem.relevance, rows),
        )
