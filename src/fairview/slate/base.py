"""The base of every re-ranker: one signature, checks and the relevance floor in one place.

An author writes `choose`, which orders the items of one `Problem`. The base has checked and
sorted the arrays before, and afterwards it finds the ranks, applies the floor and counts what
the target could not be given.
"""

from __future__ import annotations

import importlib
import pkgutil
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import ClassVar

import numpy as np
import numpy.typing as npt

from fairview.core import DataError, UsageError
from fairview.core.columns import Array

Floats = npt.NDArray[np.float64]
Indices = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Problem:
    """What a kernel chooses from: n items, most relevant first, ties by item id.

    Parameters
    ----------
    relevance
        n floats in [0, 1]: the given relevance over the best one.
    vectors
        n x d, rows of length one, or of length zero where an item has no vector.
    membership
        n x K: the probability of each known group; a row sums to at most one, and the rest is
        unknown.
    target
        K shares that sum to one, or None where representation isn't judged.
    k
        How many items to choose; at most n.
    diversity, representation
        Weights in [0, 1].
    """

    relevance: Floats
    vectors: Array
    membership: Floats
    target: Floats | None
    k: int
    diversity: float
    representation: float


@dataclass(frozen=True)
class Choice:
    """What a kernel chose: k rows of the problem in order, and each term's contribution.

    Contributions are in the units of the kernel's own objective, weights included, one value
    per position.
    """

    rows: Indices
    relevance: Floats
    diversity: Floats
    representation: Floats


@dataclass(frozen=True)
class Selection:
    """A slate of one request.

    Parameters
    ----------
    order
        Rows of the caller's arrays, best first, distinct.
    explanation
        Per position: ``relevance``, ``diversity``, ``representation`` (what each term
        contributed when the position was filled), ``rank_before`` (from 1, by relevance alone)
        and ``below_floor`` (whether the item is under the relevance floor).
    eligible
        How many items reach the relevance floor.
    shortfall
        K floats: how many of the places that eligible items fill the target asks for each
        group, beyond what eligible items can give; all zero where the target is feasible.
    """

    order: Indices
    explanation: Mapping[str, Array]
    eligible: int
    shortfall: Floats

    @property
    def feasible(self) -> bool:
        """Whether the eligible items can fill the slate and give each group its places."""
        return not self.explanation["below_floor"].any() and not self.shortfall.any()


class Kernel(ABC):
    """A re-ranker. A subclass with a `name` registers itself.

    Examples
    --------
    >>> import numpy as np
    >>> selection = kernel("top_k").rerank(
    ...     np.array([0.2, 0.9, 0.9]), np.eye(3), np.ones((3, 1)), np.zeros(0), 2,
    ...     item_ids=np.array(["a", "c", "b"]),
    ... )
    >>> selection.order.tolist(), selection.explanation["rank_before"].tolist()
    ([2, 1], [1, 2])
    """

    name: ClassVar[str]
    registered: ClassVar[dict[str, type[Kernel]]] = {}

    def __init_subclass__(cls, **options: object) -> None:
        super().__init_subclass__(**options)
        if "name" in cls.__dict__:
            Kernel.registered[cls.name] = cls

    @abstractmethod
    def choose(self, problem: Problem) -> Choice:
        """Return ``problem.k`` rows in order; a pure function of the problem."""

    def rerank(
        self,
        relevance: Array,
        vectors: Array,
        membership: Array,
        target: Array | None,
        k: int,
        *,
        item_ids: Array,
        diversity: float = 0.35,
        representation: float = 0.6,
        floor: float = 0.5,
    ) -> Selection:
        """Choose and order at most `k` of n items.

        Parameters
        ----------
        relevance
            n finite floats, at least 0; larger is better.
        vectors
            n x d floats; a row of zeros is an item without a vector.
        membership
            n x (K+1) probabilities whose last column is ``unknown``.
        target
            K shares that sum to one; None or an empty array judges no representation.
        item_ids
            n distinct ids; they break ties.
        diversity, representation
            Weights in [0, 1]; with both at 0 the slate is the order of relevance.
        floor
            Share of the best relevance in [0, 1]. An item below it never stands ahead of one
            that reaches it.

        Raises
        ------
        DataError
            Where lengths differ, ids repeat, a number isn't finite or the target isn't one.
        UsageError
            Where a weight, the floor or `k` is out of range.
        """
        _check_weights(k, diversity=diversity, representation=representation, floor=floor)
        _check_arrays(relevance, vectors, membership, target, item_ids)
        order = np.lexsort((item_ids, -relevance))
        best = float(relevance.max(initial=0.0))
        scaled = relevance[order] / best if best > 0 else np.ones(len(order))
        eligible = int(np.count_nonzero(scaled >= floor))
        length = min(k, len(order))
        known = np.asarray(membership[order, :-1], np.float64)
        goal = None if target is None or not len(target) else np.asarray(target, np.float64)
        among = order[:eligible]
        choice = self.choose(
            Problem(
                scaled[:eligible].astype(np.float64),
                _normalised(vectors[among]),
                known[:eligible],
                goal,
                min(length, eligible),
                diversity,
                representation,
            )
        )
        rest = np.arange(eligible, max(length, eligible))[: length - len(choice.rows)]
        rows = np.concatenate([choice.rows, rest])
        none = np.zeros(len(rest))
        explanation = {
            "relevance": np.concatenate([choice.relevance, scaled[rest]]),
            "diversity": np.concatenate([choice.diversity, none]),
            "representation": np.concatenate([choice.representation, none]),
            "rank_before": rows + 1,
            "below_floor": rows >= eligible,
        }
        return Selection(
            order[rows], explanation, eligible, _shortfall(goal, known, rows, eligible)
        )


