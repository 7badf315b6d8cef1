"""FA*IR: a ranked group fairness test at every prefix."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from scipy.stats import binom

from fairview.core import UsageError
from fairview.slate.arrays import Indices
from fairview.slate.base import Choice, Kernel, Problem
from fairview.slate.groups import SLACK, lift_of


@lru_cache(maxsize=4096)
def minimum_table(k: int, share: float, alpha: float) -> tuple[int, ...]:
    """Return how many protected items each prefix of 1, …, k must have.

    ``m(i)`` is the smallest number whose binomial distribution function at i draws of
    probability `share` is more than `alpha`.

    Examples
    --------
    >>> minimum_table(12, 0.5, 0.1)
    (0, 0, 0, 1, 1, 1, 2, 2, 3, 3, 3, 4)
    """
    return tuple(binom.ppf(alpha + 1e-12, np.arange(1, k + 1), share).astype(int).tolist())


def failing(table: tuple[int, ...], share: float) -> float:
    """Return how often fair draws of probability `share` fail the test at some prefix."""
    alive = np.zeros(len(table) + 1)
    alive[0] = 1.0
    for least in table:
        alive[1:] = (1 - share) * alive[1:] + share * alive[:-1]
        alive[0] *= 1 - share
        alive[:least] = 0.0
    return float(1 - alive.sum())


@lru_cache(maxsize=4096)
def adjusted_table(k: int, share: float, alpha: float) -> tuple[int, ...]:
    """Return the table of the largest level at which fair draws fail at most `alpha` in all.

    A test at each of k prefixes fails fair rankings more often than one test does. The level is
    found by halving: a lower one never asks for more.

    Examples
    --------
    >>> round(failing(minimum_table(40, 0.5, 0.1), 0.5), 3)
    0.26
    >>> failing(adjusted_table(40, 0.5, 0.1), 0.5) <= 0.1
    True
    """
    low, high = 0.0, alpha
    if failing(minimum_table(k, share, alpha), share) <= alpha:
        return minimum_table(k, share, alpha)
    for _ in range(40):
        middle = (low + high) / 2
        if failing(minimum_table(k, share, middle), share) <= alpha:
            low = middle
        else:
            high = middle
    return minimum_table(k, share, low)


@dataclass(frozen=True)
class FairTopK(Kernel):
    """Every prefix has as many protected items as a fair lottery would hardly fall short of.

    The prefix with i items of known group must have at least m(i) protected ones, the quantile of
    the binomial distribution with the protected group's target share, at a level adjusted so
    that all prefixes together reject a fair lottery with probability `alpha` at most. Where the
    next place doesn't need a protected item, the most relevant one takes it. Memberships count
    by their probability; items of unknown group go by relevance and move no count. Any
    representation weight above 0 is the whole constraint. After: Zehlike et al., "FA*IR: a fair
    top-k ranking algorithm" (CIKM 2017).

    Parameters
    ----------
    protected
        Number of the protected group, from 0; None for the one with the smallest share that
        isn't 0.
    alpha
        Probability that a fair ranking fails, over all prefixes.
    adjusted
        False tests each prefix at `alpha` itself.

    Examples
    --------
    >>> selection = FairTopK(protected=1, alpha=0.1, adjusted=False).rerank(
    ...     1 - 0.01 * np.arange(8), np.zeros((8, 1)),
    ...     np.eye(3)[[0, 0, 0, 0, 0, 0, 1, 1]], np.array([0.5, 0.5]), 7,
    ...     item_ids=np.arange(8),
    ... )
    >>> selection.order.tolist()
    [0, 1, 2, 6, 3, 4, 7]
    """

    name = "fair_top_k"

    protected: int | None = None
    alpha: float = 0.1
    adjusted: bool = True

    def __post_init__(self) -> None:
        if not 0 < self.alpha < 1:
            raise UsageError(f"alpha is between 0 and 1; it is {self.alpha}.")

    def choose(self, problem: Problem) -> Choice:
        """Return the slate; ties go to the smaller id."""
        rows, infeasible = np.arange(problem.k), None
        if problem.goal is not None and problem.k:
            rows, infeasible = self._rows(problem)
        lift = lift_of(problem.relevance, rows)
        return Choice(
            rows, problem.relevance[rows], np.zeros(len(rows)), lift, infeasible=infeasible
        )

    def _rows(self, problem: Problem) -> tuple[Indices, str | None]:
        target, membership = problem.target, problem.membership
        if target is None:
            return np.arange(problem.k), None
        group = self.protected
        if group is None:
            group = int(np.argmin(np.where(target > 0, target, np.inf)))
        if not 0 <= group < len(target):
            raise UsageError(f"There is no group {group}; there are {len(target)}, from 0.")
        make = adjusted_table if self.adjusted else minimum_table
        table = make(problem.k, round(float(target[group]), 9), self.alpha)
        mass = membership.sum(axis=1)
        protected = np.flatnonzero(membership[:, group] >= np.maximum(0.5 * mass, SLACK)).tolist()
        unknown = np.flatnonzero(mass < 0.5).tolist()
        taken = np.zeros(len(mass) + 1, bool)
        best, known, count = 0, 0.0, 0.0
        rows = np.zeros(problem.k, np.int64)
        infeasible = None
        for place in range(problem.k):
            while taken[best]:
                best += 1
            row = best
            due = (
                table[min(int(known + mass[best] + SLACK), problem.k) - 1]
                if known + mass[best] >= 1
                else 0
            )
            if count + membership[best, group] < due - SLACK:
                options = [
                    next((i for i in queue if not taken[i]), -1) for queue in (protected, unknown)
                ]
                if options[0] < 0:
                    infeasible = infeasible or (
                        f"Group {group + 1} has no items left for place {place + 1}, where the "
                        f"test asks for {due} of {int(known) + 1}."
                    )
                else:
                    row = min(i for i in options if i >= 0)
            rows[place] = row
            taken[row] = True
            known += mass[row]
            count += membership[row, group]
        return rows, infeasible
