"""Kernels that weigh relevance against similarity, one compiled loop for all of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from fairview.core.columns import Array
from fairview.slate.arrays import Floats
from fairview.slate.base import Choice, Kernel, Problem

TOLERANCE = {4: 1e-5, 8: 1e-9}
"""Objectives this close to the best tie, by the vectors' bytes per number: rounding errors
differ between machines, and a tie must not. The tie goes to the more relevant item."""

RIDGE = 1e-3
"""Added to the diagonal of a DPP's similarities (which are scaled to keep it at one), so that
the factor exists for repeated vectors and for slates longer than the vectors."""


@dataclass(frozen=True)
class SimilarityKernel(Kernel):
    """A greedy kernel whose diversity term is made of cosine similarities.

    Items without a vector have no diversity of their own: they are taken to be as diverse as
    the chosen ones were on average when they were chosen.

    Parameters
    ----------
    window
        How many of the items just above count as neighbours.
    """

    window: int = 100

    kind: ClassVar[str]
    bias: ClassVar[float] = 0.0

    def choose(self, problem: Problem) -> Choice:
        """Return the greedy slate; ties go to the more relevant item, then the smaller id."""
        from fairview.slate.compiled import greedy

        unit = problem.unit
        base, scale, membership, target = parts_of(problem)
        items = greedy.Items(unit.raw, unit.order, scale, base, membership)
        term = greedy.Term(
            getattr(greedy, self.kind),
            float(problem.diversity),
            self.window,
            self.bias,
            RIDGE,
            TOLERANCE[unit.dtype.itemsize],
        )
        rows = np.zeros(problem.k, np.int64)
        diverse, fair = np.zeros(problem.k), np.zeros(problem.k)
        greedy.greedy(items, term, target, float(problem.representation), rows, diverse, fair)
        return Choice(rows, base[rows], diverse, fair)


def parts_of(problem: Problem) -> tuple[Floats, Array, Floats, Floats]:
    """Return relevance weighted, vectors' scales, memberships and target as the loops take them.

    Without diversity no vector counts, and without representation there are no groups.
    """
    base = (1 - problem.diversity) * problem.relevance
    scale = problem.unit.scale if problem.diversity > 0 else np.zeros_like(problem.unit.scale)
    if problem.goal is None:
        return base, scale, np.zeros((len(base), 0)), np.zeros(0)
    return base, scale, np.ascontiguousarray(problem.membership), problem.goal
