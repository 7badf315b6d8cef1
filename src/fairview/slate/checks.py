"""What every re-ranker checks before it starts."""

from __future__ import annotations

import numpy as np

from fairview.core import DataError, UsageError
from fairview.core.columns import Array
from fairview.slate.arrays import Floats, Indices
from fairview.slate.problem import Case


def check_weights(**weights: float) -> None:
    """Raise `UsageError` unless each weight is from 0 to 1."""
    for name, value in weights.items():
        if not 0 <= value <= 1:
            raise UsageError(f"{name} must be from 0 to 1; it is {value}.")


def check_case(case: Case) -> None:
    """Raise `DataError` where the arrays of a request don't fit, `UsageError` where k doesn't."""
    n = len(case.relevance)
    if case.k < 1:
        raise UsageError(f"A slate needs at least one place; k is {case.k}.")
    if not len(case.vectors) == len(case.membership) == len(case.item_ids) == n:
        raise DataError(
            f"Relevance, vectors, membership and ids must have one row per item; they have "
            f"{n}, {len(case.vectors)}, {len(case.membership)} and {len(case.item_ids)}."
        )
    if case.vectors.ndim != 2 or case.membership.ndim != 2:
        raise DataError("Vectors and membership are 2-D: one row per item.")
    if n and not (case.relevance.min() >= 0 and np.isfinite(case.relevance.max())):
        raise DataError("Relevance must be finite and at least 0 for every item.")
    if case.membership.shape[1] < 1:
        raise DataError("Membership has no column; the last one is the probability of unknown.")
    if n and not (case.membership.min() >= 0 and case.membership.sum(axis=1).max() <= 1 + 1e-5):
        raise DataError(
            "Membership must be probabilities, the last one unknown's: from 0, and each item's "
            "sum to one."
        )
    if not are_distinct(case.item_ids):
        raise DataError("Item ids repeat; give each candidate once.")
    if case.target is not None and len(case.target):
        check_target(case.target, case.membership.shape[1] - 1)


def are_distinct(ids: Array) -> bool:
    """Return whether no id stands twice.

    Text is first compared by a number made of all its letters: numbers that differ prove that the
    texts do, in half the time of comparing these.

    Examples
    --------
    >>> are_distinct(np.array(["a", "b", "ab"])), are_distinct(np.array(["b", "a", "b"]))
    (True, False)
    """
    if ids.dtype.kind == "U" and len(ids) > 1 and ids.itemsize:
        letters = np.uint64 if ids.itemsize % 8 == 0 else np.uint32
        wide = np.ascontiguousarray(ids).view(letters).reshape(len(ids), -1)
        codes: Array = np.dot(wide, np.cumprod(np.full(wide.shape[1], _BASE)))
        codes.sort()
        if not (codes[1:] == codes[:-1]).any():
            return True
    return len(set(ids.tolist())) == len(ids)


_BASE = np.uint64(0x9E3779B97F4A7C15)


def check_target(target: Array, groups: int) -> None:
    """Raise `DataError` unless the target has one share per group, and they sum to one."""
    if len(target) != groups:
        raise DataError(
            f"The target has {len(target)} groups and membership has {groups} (beside unknown); "
            f"give one share per group."
        )
    if not np.isfinite(target).all() or target.min() < 0 or abs(float(target.sum()) - 1) > 1e-6:
        raise DataError("The target's shares must be at least 0 and sum to one.")


def by_relevance(relevance: Array, item_ids: Array) -> Indices:
    """Return all rows, the most relevant first, ties by id.

    Examples
    --------
    >>> by_relevance(np.array([0.5, 0.9, 0.5]), np.array(["b", "c", "a"])).tolist()
    [1, 2, 0]
    """
    order = np.argsort(-relevance, kind="stable")
    ordered = relevance[order]
    same = ordered[1:] == ordered[:-1]
    if not same.any():
        return order
    tied = np.zeros(len(order), bool)
    tied[1:] = same
    tied[:-1] |= same
    places = np.flatnonzero(tied)
    rows = order[places]
    order[places] = rows[np.lexsort((item_ids[rows], -relevance[rows]))]
    return order


def shortfall_of(goal: Floats | None, known: Floats, rows: Indices, eligible: int) -> Floats:
    """Return how many places the target asks for that eligible items can't give, per group."""
    if goal is None:
        return np.zeros(known.shape[1])
    filled = rows[rows < eligible]
    places = np.floor(goal * known[filled].sum() + 1e-9)
    short = places - known[:eligible].sum(axis=0)
    return np.where(short > 1e-9, short, 0.0)
