"""Stochastic rankings with fair exposure, by linear programme."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.optimize import linear_sum_assignment, linprog
from scipy.sparse import csr_array, eye_array, hstack, kron, vstack

from fairview.core import UsageError
from fairview.slate.arrays import Floats, Indices
from fairview.slate.base import Choice, Kernel, Problem
from fairview.slate.exposure import attention, prefix_propensity
from fairview.slate.groups import lift_of


@dataclass(frozen=True)
class ExposureLp(Kernel):
    """The most useful distribution over slates that gives each group its exposure.

    Solves for P, the probability that item i stands at place j: maximise
    ``sum_ij relevance_i v_j P_ij`` with ``v_j = 1 / log2(1 + j)``, each place filled once, each
    item shown at most once, and for each group

    ``sum_ij m_ig v_j P_ij >= w p_g sum_ij m_i v_j P_ij``,

    where m is membership, m_i its sum over known groups, p the target and w the representation
    weight. P is then written as a mixture of slates (Birkhoff-von Neumann), and one is drawn by
    the request's key, with its propensities. After: Singh and Joachims, "Fairness of exposure in
    rankings" (KDD 2018). With w = 0 it is the order of relevance, for certain.

    Parameters
    ----------
    pool
        How many items take part beside the k most relevant: the best of each group in turn.

    Examples
    --------
    >>> selection = ExposureLp().rerank(
    ...     np.array([1.0, 0.9]), np.zeros((2, 1)), np.array([[1.0, 0, 0], [0, 1, 0]]),
    ...     np.array([0.5, 0.5]), 2, item_ids=np.array(["a", "b"]), representation=1.0, key=1,
    ... )
    >>> selection.propensity["joint"].round(2).tolist()
    [0.5, 0.5]
    """

    name = "exposure_lp"

    pool: int = 40

    def choose(self, problem: Problem) -> Choice:
        """Draw a slate from the best fair distribution."""
        goal, k = problem.goal, problem.k
        rows = np.arange(k)
        propensity = {kind: np.ones(k) for kind in ("conditional", "joint", "marginal")}
        infeasible = None
        if goal is not None and k:
            generator = problem.chance()
            pool = _pool(problem, k + self.pool)
            places, infeasible = _solved(problem, goal, pool)
            slates, weights = mixture(places)
            drawn = int(generator.choice(len(weights), p=weights))
            at = np.array(slates[drawn])
            rows = pool[at]
            joint = prefix_propensity(slates, weights, drawn)
            before = np.concatenate([[1.0], joint[:-1]])
            propensity = {
                "conditional": joint / before,
                "joint": joint,
                "marginal": np.minimum(places[at].sum(axis=1), 1.0),
            }
        return Choice(
            rows,
            problem.relevance[rows],
            np.zeros(k),
            lift_of(problem.relevance, rows),
            propensity,
            infeasible=infeasible,
        )


def _pool(problem: Problem, size: int) -> Indices:
    """Return the k most relevant rows and the best of each group in turn, ascending."""
    n, k = len(problem.relevance), problem.k
    if n <= size:
        return np.arange(n)
    mass = problem.membership
    inside = np.zeros(n, bool)
    inside[:k] = True
    likeliest = np.argsort(-np.round(mass, 9), axis=0, kind="stable")
    queues = [iter(likeliest[:, group]) for group in range(mass.shape[1])]
    while inside.sum() < size:
        for queue in queues:
            row = next(row for row in queue if not inside[row])
            if inside.sum() < size:
                inside[row] = True
    return np.flatnonzero(inside)


def _solved(problem: Problem, goal: Floats, pool: Indices) -> tuple[Floats, str | None]:
    """Return the probability of each pooled item at each place, and what can't be met."""
    n, k, groups = len(pool), problem.k, len(goal)
    worth = attention(k)
    membership = problem.membership[pool]
    known = membership.sum(axis=1, keepdims=True)
    owed = problem.representation * goal * known - membership
    items = hstack([kron(eye_array(n), np.ones((1, k))), csr_array((n, groups))])
    shares = hstack(
        [csr_array(np.einsum("ig,j->gij", owed, worth).reshape(groups, -1)), -eye_array(groups)]
    )
    places = hstack([kron(np.ones((1, n)), eye_array(k)), csr_array((k, groups))])
    # What a group lacks costs more than all utility there is.
    price = np.full(groups, 10.0 * k)
    solved = linprog(
        np.concatenate([-np.outer(problem.relevance[pool], worth).ravel(), price]),
        A_ub=vstack([items, shares]).tocsr(),
        b_ub=np.concatenate([np.ones(n), np.zeros(groups)]),
        A_eq=places.tocsr(),
        b_eq=np.ones(k),
        bounds=(0, None),
        method="highs",
    )
    if solved.x is None:
        raise UsageError(f"The linear programme of exposure has no solution: {solved.message}")
    lacking = solved.x[n * k :]
    worst = int(np.argmax(lacking))
    infeasible = None
    if lacking[worst] > 1e-6:
        infeasible = (
            f"Group {worst + 1} lacks {lacking[worst]:.3g} of the exposure that it is owed, "
            f"where the first place is worth 1."
        )
    return np.maximum(solved.x[: n * k].reshape(n, k), 0.0), infeasible


def mixture(places: Floats) -> tuple[list[tuple[int, ...]], Floats]:
    """Write probabilities of n items at k places as a mixture of slates.

    Parameters
    ----------
    places
        n x k; columns sum to one, rows to at most one.

    Returns
    -------
    tuple
        Distinct slates, each the item of every place, and their probabilities.

    Examples
    --------
    >>> slates, weights = mixture(np.array([[0.5, 0.5], [0.5, 0.0], [0.0, 0.5]]))
    >>> sorted(zip(slates, weights.tolist()))
    [((0, 2), 0.5), ((1, 0), 0.5)]
    """
    left = _square(places)
    n, k = places.shape
    found: dict[tuple[int, ...], float] = {}
    remaining = 1.0
    while remaining > 1e-9:
        positive = left > 1e-10
        # The perfect matching with the largest sum of logs keeps its smallest part large.
        cost = np.where(positive, -np.log(np.maximum(left, 1e-300)), 1e6)
        item, place = linear_sum_assignment(cost)
        share = min(float(left[item, place].min()), remaining)
        if share <= 1e-10:
            break
        left[item, place] -= share
        remaining -= share
        by_place = np.empty(n, np.int64)
        by_place[place] = item
        slate = tuple(by_place[:k].tolist())
        found[slate] = found.get(slate, 0.0) + share
    weights = np.array(list(found.values()))
    return list(found), weights / weights.sum()


def _square(places: Floats) -> Floats:
    """Add places after the last, until each row and column sums to one."""
    n, k = places.shape
    square = np.zeros((n, n))
    square[:, :k] = places
    column, room = k, 1.0
    for item in range(n):
        lacking = 1.0 - float(places[item].sum())
        while lacking > 1e-12 and column < n:
            part = min(lacking, room)
            square[item, column] += part
            lacking -= part
            room -= part
            if room <= 1e-12:
                column, room = column + 1, 1.0
    return square
