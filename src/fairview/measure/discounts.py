"""Discounts: how much attention each rank of a list gets."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from fairview.core.errors import UsageError

Floats = npt.NDArray[np.float64]

DISCOUNTS: Mapping[str, Callable[[Floats], Floats]] = {
    "log2": lambda rank: 1 / np.log2(1 + rank),
    "trec": lambda rank: 1 / np.log2(np.maximum(rank, 2)),
    "none": lambda rank: np.ones_like(rank),
}
"""``log2`` is 1/log2(1+r) (Singh and Joachims 2018), ``trec`` 1/log2(max(r, 2)) (TREC Fair
Ranking 2021), ``none`` counts every rank the same."""


def attention(rank: npt.NDArray[Any], discount: str, at: int, start: int = 1) -> Floats:
    """Return n floats: the attention of ranks from `start` to `at`, and 0 for all others.

    Raises
    ------
    UsageError
        Where the discount is unknown.

    Examples
    --------
    >>> attention(np.array([1, 3, 4]), "log2", 3).tolist()
    [1.0, 0.5, 0.0]
    """
    check_discount(discount)
    last = min(at, int(rank.max(initial=0)))
    ranks = np.arange(1, last + 1, dtype=np.float64)
    each = np.concatenate([[0.0], np.where(ranks >= start, DISCOUNTS[discount](ranks), 0.0), [0.0]])
    return np.asarray(each[np.minimum(rank, last + 1)])


def check_discount(discount: str) -> None:
    """Raise `UsageError` where there is no discount of this name."""
    if discount not in DISCOUNTS:
        raise UsageError(f"There is no discount {discount!r}; use one of {', '.join(DISCOUNTS)}.")
