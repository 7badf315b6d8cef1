"""The base of every re-ranker: one signature, checks and the relevance floor in one place.

An author writes `choose`, which orders the items of one `Problem`. The base has checked and
sorted the arrays before, and afterwards it finds the ranks, applies the floor and counts what
the target could not be given.
"""

from __future__ import annotations

import importlib
import pkgutil
from abc import ABC, abstractmethod
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from typing import ClassVar

import numpy as np

from fairview.core import DataError, UsageError
from fairview.core.columns import Array, check_offsets
from fairview.slate.arrays import Floats, Indices
from fairview.slate.checks import by_relevance, check_case, check_weights, shortfall_of
from fairview.slate.problem import Case, Choice, Problem, Selection
from fairview.slate.unit_rows import UnitRows

__all__ = ["Case", "Choice", "Floats", "Indices", "Kernel", "Problem", "Selection"]

CHUNK = 64
"""Requests of a batch that are worked on at once: enough to share numpy's overhead, few enough
to stay in a processor's cache."""


class Kernel(ABC):
    """A re-ranker. A subclass with a `name` registers itself; its fields are its options.

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
    remembers: ClassVar[bool] = False
    """Whether a slate depends on the state that the last one left."""

    registered: ClassVar[dict[str, type[Kernel]]] = {}

    def __init_subclass__(cls, **options: object) -> None:
        super().__init_subclass__(**options)
        if "name" in cls.__dict__:
            Kernel.registered[cls.name] = cls

    @abstractmethod
    def choose(self, problem: Problem) -> Choice:
        """Return ``problem.k`` rows in order; a pure function of the problem."""

    def choose_many(self, problems: Sequence[Problem]) -> Sequence[Choice]:
        """Return one choice per problem; overridden where requests are cheaper together."""
        return [self.choose(problem) for problem in problems]

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
        key: int | None = None,
        state: Floats | None = None,
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
        key
            A whole number from 0 for kernels that draw by chance: the same key, the same slate.
        state
            For kernels that remember: the state that their last answer held.

        Raises
        ------
        DataError
            Where lengths differ, ids repeat, a number isn't finite or the target isn't one.
        UsageError
            Where a weight, the floor or `k` is out of range, or a key is needed and missing.
        """
        check_weights(diversity=diversity, representation=representation, floor=floor)
        case = Case(relevance, vectors, membership, target, k, item_ids, key, state)
        return self._answer([case], diversity, representation, floor)[0]

    def rerank_batch(
        self,
        relevance: Array,
        vectors: Array,
        membership: Array,
        targets: Sequence[Array | None] | None,
        k: int | Indices,
        *,
        offsets: Array,
        item_ids: Array,
        diversity: float = 0.35,
        representation: float = 0.6,
        floor: float = 0.5,
        keys: Sequence[int] | None = None,
        states: Sequence[Floats | None] | None = None,
        threads: int = 1,
    ) -> list[Selection]:
        """Choose and order the items of R requests, whose parts `offsets` cut.

        Parameters
        ----------
        relevance, vectors, membership, item_ids
            As in `rerank`, all requests one after the other.
        targets
            One per request, or None for no target at all.
        k
            One for all requests, or R.
        offsets
            R + 1 numbers: request r has the rows from ``offsets[r]`` to ``offsets[r + 1]``.
        keys, states
            One per request, or None.
        threads
            Threads that share the batch's chunks; the slates don't depend on it.

        Raises
        ------
        DataError
            As in `rerank`, and where the offsets don't fit.
        UsageError
            As in `rerank`.
        """
        check_weights(diversity=diversity, representation=representation, floor=floor)
        r = len(offsets) - 1
        check_offsets(offsets, r, len(relevance), "Requests")
        for name, given in (("targets", targets), ("keys", keys), ("states", states)):
            if given is not None and len(given) != r:
                raise DataError(f"There are {r} requests and {len(given)} {name}; give one each.")
        lengths = np.broadcast_to(k, r)
        starts = offsets.tolist()
        cases = [
            Case(
                relevance[start:end],
                vectors[start:end],
                membership[start:end],
                targets[i] if targets is not None else None,
                int(lengths[i]),
                item_ids[start:end],
                keys[i] if keys is not None else None,
                states[i] if states is not None else None,
            )
            for i, (start, end) in enumerate(pairwise(starts))
        ]
        return self.rerank_cases(
            cases,
            diversity=diversity,
            representation=representation,
            floor=floor,
            threads=threads,
        )

    def rerank_cases(
        self,
        cases: Sequence[Case],
        *,
        diversity: float = 0.35,
        representation: float = 0.6,
        floor: float = 0.5,
        threads: int = 1,
    ) -> list[Selection]:
        """Choose and order the items of requests given one by one; see `rerank_batch`."""
        check_weights(diversity=diversity, representation=representation, floor=floor)
        chunks = [cases[at : at + CHUNK] for at in range(0, len(cases), CHUNK)]

        def run(chunk: Sequence[Case]) -> list[Selection]:
            return self._answer(chunk, diversity, representation, floor)

        if threads == 1 or len(chunks) < 2:
            answers = [run(chunk) for chunk in chunks]
        else:
            with ThreadPoolExecutor(threads) as pool:
                answers = list(pool.map(run, chunks))
        return [selection for answer in answers for selection in answer]

    def _answer(
        self, cases: Sequence[Case], diversity: float, representation: float, floor: float
    ) -> list[Selection]:
        sorted_cases = [_sorted(case, diversity, representation, floor) for case in cases]
        choices = self.choose_many([one.problem for one in sorted_cases])
        return [one.selection(choice) for one, choice in zip(sorted_cases, choices, strict=True)]


