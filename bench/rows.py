"""A row of the table, and how a timing is taken."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Row:
    """One measured figure: what, how much, in which unit, the goal, and against whom."""

    what: str
    value: float
    unit: str
    goal: str = ""
    against: str = ""


def seconds_each(call: Callable[[], object], times: int, warmup: int = 3) -> list[float]:
    """Return how long each of `times` calls took, after a warm-up."""
    for _ in range(warmup):
        call()
    taken = []
    for _ in range(times):
        start = time.perf_counter()
        call()
        taken.append(time.perf_counter() - start)
    return taken


def quantile(values: list[float], share: float) -> float:
    """Return the smallest value that this share of the values doesn't exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def median(values: list[float]) -> float:
    """Return the median."""
    return statistics.median(values)
