"""What one stage costs beyond its own work, for one request."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from bench.rows import Row, median, seconds_each
from fairview.core import Candidates, Found, Pipeline, Requests, Scorer, Source

ITEMS = 300
STAGES = 20


class Given(Source):
    name = "given"
    ids = np.array([f"{i:016x}" for i in range(ITEMS)])

    def fetch(self, requests: Requests) -> Found:
        return Found.one(self.ids)


class Nothing(Scorer):
    def __init__(self, number: int) -> None:
        self.name = f"score {number}"
        self.provides = (self.name,)
        self.column = np.zeros(ITEMS)

    def score(self, candidates: Candidates) -> Mapping[str, np.ndarray]:
        return {self.name: self.column}


def rows() -> list[Row]:
    """Time a pipeline of many empty scorers less one without them."""
    requests = Requests.one("r", query="q")
    few = Pipeline([Given()])
    many = Pipeline([Given(), *(Nothing(i) for i in range(STAGES))])
    base = median(seconds_each(lambda: few.run(requests), 400))
    full = median(seconds_each(lambda: many.run(requests), 400))
    return [
        Row("dispatch of one stage, one request", (full - base) / STAGES * 1e6, "µs", "at most 30")
    ]
