"""Fair exposure over many requests: a controller."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from fairview.core import DataError
from fairview.slate.base import Choice, Kernel, Problem
from fairview.slate.exposure import attention


@dataclass(frozen=True)
class Amortised(Kernel):
    """Relevance, and what groups are owed from earlier requests.

    The state holds, per group, the exposure received and the exposure deserved so far. With V the
    worth of this slate's places, a place is filled by the item with the largest

    ``relevance + w * gain * sum_g m_ig (e_g - mean)``,  ``e_g = (deserved_g - received_g) / V``,

    where m is membership, w the representation weight, and the mean is that of e under the target.
    Every place filled by an item of known groups gives each group a deserved ``p_g`` of its worth
    and its members the received one. Debts of one request are so paid in the next ones, and no
    single slate has to be balanced at any price. Items of unknown group are neither pushed nor
    pulled. Let every item be its own group for fairness between items. After: Biega, Gummadi and
    Weikum, "Equity of attention" (SIGIR 2018), and the controller of Morik et al., "Controlling
    fairness and bias in dynamic learning-to-rank" (SIGIR 2020).

    Parameters
    ----------
    gain
        How strongly a debt of a whole slate's exposure is weighed against relevance.

    Examples
    --------
    >>> arguments = (np.array([1.0, 0.9]), np.zeros((2, 1)), np.array([[1.0, 0, 0], [0, 1, 0]]),
    ...              np.array([0.5, 0.5]), 1)
    >>> state, shown = None, []
    >>> for _ in range(4):
    ...     selection = Amortised().rerank(
    ...         *arguments, item_ids=np.array(["a", "b"]), representation=1.0, state=state
    ...     )
    ...     state = selection.state
    ...     shown.append(int(selection.order[0]))
    >>> shown, state.tolist()
    ([0, 1, 0, 1], [[2.0, 2.0], [2.0, 2.0]])
    """

    name = "amortised"
    remembers: ClassVar[bool] = True

    gain: float = 1.0

    def choose(self, problem: Problem) -> Choice:
        """Return the slate and the new state; ties go to the more relevant item."""
        k, goal, membership = problem.k, problem.target, problem.membership
        groups = membership.shape[1]
        state = np.zeros((2, groups)) if problem.state is None else np.array(problem.state, float)
        if state.shape != (2, groups):
            raise DataError(
                f"The state must be what the last answer gave for {groups} groups, 2 x {groups}; "
                f"it is {' x '.join(map(str, state.shape))}."
            )
        if not np.isfinite(state).all():
            raise DataError("The state holds a number that isn't finite; start again with None.")
        received, deserved = state
        worth = attention(k)
        weight = problem.representation * self.gain
        value = problem.relevance.copy()
        rows = np.zeros(k, np.int64)
        fair = np.zeros(k)
        for place in range(k):
            behind = np.zeros(groups)
            if goal is not None:
                behind = (deserved - received) / worth.sum()
                behind -= goal @ behind
            pull = weight * (membership @ behind)
            total = value + pull
            row = int((total >= total.max() - 1e-12).argmax())
            rows[place], fair[place] = row, pull[row]
            value[row] = -np.inf
            if goal is not None:
                received = received + worth[place] * membership[row]
                deserved = deserved + worth[place] * membership[row].sum() * goal
        return Choice(
            rows,
            problem.relevance[rows],
            np.zeros(k),
            fair,
            state=np.array([received, deserved]),
        )
