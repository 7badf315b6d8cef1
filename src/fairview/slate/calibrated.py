"""Calibrated recommendations: the slate's mix of groups follows the target."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from fairview.core import UsageError
from fairview.slate.arrays import Floats
from fairview.slate.base import Choice, Kernel, Problem


@dataclass(frozen=True)
class Calibrated(Kernel):
    """Relevance against the divergence of the slate's mix from the target.

    The slate grows by the item that makes

    ``(1 - w) * mean relevance - w * sum_g p_g ln(p_g / q_g)``,  ``q = (1 - a) * mix + a * p``

    largest (times k): w is the representation weight, p the target, and the mix is that of the
    membership mass of known groups on the slate. An item of unknown group is neither pushed nor
    pulled: gains are counted from that of an item drawn from the target. After: Steck,
    "Calibrated recommendations" (RecSys 2018).

    Parameters
    ----------
    smoothing
        a, in (0, 1): keeps the divergence finite where a group has no place yet.

    Examples
    --------
    >>> selection = Calibrated().rerank(
    ...     np.array([1.0, 0.9, 0.8, 0.7]), np.zeros((4, 1)),
    ...     np.array([[1, 0, 0], [1, 0, 0], [1, 0, 0], [0, 1, 0.0]]), np.array([0.5, 0.5]), 2,
    ...     item_ids=np.array(["a", "b", "c", "d"]), representation=0.5,
    ... )
    >>> selection.order.tolist()
    [0, 3]
    """

    name = "calibrated"

    smoothing: float = 0.01

    def __post_init__(self) -> None:
        if not 0 < self.smoothing < 1:
            raise UsageError(f"The smoothing is between 0 and 1; it is {self.smoothing}.")

    def choose(self, problem: Problem) -> Choice:
        """Return the greedy slate; ties go to the more relevant item, then the smaller id."""
        k, goal = problem.k, problem.goal
        weight = problem.representation if goal is not None else 0.0
        base = (1 - weight) * problem.relevance
        open_base = base.copy()
        rows = np.zeros(k, np.int64)
        fair = np.zeros(k)
        groups = problem.membership.shape[1]
        # After the items: one whole member of each group, and nothing.
        yardsticks = np.vstack([np.eye(groups), np.zeros(groups)])
        by_group = np.ascontiguousarray(np.vstack([problem.membership, yardsticks]).T)
        mass = by_group.sum(axis=0)
        in_slate = np.zeros(groups)
        left = problem.membership.sum(axis=0)
        for place in range(k):
            value = open_base
            if goal is not None:
                gain = weight * k * self._gains(by_group, mass, in_slate, left, goal)
                value = open_base + gain
            row = int((value >= value.max() - 1e-12).argmax())
            rows[place] = row
            fair[place] = gain[row] if goal is not None else 0.0
            open_base[row] = -np.inf
            in_slate += problem.membership[row]
            left -= problem.membership[row]
        return Choice(rows, base[rows], np.zeros(k), fair)

    def _gains(
        self, by_group: Floats, mass: Floats, in_slate: Floats, left: Floats, goal: Floats
    ) -> Floats:
        """Return by how much each item lowers the divergence, less what one of the target does."""
        n = len(mass) - len(goal) - 1
        supplied = np.where(left > 1e-9, goal, 0.0)
        if supplied.sum() <= 0:
            return np.zeros(n)
        then = self._divergence(by_group, mass, in_slate, goal)
        usual = float(supplied @ then[n:-1]) / float(supplied.sum())
        now = float(then[-1]) if in_slate.sum() > 1e-9 else usual
        then[mass <= 1e-9] = now
        gains: Floats = (now - then[:n]) - mass[:n] * (now - usual)
        return gains

    def _divergence(self, by_group: Floats, mass: Floats, in_slate: Floats, goal: Floats) -> Floats:
        """Return the divergence of the slate with each of n items (K x n) more."""
        asked = goal > 0
        if not asked.all():
            by_group, goal, counts = by_group[asked], goal[asked], in_slate[asked]
        else:
            counts = in_slate
        total = mass + in_slate.sum()
        scale = np.zeros(len(mass))
        np.divide(1 - self.smoothing, total, out=scale, where=total > 1e-9)
        mixed = by_group + counts[:, None]
        mixed *= scale
        mixed /= goal[:, None]
        mixed += self.smoothing
        np.log(mixed, out=mixed)
        divergence: Floats = -(goal @ mixed)
        return divergence
