"""Kernels that weigh relevance against similarity, one compiled loop for all of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

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

    def weight(self, problem: Problem) -> float:
        """Return what the term is multiplied by."""
        return problem.diversity

    def choose(self, problem: Problem) -> Choice:
        """Return the greedy slate; ties go to the more relevant item, then the smaller id."""
        from fairview.slate.compiled import greedy

        unit = problem.unit
        n, k = len(unit), problem.k
        base = (1 - problem.diversity) * problem.relevance
        grouped = problem.goal is not None
        items = greedy.Items(
            unit.raw,
            unit.order,
            unit.scale if problem.diversity > 0 else np.zeros_like(unit.scale),
            base,
            np.ascontiguousarray(problem.membership) if grouped else np.zeros((n, 0)),
        )
        term = greedy.Term(
            getattr(greedy, self.kind),
            float(self.weight(problem)),
            self.window,
            self.bias,
            RIDGE,
            TOLERANCE[unit.dtype.itemsize],
        )
        rows = np.zeros(k, np.int64)
        diverse, fair = np.zeros(k), np.zeros(k)
        target = problem.goal if problem.goal is not None else np.zeros(0)
        greedy.greedy(items, term, target, float(problem.representation), rows, diverse, fair)
        return Choice(rows, base[rows], diverse, fair)