@cache
def _import_own() -> None:
    package = importlib.import_module("fairview.slate")
    for module in pkgutil.iter_modules(package.__path__):
        importlib.import_module(f"fairview.slate.{module.name}")


def kernels() -> tuple[str, ...]:
    """Return the names of all re-rankers, those of plug-ins included.

    Examples
    --------
    >>> {"dpp", "top_k"} <= set(kernels())
    True
    """
    _import_own()
    return tuple(sorted(Kernel.registered))


def kernel(name: str) -> Kernel:
    """Return the re-ranker with this name; an unknown one is a `UsageError` that lists them."""
    _import_own()
    try:
        return Kernel.registered[name]()
    except KeyError:
        raise UsageError(
            f"There is no re-ranker {name!r}; use one of {', '.join(kernels())}."
        ) from None


def _check_weights(k: int, **weights: float) -> None:
    if k < 1:
        raise UsageError(f"A slate needs at least one place; k is {k}.")
    for name, value in weights.items():
        if not 0 <= value <= 1:
            raise UsageError(f"{name} must be from 0 to 1; it is {value}.")


def _check_arrays(
    relevance: Array, vectors: Array, membership: Array, target: Array | None, item_ids: Array
) -> None:
    n = len(relevance)
    if not len(vectors) == len(membership) == len(item_ids) == n:
        raise DataError(
            f"Relevance, vectors, membership and ids must have one row per item; they have "
            f"{n}, {len(vectors)}, {len(membership)} and {len(item_ids)}."
        )
    if vectors.ndim != 2 or membership.ndim != 2:
        raise DataError("Vectors and membership are 2-D: one row per item.")
    if n and not (np.isfinite(relevance).all() and relevance.min() >= 0):
        raise DataError("Relevance must be finite and at least 0 for every item.")
    if n and not np.isfinite(vectors).all():
        raise DataError("Vectors must be finite; give zeros for an item without one.")
    if len(set(item_ids.tolist())) != n:
        raise DataError("Item ids repeat; give each candidate once.")
    if target is None or not len(target):
        return
    if len(target) != membership.shape[1] - 1:
        raise DataError(
            f"The target has {len(target)} groups and membership has "
            f"{membership.shape[1] - 1} (beside unknown); give one share per group."
        )
    if not np.isfinite(target).all() or target.min() < 0 or abs(float(target.sum()) - 1) > 1e-6:
        raise DataError("The target's shares must be at least 0 and sum to one.")


def _normalised(vectors: Array) -> Array:
    if vectors.dtype not in (np.float32, np.float64):
        vectors = vectors.astype(np.float64)
    length = np.sqrt(np.einsum("ij,ij->i", vectors, vectors))[:, None]
    safe = np.where(length > 0, length, 1)
    return np.ascontiguousarray(np.where(length > 0, vectors / safe, 0))


def _shortfall(goal: Floats | None, known: Floats, rows: Indices, eligible: int) -> Floats:
    if goal is None:
        return np.zeros(known.shape[1])
    filled = rows[rows < eligible]
    places = np.floor(goal * known[filled].sum() + 1e-9)
    short = places - known[:eligible].sum(axis=0)
    return np.where(short > 1e-9, short, 0.0)
