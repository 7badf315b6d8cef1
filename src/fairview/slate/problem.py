"""What a kernel is given, what it answers, and the slate that the caller gets."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from fairview.core import UsageError
from fairview.core.columns import Array
from fairview.slate.arrays import Floats, Indices
from fairview.slate.unit_rows import UnitRows


@dataclass(frozen=True)
class Problem:
    """What a kernel chooses from: n items, most relevant first, ties by item id.

    Parameters
    ----------
    relevance
        n floats in [0, 1]: the given relevance over the best one.
    unit
        The items' vectors; read them through `vectors` unless only a few rows are needed.
    membership
        n x K: the probability of each known group; a row sums to at most one, and the rest is
        unknown.
    target
        K shares that sum to one, or None where representation isn't judged.
    k
        How many items to choose; at most n.
    diversity, representation
        Weights in [0, 1].
    key
        The request's random key, or None. A kernel draws from `chance` only.
    state
        What the kernel's last call returned as its state, or None at the start.
    """

    relevance: Floats
    unit: UnitRows
    membership: Floats
    target: Floats | None
    k: int
    diversity: float
    representation: float
    key: int | None = None
    state: Floats | None = None

    @property
    def vectors(self) -> Array:
        """All vectors, n x d: rows of length one, or of length zero where an item has no vector."""
        return self.unit.all

    @property
    def goal(self) -> Floats | None:
        """The target where representation has a weight, otherwise None."""
        return self.target if self.representation > 0 else None

    def chance(self) -> np.random.Generator:
        """Return the generator of this request's key; the same key draws the same numbers.

        Raises
        ------
        UsageError
            Where the request has no key.
        """
        if self.key is None:
            raise UsageError("This re-ranker draws by chance; give each request a key.")
        return np.random.Generator(np.random.Philox(key=self.key))


@dataclass(frozen=True)
class Choice:
    """What a kernel chose: k rows of the problem in order, and each term's contribution.

    Parameters
    ----------
    rows
        Distinct rows of the problem, best first.
    relevance, diversity, representation
        What each term contributed when the position was filled, in the units of the kernel's
        own objective, weights included.
    propensity
        By kind (``conditional``, ``joint``, ``marginal``), one value per position; empty for a
        kernel without chance.
    state
        What the next call needs to know, or None.
    infeasible
        Which constraint can't be met, in one sentence; None where all are.
    """

    rows: Indices
    relevance: Floats
    diversity: Floats
    representation: Floats
    propensity: Mapping[str, Floats] = field(default_factory=dict)
    state: Floats | None = None
    infeasible: str | None = None


@dataclass(frozen=True)
class Selection:
    """A slate of one request.

    Parameters
    ----------
    order
        Rows of the caller's arrays (in a batch: of the request's part of them), best first,
        distinct.
    explanation
        Per position: ``relevance``, ``diversity``, ``representation`` (what each term
        contributed when the position was filled), ``rank_before`` (from 1, by relevance alone)
        and ``below_floor`` (whether the item is under the relevance floor).
    eligible
        How many items reach the relevance floor.
    shortfall
        K floats: how many of the places that eligible items fill the target asks for each
        group, beyond what eligible items can give; all zero where the target is feasible.
    propensity
        By kind, per position: how likely this item was here given those before it
        (``conditional``), this slate up to here (``joint``), or this item anywhere on the
        slate (``marginal``). Empty where the slate is certain.
    state
        The kernel's new state, to be passed in with the next request, or None.
    infeasible
        Which of the kernel's constraints the eligible items can't meet; None where all are met.
    """

    order: Indices
    explanation: Mapping[str, Array]
    eligible: int
    shortfall: Floats
    propensity: Mapping[str, Floats] = field(default_factory=dict)
    state: Floats | None = None
    infeasible: str | None = None

    @property
    def feasible(self) -> bool:
        """Whether the eligible items fill the slate, give each group its places and meet all."""
        return (
            self.infeasible is None
            and not self.explanation["below_floor"].any()
            and not self.shortfall.any()
        )


@dataclass(frozen=True)
class Case:
    """One request as the caller gives it; `Kernel.rerank` says what each part is."""

    relevance: Array
    vectors: Array
    membership: Array
    target: Array | None
    k: int
    item_ids: Array
    key: int | None = None
    state: Floats | None = None
