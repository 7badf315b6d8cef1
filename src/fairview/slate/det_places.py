"""The steps that three of LinkedIn's four re-rankers share."""

from __future__ import annotations

from abc import abstractmethod

import numpy as np

from fairview.slate.arrays import Floats, Indices
from fairview.slate.base import Choice, Kernel, Problem
from fairview.slate.groups import SLACK, lift_of, prefix_unmet, queues_of


class DetPlaces(Kernel):
    """Fill places by floors and ceilings of the target's shares.

    With M the membership mass of known groups above, the next known item makes it M + 1. A group
    below ``floor(p_g (M + 1))`` must be served; if there is none, groups below
    ``ceil(p_g (M + 1))`` may be. An item of unknown group competes by relevance alone and moves
    no count. Any representation weight above 0 is the whole constraint; where a prefix falls
    short of it, `Selection.infeasible` says so.
    """

    @abstractmethod
    def among(self, groups: Indices, ceilings: Floats, target: Floats) -> Indices:
        """Return which of the groups that may be served are, when none must."""

    def choose(self, problem: Problem) -> Choice:
        """Return the slate."""
        rows = np.arange(problem.k)
        infeasible = None
        if problem.goal is not None:
            rows = self._rows(problem, problem.goal)
            infeasible = prefix_unmet(problem.membership, rows, problem.goal)
        lift = lift_of(problem.relevance, rows)
        return Choice(
            rows, problem.relevance[rows], np.zeros(len(rows)), lift, infeasible=infeasible
        )

    def _rows(self, problem: Problem, target: Floats) -> Indices:
        queues = [queue[::-1] for queue in queues_of(problem.membership)]
        unknown = len(target)
        counts = np.zeros(unknown)
        rows = np.zeros(problem.k, np.int64)
        for place in range(problem.k):
            supplied = np.array([bool(queue) for queue in queues])
            shares = target * (counts.sum() + 1)
            must = np.flatnonzero(supplied[:-1] & (counts < np.floor(shares + SLACK) - SLACK))
            ceilings = np.ceil(shares - SLACK)
            may = np.flatnonzero(supplied[:-1] & (counts < ceilings - SLACK))
            served = must
            if not len(must):
                served = self.among(may, ceilings, target) if len(may) else np.flatnonzero(supplied)
            options = [*served.tolist(), unknown] if supplied[unknown] else served.tolist()
            group = min(options, key=lambda g: queues[g][-1])
            rows[place] = queues[group].pop()
            counts += problem.membership[rows[place]]
        return rows
