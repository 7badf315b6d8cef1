"""How far a walk must read: tried on searches like those to come, when an index is built.

Plain searches, for what is like an item and for what lies between two items, decide one factor.
Searches among the half of all items that lies far from the query, by a sharp or a soft border,
decide the other: they are what walks with a fixed number of lists lose.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from fairview.core.columns import Array
from fairview.retrieval.expression import Mask
from fairview.retrieval.hits import Hits, kth_best
from fairview.retrieval.vector_plan import Plan
from fairview.retrieval.vector_rows import Floats, Places, Vectors

TARGET = 0.993
"""The recall that each kind of search must reach in the mean."""

FACTORS = (0.5, 0.7, 0.85, 1.0, 1.2, 1.5, 2.0, 3.0)
"""The widths that are tried, narrowest first."""

_SEARCHES = 32
_K = 10

Walk = Callable[[Floats, int, Mask | None, float], Hits]
"""Walks for a unit vector, k, a mask over places and a factor; answers in places."""


@dataclass(frozen=True)
class _Search:
    unit: Floats
    mask: Mask | None
    least: float


def calibrated(
    plan: Plan, vectors: Vectors, walk: Walk, rng: np.random.Generator, *, blur: float
) -> Plan:
    """Return the plan with the narrowest factors that reach the recall, and a walk's cost.

    `vectors` are whole. Neighbours whose products differ by less than `blur`, which is what the
    walk's own vectors can't tell apart, count as equally near: how far to read is decided here,
    not how well vectors are kept.
    """
    like, between, soft, sharp = _searches(vectors, rng, blur)
    factor, recall = _narrowest((like, between), walk)
    against, recall_against = _narrowest((soft, sharp), walk)
    taken = []
    for search in like:
        start = time.thread_time()
        walk(search.unit, _K, None, factor)
        taken.append(time.thread_time() - start)
    return replace(
        plan,
        factor=factor,
        against=max(factor, against),
        recall=min(recall, recall_against),
        walk=statistics.median(taken),
    )


def _narrowest(kinds: Sequence[list[_Search]], walk: Walk) -> tuple[float, float]:
    for factor in FACTORS:
        worst = min(_recall(searches, walk, factor) for searches in kinds)
        if worst >= TARGET:
            break
    return factor, worst


def _recall(searches: list[_Search], walk: Walk, factor: float) -> float:
    found = [
        np.count_nonzero(walk(s.unit, _K, s.mask, factor).scores >= s.least) / _K for s in searches
    ]
    return statistics.fmean(found)


def _searches(vectors: Vectors, rng: np.random.Generator, blur: float) -> list[list[_Search]]:
    like = vectors.whole(_sample(len(vectors), _SEARCHES, rng))
    others = vectors.whole(_sample(len(vectors), _SEARCHES, rng))
    between = _unit(like + others)
    kinds: list[list[_Search]] = [[], [], [], []]
    for item, middle in zip(like, between, strict=True):
        scores = _scores(vectors, item)
        kinds[0].append(_Search(item, None, kth_best(scores, _K) - blur))
        kinds[1].append(_Search(middle, None, kth_best(_scores(vectors, middle), _K) - blur))
        for kind, noise in ((kinds[2], scores.std()), (kinds[3], 0.0)):
            noisy = scores + noise * rng.standard_normal(len(scores))
            far = noisy < np.median(noisy)
            kind.append(_Search(item, far, kth_best(scores[far], _K) - blur))
    return kinds


def _scores(vectors: Vectors, unit: Floats) -> Floats:
    return vectors.in_order(0, len(vectors), unit)


def _sample(n: int, count: int, rng: np.random.Generator) -> Places:
    return np.sort(rng.choice(n, count, replace=False)).astype(np.int64)


def _unit(vectors: Array) -> npt.NDArray[np.float32]:
    length = np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-12)
    return np.ascontiguousarray(vectors / length, np.float32)
