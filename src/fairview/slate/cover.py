"""Coverage of the candidates by the slate."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from fairview.core import UsageError
from fairview.slate.base import Choice, Kernel, Problem
from fairview.slate.similarity import TOLERANCE


@dataclass(frozen=True)
class Cover(Kernel):
    """Relevance, and how well the slate stands for all candidates: facility location.

    At each step the item with the largest

    ``(1 - diversity) * relevance + diversity * k / n * (covered with i - covered without)
    + representation * gain``

    is taken, where ``covered = sum_i max(0, max_j cos(i, j))`` over all n candidates i and the
    items j above: each candidate counts by the most similar item of the slate. With a `power`
    it is ``sum_i (sum_j max(0, cos(i, j))) ** power``, which goes on rewarding a second item for
    a large cluster. Needs n x n similarities in memory. After: Krause and Golovin, "Submodular
    function maximization" (2014); the power form after Puthiya Parambath, Usunier and
    Grandvalet, "A coverage-based approach to recommendation diversity" (RecSys 2016).

    Parameters
    ----------
    power
        0 for the largest similarity, or from 0 to 1: smaller is more diverse.

    Examples
    --------
    >>> selection = Cover().rerank(
    ...     np.array([1.0, 1.0, 1.0]), np.array([[1.0, 0.0], [0.9, 0.1], [0.0, 1.0]]),
    ...     np.ones((3, 1)), None, 2, item_ids=np.array(["a", "b", "c"]), diversity=0.5,
    ... )
    >>> selection.order.tolist(), selection.explanation["diversity"].round(3).tolist()
    ([1, 2], [0.701, 0.297])
    """

    name = "cover"

    power: float = 0.0

    def __post_init__(self) -> None:
        if not 0 <= self.power <= 1:
            raise UsageError(f"The power of a coverage is from 0 to 1; it is {self.power}.")

    def choose(self, problem: Problem) -> Choice:
        """Return the greedy slate; ties go to the more relevant item, then the smaller id."""
        from fairview.slate.compiled.coverage import cover

        n, k = len(problem.relevance), problem.k
        base = (1 - problem.diversity) * problem.relevance
        vectors = problem.vectors
        bare = np.zeros(n, bool)
        bare[problem.unit.bare] = True
        if problem.diversity == 0:
            bare[:] = True
        goal = problem.goal
        rows = np.zeros(k, np.int64)
        diverse, fair = np.zeros(k), np.zeros(k)
        cover(
            vectors @ vectors.T if problem.diversity > 0 else np.zeros((0, 0), vectors.dtype),
            bare,
            base,
            problem.diversity * k / max(n, 1),
            float(self.power),
            np.ascontiguousarray(problem.membership) if goal is not None else np.zeros((n, 0)),
            goal if goal is not None else np.zeros(0),
            float(problem.representation),
            TOLERANCE[problem.unit.dtype.itemsize],
            rows,
            diverse,
            fair,
        )
        return Choice(rows, base[rows], diverse, fair)
