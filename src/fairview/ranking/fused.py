"""Fused relevance: one number from words, text similarity and picture similarity, no events needed.

It orders pages until a ranker is trained, and it always decides which candidates reach the
ranker.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from fairview.core import Candidates, Scorer
from fairview.core.columns import Array

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class FusionWeights:
    """What each part counts for; they are scaled to sum to one over the parts that are there."""

    bm25: float = 0.5
    text_cosine: float = 0.3
    picture_cosine: float = 0.2
    graph_score: float = 0.0


SEARCH = FusionWeights()
RELATED = FusionWeights(bm25=0.0, text_cosine=0.3, picture_cosine=0.7, graph_score=0.5)


class FusedRelevance(Scorer):
    """Provides ``fused`` in [0, 1]: a weighted mean of the parts, each over its request's best.

    BM25 and text similarity are divided by the best candidate's. Picture similarities are all
    high, so they are stretched from the request's lowest (0) to its highest (1). A part that a
    request doesn't have at all leaves its weight to the others; a candidate without a value
    counts as 0 there.
    """

    name = "fused relevance"
    needs = ("text_cosine", "picture_cosine")
    provides = ("fused",)
    optional = False

    def __init__(self, weights: FusionWeights = SEARCH) -> None:
        self.weights = weights

    def score(self, candidates: Candidates) -> Mapping[str, Array]:
        """Return the fused relevance of each candidate."""
        fused = np.zeros(len(candidates))
        for request in range(len(candidates.requests)):
            rows = candidates.rows_of(request)
            columns = {
                name: candidates.columns[name][rows]
                for name in ("bm25", "text_cosine", "picture_cosine", "graph_score")
                if name in candidates.columns
            }
            fused[rows] = fuse(columns, self.weights)
        return {"fused": fused}


def fuse(columns: Mapping[str, Array], weights: FusionWeights) -> Floats:
    """Return the fused relevance of one request's n candidates.

    Examples
    --------
    >>> parts = {"bm25": np.array([4.0, 2.0, np.nan]), "text_cosine": np.array([0.2, 0.4, 0.0])}
    >>> fuse(parts, FusionWeights(0.5, 0.5, 0.0)).tolist()
    [0.75, 0.75, 0.0]
    """
    n = len(next(iter(columns.values()))) if columns else 0
    total, weight_sum = np.zeros(n), 0.0
    for name, column in columns.items():
        weight = float(getattr(weights, name))
        low = float(np.nanmin(column)) if name == "picture_cosine" and _any(column) else 0.0
        high = float(np.nanmax(column)) if _any(column) else 0.0
        if weight == 0 or high <= low:
            continue
        total += weight * np.clip(np.nan_to_num((column - low) / (high - low)), 0, 1)
        weight_sum += weight
    return np.round(total / weight_sum, 9) if weight_sum else total


def _any(column: Array) -> bool:
    return bool(np.isfinite(column).any())
