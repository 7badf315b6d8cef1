"""Greedy MAP of a determinantal point process with relevance and group representation.

At each step the item with the largest

``(1 - diversity) * relevance + diversity * log(d) + representation * gain``

is taken: d is the distance of the item's vector from the span of the vectors already taken
(the next diagonal entry of the Cholesky factor of their similarities), so the sum of the
``log(d)`` is half the log-determinant that the process maximises. Gain is the group term of
`Representation`. After: Chen, Zhang and Zhou, "Fast greedy MAP inference for determinantal
point process" (NeurIPS 2018).
"""

from __future__ import annotations

import numpy as np

from fairview.core.columns import Array
from fairview.slate.base import Choice, Floats, Kernel, Problem
from fairview.slate.representation import Representation

RIDGE = 1e-3
"""Added to the diagonal of the similarities (which are scaled to keep it at one), so that the
factor exists for repeated vectors and for slates longer than the vectors."""

DECIMALS = {4: 6, 8: 10}
"""Objectives that agree to this many decimals tie, by the vectors' bytes per number: rounding
errors differ between machines, and a tie must not."""


class Dpp(Kernel):
    """Greedy MAP DPP over relevance and similarity, plus group representation."""

    name = "dpp"

    def choose(self, problem: Problem) -> Choice:
        """Return the greedy slate; ties go to the more relevant item, then the smaller id."""
        n, k = len(problem.relevance), problem.k
        decimals = DECIMALS[problem.vectors.dtype.itemsize]
        relevance = (1 - problem.diversity) * problem.relevance
        spread = _Spread(problem.vectors, k) if problem.diversity > 0 else None
        groups = (
            Representation(problem.membership, problem.target)
            if problem.representation > 0 and problem.target is not None
            else None
        )
        open_rows = np.zeros(n)
        rows = np.zeros(k, np.int64)
        parts = np.zeros((3, k))
        nothing = np.zeros(n)
        for step in range(k):
            diverse = problem.diversity * spread.log_distance() if spread else nothing
            fair = problem.representation * groups.gains() if groups else nothing
            objective = relevance + diverse + fair
            if spread or groups:
                objective = np.round(objective, decimals)
            row = int(np.argmax(objective + open_rows))
            rows[step] = row
            parts[:, step] = relevance[row], diverse[row], fair[row]
            open_rows[row] = -np.inf
            if spread and step + 1 < k:
                spread.add(row)
            if groups:
                groups.add(row)
        return Choice(rows, *parts)


class _Spread:
    """Distances from the span of the chosen vectors, by incremental Cholesky rows."""

    def __init__(self, vectors: Array, k: int) -> None:
        self._vectors = vectors
        self._has_vector = np.any(vectors != 0, axis=1)
        self._all_have = bool(self._has_vector.all())
        self._rest: Floats = np.ones(len(vectors))
        self._factor = np.zeros((k, len(vectors)), vectors.dtype)
        self._size = 0

    def log_distance(self) -> Floats:
        """Return log(d) per item, 0 or less; without a vector, the mean of the items with one."""
        logs: Floats = 0.5 * np.log(self._rest)
        if self._all_have:
            return logs
        neutral = float(logs[self._has_vector].mean()) if self._has_vector.any() else 0.0
        return np.where(self._has_vector, logs, neutral)

    def add(self, row: int) -> None:
        """Take this row's vector into the span."""
        size = self._size
        similarity = (1 - RIDGE) * np.einsum("ij,j->i", self._vectors, self._vectors[row])
        similarity[row] += RIDGE
        if size:
            similarity -= self._factor[:size, row] @ self._factor[:size]
        line = similarity / np.sqrt(self._rest[row])
        self._factor[size] = line
        self._size += 1
        np.maximum(self._rest - np.square(line, dtype=np.float64), RIDGE, out=self._rest)
