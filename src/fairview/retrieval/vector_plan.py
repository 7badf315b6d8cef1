"""What reading rows costs here, measured when an index is built, and what follows for a search."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from fairview.retrieval.vector_rows import Vectors

_ROWS = 20_000
_TIMES = 7
_LIST = 200
_ALLOWED = 0.1


@dataclass(frozen=True)
class Plan:
    """The measured costs of an index, in seconds, and how far a walk reads.

    Parameters
    ----------
    apart
        Comparing one row that stands anywhere.
    in_order
        Comparing one row after its neighbour.
    per_list
        Starting to read a list.
    per_mask
        Bringing one row's answer of a filter into the order of the lists, and counting it.
    walk
        A whole walk without a filter, in the median of the calibration's searches.
    factor
        What the spread of a list's rows is widened by; see `vector_lists`.
    against
        The same where a filter keeps out most of what is near the query.
    recall
        The least recall@10 among the calibration's kinds of searches with these factors.
    """

    apart: float = 4e-8
    in_order: float = 1.8e-8
    per_list: float = 3e-6
    per_mask: float = 1e-9
    walk: float = 0.0
    factor: float = 1.0
    against: float = 1.0
    recall: float = 1.0

    def exact(self, matching: int, size: int) -> float:
        """Return the seconds of comparing the `matching` among `size` rows."""
        return min(self.apart * matching, self.in_order * size)

    def few(self, size: int) -> int:
        """Return up to how many matching of `size` rows are cheaper compared than looked for.

        Examples
        --------
        >>> Plan(apart=1e-7, per_mask=1e-9, walk=2e-4).few(200_000)
        4000
        """
        return round((self.walk + self.per_mask * size) / self.apart) if self.walk else 0


def measured(vectors: Vectors, rng: np.random.Generator) -> Plan:
    """Return the costs of reading these vectors on this machine; no walk is known yet."""
    n = len(vectors)
    rows = min(_ROWS, n)
    unit = vectors.whole(np.zeros(1, np.int64))[0]
    places = np.sort(rng.choice(n, rows, replace=False))
    small = min(_LIST, n)
    mask = rng.random(n) < _ALLOWED
    order = rng.permutation(n)
    in_order = _median(lambda: vectors.in_order(0, rows, unit)) / rows
    return Plan(
        apart=_median(lambda: vectors.apart(places, unit)) / rows,
        in_order=in_order,
        per_mask=_median(lambda: np.count_nonzero(mask.take(order))) / n,
        per_list=max(_median(lambda: vectors.in_order(0, small, unit)) - small * in_order, 1e-7),
    )


def _median(call: Callable[[], object]) -> float:
    taken = []
    for _ in range(_TIMES):
        start = time.thread_time()
        call()
        taken.append(time.thread_time() - start)
    return statistics.median(taken)
