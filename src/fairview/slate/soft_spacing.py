"""Soft spacing: similar items may stand on one slate, but not close together."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from fairview.slate.base import Choice, Kernel, Problem
from fairview.slate.representation import Representation
from fairview.slate.similarity import TOLERANCE


@dataclass(frozen=True)
class SoftSpacing(Kernel):
    """A penalty for similar items just above that fades with the distance.

    At each step the item with the largest

    ``(1 - diversity) * relevance - diversity * max_j (1 - (s_j - 1) / window) * max(0, cos(i, j))
    + representation * gain``

    is taken, where the item j stands s_j = 1, …, window places above. It is the idea of a home
    feed that spaces similar content instead of banning it, formulated for vectors. An item without
    a vector is similar to nothing.

    Parameters
    ----------
    window
        From this distance on similar items don't harm each other.

    Examples
    --------
    >>> selection = SoftSpacing(window=2).rerank(
    ...     np.array([1.0, 0.9, 0.5, 0.4]), np.array([[1.0, 0], [1, 0], [0, 1], [0, 1]]),
    ...     np.ones((4, 1)), None, 4, item_ids=np.array(["a", "b", "c", "d"]), floor=0.0,
    ...     diversity=0.5,
    ... )
    >>> selection.order.tolist(), selection.explanation["diversity"].tolist()
    ([0, 2, 1, 3], [0.0, 0.0, -0.25, -0.25])
    """

    name = "soft_spacing"

    window: int = 8

    def choose(self, problem: Problem) -> Choice:
        """Return the greedy slate; ties go to the more relevant item, then the smaller id."""
        k, unit = problem.k, problem.unit
        base = (1 - problem.diversity) * problem.relevance
        open_base = base.copy()
        goal = problem.goal
        groups = Representation(problem.membership, goal) if goal is not None else None
        near = np.zeros((self.window, len(base)))
        fading = problem.diversity * (1 - np.arange(self.window) / self.window)
        tolerance = TOLERANCE[unit.dtype.itemsize]
        rows = np.zeros(k, np.int64)
        diverse, fair = np.zeros(k), np.zeros(k)
        for place in range(k):
            # Row `s` of the ring belongs to the place that is congruent to it.
            weights = fading[(place - 1 - np.arange(self.window)) % self.window]
            penalty = (weights[:, None] * near).max(axis=0)
            value = open_base - penalty
            if groups is not None:
                gains = problem.representation * groups.gains()
                value += gains
                fair_of = gains
            row = int((value >= value.max() - tolerance).argmax())
            rows[place], diverse[place] = row, -penalty[row]
            open_base[row] = -np.inf
            if groups is not None:
                fair[place] = fair_of[row]
                groups.add(row)
            if problem.diversity > 0:
                similarity = unit.dot(unit.row(row)[None])[:, 0]
                near[place % self.window] = np.maximum(similarity, 0)
        return Choice(rows, base[rows], diverse + 0.0, fair)
