"""The stage that runs a kernel over a ragged batch of requests."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import blake2b

import numpy as np

from fairview.core import RANGES, Candidates, Ranges, Ranked, Requests, Reranker, UsageError
from fairview.core.columns import Array
from fairview.slate.base import Case, Floats, Selection, kernel
from fairview.slate.targets import parse_target

DRAWN = "conditional"
"""The kind of propensity that slates carry: of an item, given those before it."""


@dataclass(frozen=True)
class Balance:
    """What slates are balanced by: an attribute, its target, and the terms' weights."""

    attribute: str = "skin_tone"
    target: str = "qualified"
    diversity: float = 0.35
    representation: float = 0.6
    floor: float = 0.5


class KernelReranker(Reranker):
    """Runs a kernel over all requests of a batch.

    A request's columns ``k`` (items to choose), ``diversify`` (False orders by relevance alone)
    and ``key`` (a whole number, for kernels that draw by chance) decide, where they are given;
    without a key it is made of the request's id, so that a log tells how to draw again.
    Representation isn't judged on the attribute that a person has refined by: everybody who
    matches is what was asked for.

    Parameters
    ----------
    name_of_kernel
        A registered re-ranker.
    balance
        Attribute, target and weights. An attribute that isn't among `RANGES` has the groups that
        the candidates carry.
    relevance
        Names of the columns that may hold relevance; the first that is there is used.
    vectors
        The signal whose similarity is spread; without it diversity counts for nothing.
    k
        Slate length where the requests have no column ``k``.

    Raises
    ------
    UsageError
        Where there is no such re-ranker or target, or the re-ranker remembers earlier slates: a
        stage answers every request alike.
    """

    name = "reranker"
    optional = False

    def __init__(
        self,
        name_of_kernel: str,
        balance: Balance,
        *,
        relevance: Sequence[str] = ("utility", "fused"),
        vectors: str = "picture_embedding",
        k: int = 24,
    ) -> None:
        self.kernel = kernel(name_of_kernel)
        if self.kernel.remembers:
            raise UsageError(
                f"The re-ranker {name_of_kernel} needs the state that its last slate left, which "
                f"no page carries; call it with `rerank(…, state=…)`, or choose another."
            )
        self.balance = balance
        self.relevance = tuple(relevance)
        self.vectors = vectors
        self.k = k
        self._by_relevance = kernel("top_k")
        ranges = RANGES.get(balance.attribute)
        self._target = parse_target(balance.target, ranges) if ranges else None
        self._target_of = ranges

    def rerank(self, candidates: Candidates) -> Ranked:
        """Return each request's slate with the kernel's explanation as columns.

        ``target_shortfall`` repeats, for each position of a request, how many places the target
        asks for in vain: its groups lack eligible items. Where a kernel draws by chance,
        ``propensity`` is the probability of each item given those before it, and ``drawn`` says
        which requests were drawn at all; ``infeasible`` says which constraint couldn't be met.
        """
        self._resolve_target(candidates)
        relevance = self._relevance_of(candidates)
        vectors = self._vectors_of(candidates)
        membership = self._membership_of(candidates)
        cases = [
            self._case(
                candidates.requests,
                request,
                relevance[rows],
                vectors[rows],
                membership[rows],
                candidates.item_ids[rows],
            )
            for request, rows in enumerate(map(candidates.rows_of, range(len(candidates.requests))))
        ]
        selections = self._selections(candidates.requests, cases)
        orders = [
            selection.order + candidates.rows_of(request).start
            for request, selection in enumerate(selections)
        ]
        lengths = [len(order) for order in orders]
        return Ranked(
            np.concatenate([np.zeros(0, np.int64), *orders]),
            np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64),
            _columns(selections),
        )

    def _selections(self, requests: Requests, cases: Sequence[Case]) -> Sequence[Selection]:
        """Run the requests that are diversified together, and the others by relevance alone."""
        wanted = np.ones(len(cases), bool)
        if "diversify" in requests.columns:
            wanted = np.asarray(requests.columns["diversify"], bool)
        balance = self.balance
        selections: dict[int, Selection] = {}
        for chosen, mine in ((self.kernel, wanted), (self._by_relevance, ~wanted)):
            numbers = np.flatnonzero(mine).tolist()
            answers = chosen.rerank_cases(
                [cases[number] for number in numbers],
                diversity=balance.diversity,
                representation=balance.representation,
                floor=balance.floor,
            )
            selections.update(zip(numbers, answers, strict=True))
        return [selections[number] for number in range(len(cases))]

    def _case(
        self,
        requests: Requests,
        request: int,
        relevance: Array,
        vectors: Array,
        membership: Array,
        item_ids: Array,
    ) -> Case:
        columns = requests.columns
        refinement = requests.refinement(request)
        refined = refinement is not None and refinement.group(self.balance.attribute) is not None
        target: Floats | None = None
        if self._target is not None and not refined and len(relevance):
            eligible = relevance >= self.balance.floor * relevance.max()
            target = self._target.shares(membership, eligible)
        return Case(
            relevance,
            vectors,
            membership,
            target,
            int(columns["k"][request]) if "k" in columns else self.k,
            item_ids,
            int(columns["key"][request]) if "key" in columns else _key(requests.ids[request]),
        )

    def _resolve_target(self, candidates: Candidates) -> None:
        """Read the target over the groups that the candidates carry, where they have their own."""
        column = candidates.groups.get(self.balance.attribute)
        if column is not None and column.ranges != self._target_of:
            self._target = parse_target(self.balance.target, column.ranges)
            self._target_of = column.ranges

    def _relevance_of(self, candidates: Candidates) -> Array:
        for name in self.relevance:
            if name in candidates.columns:
                relevance: Array = np.maximum(np.nan_to_num(candidates.columns[name]), 0.0)
                return relevance
        return np.ones(len(candidates))

    def _vectors_of(self, candidates: Candidates) -> Array:
        column = candidates.signals.get(self.vectors)
        if column is None or column.values.ndim != 2:
            return np.zeros((len(candidates), 1), np.float32)
        if column.is_present.all():
            return column.values
        filled: Array = column.filled(0.0).astype(column.values.dtype)
        return filled

    def _membership_of(self, candidates: Candidates) -> Array:
        column = candidates.groups.get(self.balance.attribute)
        if column is not None:
            return column.probabilities
        ranges: Ranges | None = RANGES.get(self.balance.attribute)
        unknown = np.zeros((len(candidates), (len(ranges.names) if ranges else 0) + 1))
        unknown[:, -1] = 1.0
        return unknown


def _key(request_id: object) -> int:
    return int.from_bytes(blake2b(str(request_id).encode(), digest_size=8).digest(), "big")


def _columns(selections: Sequence[Selection]) -> dict[str, Array]:
    if not selections:
        return {}
    columns = {
        name: np.concatenate([s.explanation[name] for s in selections])
        for name in selections[0].explanation
    }
    short = [np.full(len(s.order), s.shortfall.sum()) for s in selections]
    columns["target_shortfall"] = np.concatenate(short)
    if any(s.infeasible for s in selections):
        said = [np.full(len(s.order), s.infeasible or "", object) for s in selections]
        columns["infeasible"] = np.concatenate(said)
    if any(s.propensity for s in selections):
        certain = [np.ones(len(s.order)) for s in selections]
        chance = [s.propensity.get(DRAWN, one) for s, one in zip(selections, certain, strict=True)]
        columns["propensity"] = np.concatenate(chance)
        columns["drawn"] = np.concatenate(
            [np.full(len(s.order), bool(s.propensity)) for s in selections]
        )
    return columns
