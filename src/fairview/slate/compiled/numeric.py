"""What the compiled loops share.

Compiled code is kept beside the file that it was made from and made again when that file
changes; after a change in *this* file, empty the ``__pycache__`` here.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

import numba
import numpy as np

from fairview.core.columns import Array

Function = TypeVar("Function", bound=Callable[..., object])

REORDERED = {"reassoc", "contract", "nsz"}
"""A sum may be taken in any order, which lets the processor add many numbers at once."""


def compiled(function: Function) -> Function:
    """Compile at the first call; keep the result for other processes, where there is room."""
    return _made(function, cache=True)


def summing(function: Function) -> Function:
    """Compile a function whose sums may be taken in any order."""
    return _made(function, cache=True, fastmath=REORDERED)


def _made(function: Function, **options: Any) -> Function:
    try:
        return cast(Function, numba.njit(nogil=True, **options)(function))
    except RuntimeError:
        # Neither the package's folder nor the user's cache can be written to.
        return cast(Function, numba.njit(nogil=True, **{**options, "cache": False})(function))


@summing
def dot_of_rows(a: Array, i: int, b: Array, j: int) -> Any:
    """Return the inner product of a row of each, in the vectors' own precision."""
    total = a.dtype.type(0)
    for c in range(a.shape[1]):
        total += a[i, c] * b[j, c]
    return total


@compiled
def pull_of(target: Array, in_slate: Array, left: Array) -> Any:
    """Return how far each group is behind, in places, less the mean over groups with supply."""
    pull = target * in_slate.sum() - in_slate
    total, mean = 0.0, 0.0
    for g in range(len(target)):
        if left[g] > 1e-9:
            total += target[g]
            mean += target[g] * pull[g]
    if total <= 0:
        return np.zeros(len(target))
    return pull - mean / total
