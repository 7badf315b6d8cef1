"""Stochastic rankings with fair exposure, fast: a mixture of a few slates."""

from __future__ import annotations

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp

from fairview.slate.arrays import Floats, Indices
from fairview.slate.base import Choice, Kernel, Problem
from fairview.slate.det_const_sort import DetConstSort
from fairview.slate.exposure import attention, prefix_propensity
from fairview.slate.groups import lift_of


class ExposureMix(Kernel):
    """The most useful mixture of a few slates that gives each group its exposure.

    The slates are the order of relevance, the constrained sorting of `DetConstSort`, and for each
    group the order that lists its members (by probability) first. How often each is drawn
    follows from a linear programme with one unknown per slate: most utility, with each group's
    expected exposure at least ``w p_g`` of what all known groups get (w is the representation
    weight). Less useful than `ExposureLp`, which may choose among all slates, but the size of the
    programme doesn't grow with the slate. Needs the request's key; logs propensities.

    Examples
    --------
    >>> selection = ExposureMix().rerank(
    ...     np.array([1.0, 0.9]), np.zeros((2, 1)), np.array([[1.0, 0, 0], [0, 1, 0]]),
    ...     np.array([0.5, 0.5]), 2, item_ids=np.array(["a", "b"]), representation=1.0, key=1,
    ... )
    >>> selection.propensity["joint"].round(3).tolist()
    [0.5, 0.5]
    """

    name = "exposure_mix"

    def choose(self, problem: Problem) -> Choice:
        """Draw a slate."""
        goal, k = problem.goal, problem.k
        rows = np.arange(k)
        propensity = {kind: np.ones(k) for kind in ("conditional", "joint", "marginal")}
        infeasible = None
        if goal is not None and k:
            generator = problem.chance()
            slates = _slates(problem)
            weights, infeasible = _weights(problem, goal, slates)
            drawn = int(generator.choice(len(slates), p=weights))
            rows = np.array(slates[drawn])
            joint = prefix_propensity(slates, weights, drawn)
            shown = np.zeros((len(slates), len(problem.relevance)), np.bool_)
            for on, slate in zip(shown, slates, strict=True):
                on[list(slate)] = True
            propensity = {
                "conditional": joint / np.concatenate([[1.0], joint[:-1]]),
                "joint": joint,
                "marginal": weights @ shown[:, rows],
            }
        return Choice(
            rows,
            problem.relevance[rows],
            np.zeros(k),
            lift_of(problem.relevance, rows),
            propensity,
            infeasible=infeasible,
        )


def _slates(problem: Problem) -> list[tuple[int, ...]]:
    k, membership = problem.k, problem.membership
    orders: list[Indices] = [np.arange(k), DetConstSort().choose(problem).rows]
    orders += [
        np.argsort(-np.round(membership[:, group], 9), kind="stable")[:k]
        for group in range(membership.shape[1])
    ]
    return list(dict.fromkeys(tuple(order.tolist()) for order in orders))


def _weights(
    problem: Problem, goal: Floats, slates: list[tuple[int, ...]]
) -> tuple[Floats, str | None]:
    worth = attention(problem.k)
    table = np.array(slates)
    utility = problem.relevance[table] @ worth
    exposure = np.einsum("sjg,j->gs", problem.membership[table], worth)
    owed = problem.representation * goal[:, None] * exposure.sum(axis=0) - exposure
    groups = len(goal)
    # A programme without whole numbers: of scipy's two ways to HiGHS this is the shorter.
    solved = milp(
        np.concatenate([-utility, np.full(groups, 10.0 * problem.k)]),
        constraints=LinearConstraint(
            np.vstack(
                [
                    np.hstack([owed, -np.eye(groups)]),
                    np.concatenate([np.ones(len(slates)), np.zeros(groups)]),
                ]
            ),
            np.append(np.full(groups, -np.inf), 1.0),
            np.append(np.zeros(groups), 1.0),
        ),
        bounds=Bounds(0, np.inf),
    )
    lacking = solved.x[len(slates) :]
    worst = int(np.argmax(lacking))
    infeasible = None
    if lacking[worst] > 1e-6:
        infeasible = (
            f"Group {worst + 1} lacks {lacking[worst]:.3g} of the exposure that it is owed, "
            f"where the first place is worth 1; no mixture of the slates gives more."
        )
    weights = np.maximum(solved.x[: len(slates)], 0)
    return weights / weights.sum(), infeasible
