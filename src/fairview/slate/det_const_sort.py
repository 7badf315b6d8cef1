"""LinkedIn's constrained sorting."""

from __future__ import annotations

import numpy as np

from fairview.slate.arrays import Floats, Indices
from fairview.slate.base import Choice, Kernel, Problem
from fairview.slate.groups import SLACK, lift_of, prefix_unmet, queues_of


class DetConstSort(Kernel):
    """Interval-constrained sorting: each group gets its places in time, relevance as early as may.

    A length counts up; whenever it gives a group one more place, the group's next item is
    appended and moves up past less relevant items as long as none of those falls behind the
    length that it is due at. Meets the shares of every prefix wherever the supply does, for any
    number of groups of certain membership. Items of unknown group are merged in by relevance.
    Any representation weight above 0 is the whole constraint. After: Geyik, Ambler and Kenthapadi
    (KDD 2019), algorithm 3, whose test for moving up is one place too generous when positions
    count from 0.

    Examples
    --------
    >>> selection = DetConstSort().rerank(
    ...     np.array([1.0, 0.9, 0.8, 0.7]), np.zeros((4, 1)),
    ...     np.array([[1, 0, 0], [1, 0, 0], [0, 1, 0], [0, 1, 0.0]]), np.array([0.5, 0.5]), 4,
    ...     item_ids=np.array(["a", "b", "c", "d"]),
    ... )
    >>> selection.order.tolist(), selection.feasible
    ([0, 2, 1, 3], True)
    """

    name = "det_const_sort"

    def choose(self, problem: Problem) -> Choice:
        """Return the slate."""
        rows = np.arange(problem.k)
        infeasible = None
        if problem.goal is not None:
            rows = _rows(problem, problem.goal)
            infeasible = prefix_unmet(problem.membership, rows, problem.goal)
        lift = lift_of(problem.relevance, rows)
        return Choice(
            rows, problem.relevance[rows], np.zeros(len(rows)), lift, infeasible=infeasible
        )


def _rows(problem: Problem, target: Floats) -> Indices:
    *queues, unknown = queues_of(problem.membership)
    known = _constrained(queues, target, problem.k)
    merged: list[int] = []
    waiting = list(unknown)
    for row in known:
        while waiting and waiting[0] < row:
            merged.append(waiting.pop(0))
        merged.append(row)
    placed = set(merged)
    rest = [row for row in range(len(problem.relevance)) if row not in placed]
    return np.array([*merged, *rest][: problem.k], np.int64)


def _constrained(queues: list[list[int]], target: Floats, k: int) -> list[int]:
    """Sort items of known groups; rows ascend with relevance falling, so smaller is better."""
    asked = [g for g in range(len(target)) if target[g] > 0]
    wanted = min(k, sum(len(queues[g]) for g in asked))
    given = [0] * len(target)
    rows: list[int] = []
    due: list[int] = []
    length = 0
    while len(rows) < wanted:
        # The next length at which a group with items left gets one more place.
        length = min(
            int(np.ceil((given[g] + 1) / target[g] - SLACK))
            for g in asked
            if given[g] < len(queues[g])
        )
        behind = [
            g
            for g in asked
            if given[g] < min(len(queues[g]), int(np.floor(length * target[g] + SLACK)))
        ]
        for group in sorted(behind, key=lambda g: queues[g][given[g]]):
            rows.append(queues[group][given[group]])
            due.append(length)
            given[group] += 1
            at = len(rows) - 1
            while at > 0 and due[at - 1] >= at + 1 and rows[at - 1] > rows[at]:
                rows[at - 1], rows[at] = rows[at], rows[at - 1]
                due[at - 1], due[at] = due[at], due[at - 1]
                at -= 1
    return rows
