"""Plackett-Luce: draw the slate place by place, and log how likely it was."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from fairview.core import UsageError
from fairview.slate.arrays import Floats, Indices
from fairview.slate.base import Choice, Kernel, Problem


@dataclass(frozen=True)
class PlackettLuce(Kernel):
    """Draw each place among the open items with probability in proportion to exp(s_i).

    ``s_i = relevance_i / (diversity * temperature) + representation * sum_g m_ig ln(p_g / q_g)``,
    where m is membership, p the target, and q the share of the known groups' probability that
    group g has at the first place by relevance alone. With all weight on representation and
    certain membership the first place goes to the groups by their target shares. With a
    diversity of 0 nothing is drawn: the order of relevance, with propensity 1.

    One slate takes one draw: s plus standard Gumbel noise, sorted (Yellott, 1977). Propensities:
    ``conditional``, that of each item given those above; ``joint``, of the slate down to here,
    their product; and ``marginal``, of the item on the slate at all, estimated from `draws`
    further slates: the mean of its exact probability given the others' noise (so the estimate is
    unbiased, never 0, and of little variance).

    Parameters
    ----------
    temperature
        Relevance differences of this size change odds by a factor of e, at full diversity.
    draws
        Slates that the marginal is estimated from; 0 leaves it out.

    Examples
    --------
    >>> selection = PlackettLuce(temperature=1.0).rerank(
    ...     np.array([1.0, 0.5]), np.zeros((2, 1)), np.ones((2, 1)), None, 2,
    ...     item_ids=np.array(["a", "b"]), diversity=0.5, key=3,
    ... )
    >>> selection.order.tolist(), selection.propensity["conditional"].round(3).tolist()
    ([1, 0], [0.269, 1.0])
    """

    name = "plackett_luce"

    temperature: float = 0.2
    draws: int = 0

    def __post_init__(self) -> None:
        if not self.temperature > 0 or self.draws < 0:
            raise UsageError("The temperature must be above 0, and draws at least 0.")

    def choose(self, problem: Problem) -> Choice:
        """Draw a slate."""
        k, n = problem.k, len(problem.relevance)
        scale = problem.diversity * self.temperature
        rows = np.arange(k)
        if scale == 0 or k == 0:
            kinds = ("conditional", "joint", *(("marginal",) if self.draws else ()))
            certain = {kind: np.ones(k) for kind in kinds}
            return Choice(rows, problem.relevance[rows], np.zeros(k), np.zeros(k), certain)
        generator = problem.chance()
        logits = problem.relevance / scale
        bonus = np.zeros(n)
        if problem.goal is not None:
            bonus = problem.representation * _bonus(logits, problem.membership, problem.goal)
        noise = generator.gumbel(size=n)
        rows = np.argsort(-(logits + bonus + noise), kind="stable")[:k]
        conditional = _conditional(logits + bonus, rows)
        joint = np.asarray(np.cumprod(conditional), np.float64)
        propensity = {"conditional": conditional, "joint": joint}
        if self.draws:
            propensity["marginal"] = _marginal(logits + bonus, rows, self.draws, generator)
        return Choice(
            rows,
            problem.relevance[rows],
            scale * noise[rows],
            scale * bonus[rows],
            propensity,
        )


def _bonus(logits: Floats, membership: Floats, goal: Floats) -> Floats:
    weight = np.exp(logits - logits.max())
    mass = weight @ membership
    if mass.sum() <= 0:
        return np.zeros(len(logits))
    has_both = (mass > 0) & (goal > 0)
    ratio = np.zeros(len(goal))
    ratio[has_both] = np.log(goal[has_both] * mass.sum() / mass[has_both])
    bonus: Floats = membership @ ratio
    return bonus


def _conditional(logits: Floats, rows: Indices) -> Floats:
    """Return the probability of each choice among what was open then."""
    shifted = np.exp(logits - logits.max())
    chosen = shifted[rows]
    closed = np.ones(len(shifted), bool)
    closed[rows] = False
    # Summed from the last place upwards, so that nothing cancels.
    others = shifted[closed].sum()
    open_then = others + np.cumsum(chosen[::-1])[::-1]
    probability = np.ones(len(rows))
    np.divide(chosen, open_then, out=probability, where=open_then > 0)
    return probability


def _marginal(logits: Floats, rows: Indices, draws: int, generator: np.random.Generator) -> Floats:
    """Return each item's probability to be among the k, from races with exponential times.

    An item is on the slate if it arrives before the k-th of the others; given their times that
    has probability ``1 - exp(-rate * time)``.
    """
    n, k = len(logits), len(rows)
    if k >= n:
        return np.ones(k)
    rate = np.exp(logits - logits.max())
    times = generator.exponential(size=(draws, n)) / rate
    last = np.partition(times, (k - 1, k), axis=1)[:, k - 1 : k + 1]
    in_time = times[:, rows] <= last[:, :1]
    limit = np.where(in_time, last[:, 1:], last[:, :1])
    marginal: Floats = (-np.expm1(-rate[rows] * limit)).mean(axis=0)
    return marginal
