"""Scoring candidates: features, models trained on events, calibration, one utility.

No feature here describes people: signals with groups are never read for ranking. Which
candidates there are is decided in `retrieval`, how a slate is composed in `slate`.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from fairview.ranking.features import FEATURES, MATCH_COLUMNS
    from fairview.ranking.fused import FusedRelevance
    from fairview.ranking.item_facts import ItemFacts
    from fairview.ranking.popularity import Popularity
    from fairview.ranking.ranker import UTILITY_WEIGHTS, Ranker
    from fairview.ranking.scorer import RankerScorer
    from fairview.ranking.training import Matcher, TrainReport, train

_HOME = {
    "FEATURES": "features",
    "FusedRelevance": "fused",
    "ItemFacts": "item_facts",
    "MATCH_COLUMNS": "features",
    "Matcher": "training",
    "Popularity": "popularity",
    "Ranker": "ranker",
    "RankerScorer": "scorer",
    "TrainReport": "training",
    "UTILITY_WEIGHTS": "ranker",
    "train": "training",
}


def __getattr__(name: str) -> Any:
    """Import a public name from the module that it lives in."""
    try:
        module = _HOME[name]
    except KeyError:
        raise AttributeError(f"module 'fairview.ranking' has no attribute {name!r}") from None
    return getattr(import_module(f"fairview.ranking.{module}"), name)


__all__ = [
    "FEATURES",
    "MATCH_COLUMNS",
    "UTILITY_WEIGHTS",
    "FusedRelevance",
    "ItemFacts",
    "Matcher",
    "Popularity",
    "Ranker",
    "RankerScorer",
    "TrainReport",
    "train",
]