@dataclass(frozen=True)
class _Sorted:
    """A request that has been checked and sorted, and the problem that its best items are."""

    order: Indices
    scaled: Floats
    known: Floats
    length: int
    problem: Problem

    def selection(self, choice: Choice) -> Selection:
        """Return the caller's slate: the kernel's choice, then items below the floor."""
        eligible = len(self.problem.relevance)
        rows = choice.rows
        below = np.zeros(len(rows), bool)
        parts = (choice.relevance, choice.diversity, choice.representation)
        propensity = choice.propensity
        if len(rows) < self.length:
            rest = np.arange(eligible, eligible + self.length - len(rows))
            none = np.zeros(len(rest))
            parts = (
                np.concatenate([parts[0], self.scaled[rest]]),
                np.concatenate([parts[1], none]),
                np.concatenate([parts[2], none]),
            )
            propensity = {kind: _continued(kind, p, len(rest)) for kind, p in propensity.items()}
            rows = np.concatenate([rows, rest])
            below = rows >= eligible
        explanation = {
            "relevance": parts[0],
            "diversity": parts[1],
            "representation": parts[2],
            "rank_before": rows + 1,
            "below_floor": below,
        }
        return Selection(
            self.order[rows],
            explanation,
            eligible,
            shortfall_of(self.problem.target, self.known, rows, eligible),
            propensity,
            choice.state,
            choice.infeasible,
        )


def _sorted(case: Case, diversity: float, representation: float, floor: float) -> _Sorted:
    check_case(case)
    order = by_relevance(case.relevance, case.item_ids)
    best = float(case.relevance[order[0]]) if len(order) else 0.0
    scaled = np.asarray(case.relevance[order], np.float64)
    scaled = scaled / best if best > 0 else np.ones(len(order))
    eligible = int(np.count_nonzero(scaled >= floor))
    length = min(case.k, len(order))
    known = np.asarray(case.membership.take(order, axis=0)[:, :-1], np.float64)
    has_target = case.target is not None and len(case.target)
    problem = Problem(
        scaled[:eligible],
        UnitRows(case.vectors, order[:eligible]),
        known[:eligible],
        np.asarray(case.target, np.float64) if has_target else None,
        min(length, eligible),
        diversity,
        representation,
        case.key,
        case.state,
    )
    return _Sorted(order, scaled, known, length, problem)


def _continued(kind: str, propensity: Floats, more: int) -> Floats:
    """Items below the floor follow for certain: the joint stays, and the others are one."""
    last = propensity[-1] if kind == "joint" and len(propensity) else 1.0
    return np.concatenate([propensity, np.full(more, last)])


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


def kernel(name: str, **options: object) -> Kernel:
    """Return the re-ranker with this name and options.

    Raises
    ------
    UsageError
        Where there is no such re-ranker (the sentence lists them) or option.
    """
    _import_own()
    if name not in Kernel.registered:
        raise UsageError(f"There is no re-ranker {name!r}; use one of {', '.join(kernels())}.")
    try:
        return Kernel.registered[name](**options)
    except TypeError:
        raise UsageError(
            f"The re-ranker {name} doesn't take the options {', '.join(options)}."
        ) from None
