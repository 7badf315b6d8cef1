"""Floors and ceilings for the groups of a slate."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp

from fairview.slate.arrays import Floats, Indices
from fairview.slate.base import Choice, Kernel, Problem
from fairview.slate.groups import SLACK, labels_of, lift_of

LIKELY = 32
"""Items on each side of a swap that are tried."""


@dataclass(frozen=True)
class Quota(Kernel):
    """The most relevant slate in which each group has its places, shown by relevance.

    With w the representation weight and k the slate's length, group g gets at least
    ``floor(w p_g k)`` places and at most ``ceil((1 - w (1 - p_g)) k)``, counted in membership
    probabilities; unknown items fill any place that is left. Where memberships are certain the
    greedy choice is the best one there is. Otherwise items are swapped until the limits are met,
    and if that fails, an integer programme (HiGHS) finds the best slate or proves that there is
    none; then the slate with the least shortage is given, and the reason.

    Parameters
    ----------
    ceilings
        False sets floors only.

    Examples
    --------
    >>> selection = Quota().rerank(
    ...     np.array([1.0, 0.9, 0.8, 0.7]), np.zeros((4, 1)),
    ...     np.array([[1, 0, 0], [1, 0, 0], [1, 0, 0], [0, 1, 0.0]]), np.array([0.5, 0.5]), 2,
    ...     item_ids=np.array(["a", "b", "c", "d"]), representation=1.0,
    ... )
    >>> selection.order.tolist(), selection.feasible
    ([0, 3], True)
    """

    name = "quota"

    ceilings: bool = True

    def choose(self, problem: Problem) -> Choice:
        """Return the slate; ties go to the smaller id."""
        rows, infeasible = np.arange(problem.k), None
        if problem.goal is not None and problem.k:
            weight, k = problem.representation, problem.k
            floors = np.floor(weight * problem.goal * k + SLACK)
            ceilings = np.ceil((1 - weight * (1 - problem.goal)) * k - SLACK)
            if not self.ceilings:
                ceilings = np.full(len(floors), float(k))
            limits = _Limits(problem.membership, floors, ceilings, k)
            certain = bool(np.isin(problem.membership, (0.0, 1.0)).all())
            rows = limits.greedy() if certain else limits.swapped(problem.relevance)
            if limits.unmet(rows) is not None:
                rows = limits.best(problem.relevance)
            infeasible = limits.unmet(rows)
        lift = lift_of(problem.relevance, rows)
        return Choice(
            rows, problem.relevance[rows], np.zeros(len(rows)), lift, infeasible=infeasible
        )


@dataclass(frozen=True)
class _Limits:
    membership: Floats
    floors: Floats
    ceilings: Floats
    k: int

    def unmet(self, rows: Indices) -> str | None:
        """Say which limit these rows break."""
        counts = self.membership[rows].sum(axis=0)
        broken = (counts < self.floors - 1e-6) | (counts > self.ceilings + 1e-6)
        if not broken.any():
            return None
        group = int(np.argmax(broken))
        return (
            f"Group {group + 1} has {counts[group]:.3g} places; it needs at least "
            f"{self.floors[group]:.0f} and at most {self.ceilings[group]:.0f}."
        )

    def greedy(self) -> Indices:
        """For certain memberships: each group's floor, then the most relevant within ceilings."""
        label = labels_of(self.membership)
        rank = np.zeros(len(label), np.int64)
        for group in range(len(self.floors) + 1):
            mine = label == group
            rank[mine] = np.arange(np.count_nonzero(mine))
        floors = np.append(self.floors, 0)
        ceilings = np.append(self.ceilings, np.inf)
        needed = rank < floors[label]
        allowed = rank < ceilings[label]
        first = np.lexsort((np.arange(len(label)), ~allowed, ~needed))
        return np.sort(first[: self.k])

    def swapped(self, relevance: Floats) -> Indices:
        """Swap one item at a time, the cheapest per place of shortage that it mends."""
        inside = np.zeros(len(relevance), bool)
        inside[: self.k] = True
        for _ in range(2 * self.k):
            counts = self.membership[inside].sum(axis=0)
            short = self._shortage(counts)
            if short <= 1e-6 or inside.all():
                break
            ins = self._likely(np.flatnonzero(inside), counts, -1.0, relevance)
            outs = self._likely(np.flatnonzero(~inside), counts, 1.0, relevance)
            after = counts + self.membership[outs][:, None] - self.membership[ins][None]
            mended = short - self._shortage(after)
            price = relevance[ins][None] - relevance[outs][:, None] + 1e-9
            worth = np.where(mended > 1e-9, np.minimum(mended, short) / price, -np.inf)
            out, gone = np.unravel_index(int(np.argmax(worth)), worth.shape)
            if worth[out, gone] == -np.inf:
                break
            inside[ins[gone]], inside[outs[out]] = False, True
        return np.flatnonzero(inside)

    def _likely(self, rows: Indices, counts: Floats, sign: float, relevance: Floats) -> Indices:
        """Return the rows whose coming (or going, by sign) helps most, at the least price."""
        help_ = -self._shortage(counts + sign * self.membership[rows])
        worth = help_ + sign * relevance[rows]
        return rows[np.argsort(-worth, kind="stable")[:LIKELY]]

    def best(self, relevance: Floats) -> Indices:
        """Solve for the least shortage first, then for relevance."""
        n, groups = self.membership.shape
        # A unit of shortage costs more than any slate is worth.
        price = 2.0 * self.k + 1
        constraints = LinearConstraint(
            np.vstack(
                [
                    np.hstack([np.ones((1, n)), np.zeros((1, 2 * groups))]),
                    np.hstack([self.membership.T, np.eye(groups), np.zeros((groups, groups))]),
                    np.hstack([self.membership.T, np.zeros((groups, groups)), -np.eye(groups)]),
                ]
            ),
            np.concatenate([[self.k], self.floors, np.full(groups, -np.inf)]),
            np.concatenate([[self.k], np.full(groups, np.inf), self.ceilings]),
        )
        solved = milp(
            np.concatenate([-relevance, np.full(2 * groups, price)]),
            constraints=constraints,
            integrality=np.concatenate([np.ones(n), np.zeros(2 * groups)]),
            bounds=Bounds(0, np.concatenate([np.ones(n), np.full(2 * groups, np.inf)])),
        )
        return np.flatnonzero(solved.x[:n] > 0.5)

    def _shortage(self, counts: Floats) -> Floats:
        below = np.maximum(self.floors - counts, 0).sum(axis=-1)
        shortage: Floats = below + np.maximum(counts - self.ceilings, 0).sum(axis=-1)
        return shortage
