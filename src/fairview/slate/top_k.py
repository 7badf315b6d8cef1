"""Order by relevance alone."""

from __future__ import annotations

import numpy as np

from fairview.slate.base import Choice, Kernel, Problem


class TopK(Kernel):
    """The k most relevant items; ties by item id. What every other kernel is compared with."""

    name = "top_k"

    def choose(self, problem: Problem) -> Choice:
        """Return the first k rows: a problem is sorted already."""
        rows = np.arange(problem.k)
        nothing = np.zeros(problem.k)
        return Choice(rows, problem.relevance[rows], nothing, nothing)
