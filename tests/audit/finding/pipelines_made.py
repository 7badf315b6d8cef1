"""Candidate logs of a made pipeline, with a bias of known size planted at one stage.

A catalogue of two groups, a and b, half each. Sources bring 120 candidates, a filter removes a
third, the ranker keeps the best 40 by a score without meaning, the re-ranker 10 of those, and the
page shows them in a random order. Each stage can take a fifth of b's chance.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
import pyarrow as pa

from fairview.audit.finding import StageLog

ITEMS = 2000
BROUGHT, FILTERED, RANKED, SHOWN = 120, 80, 40, 10
STAGES = ("retrieval", "filtering", "ranking", "re-ranking", "display")
NAMES = {"filtering": "duplicates", "ranking": "ranker", "re-ranking": "reranker"}


@dataclass(frozen=True)
class Made:
    """What is planted, and how many people ask how often."""

    stage: str = ""
    people: int = 120
    requests: int = 3
    seed: int = 0
    ranks: bool = False


@cache
def log_of(made: Made) -> StageLog:
    """The log of all requests."""
    rng = np.random.default_rng(made.seed)
    group = np.arange(ITEMS) % 2
    number = made.people * made.requests
    order = rank_by(rng, np.tile(group, (number, 1)), made.stage == "retrieval")
    item = order[:, :BROUGHT]
    sizes = {"filtering": FILTERED, "ranking": RANKED, "re-ranking": SHOWN}
    stage = np.full(item.shape, "slate", object)
    place = np.full(item.shape, -1)
    alive = np.ones(item.shape, bool)
    for name, size in sizes.items():
        ranked = rank_by(rng, group[item], made.stage == name, alive)
        kept = np.zeros(item.shape, bool)
        np.put_along_axis(kept, ranked[:, :size], True, axis=1)
        kept &= alive
        stage[alive & ~kept] = "reranker" if made.ranks and name == "ranking" else NAMES[name]
        if name == "ranking":
            np.put_along_axis(place, ranked, np.arange(item.shape[1])[None], axis=1)
        alive = kept
    page = rank_by(rng, group[item], made.stage == "display", alive)[:, :SHOWN]
    request = np.repeat(np.arange(number), item.shape[1])
    columns = {
        "request_id": [f"r{r}" for r in request],
        "cluster_id": [f"p{r // made.requests}" for r in request],
        "item_id": [f"i{i}" for i in item.ravel()],
        "stage": stage.ravel().tolist(),
        "kept": alive.ravel(),
        "sampling_rate": np.full(item.size, 0.5),
    }
    if made.ranks:
        columns["rank"] = place.ravel() + 1
    shown = {
        "request_id": np.repeat([f"r{r}" for r in range(number)], SHOWN),
        "item_id": [f"i{i}" for i in np.take_along_axis(item, page, axis=1).ravel()],
        "position": np.tile(np.arange(1, SHOWN + 1), number),
    }
    return StageLog(
        pa.table(columns), memberships(), catalogue=catalogue(), shown=pa.table(shown),
        target={"a": 0.4, "b": 0.6},
    )  # fmt: skip


def rank_by(
    rng: np.random.Generator,
    group: np.ndarray,
    planted: bool,
    alive: np.ndarray | None = None,
) -> np.ndarray:
    """Rows in a random order; where planted, a fifth of the b rows goes behind all others."""
    score = rng.random(group.shape)
    if planted:
        score -= 2.0 * ((group == 1) & (rng.random(group.shape) < 0.2))
    if alive is not None:
        score -= 10.0 * ~alive
    return np.argsort(-score, axis=1)


def memberships() -> pa.Table:
    """Every item's group."""
    return pa.table(
        {
            "item_id": [f"i{i}" for i in range(ITEMS)],
            "attribute": ["made"] * ITEMS,
            "group": ["ab"[i % 2] for i in range(ITEMS)],
            "probability": np.ones(ITEMS),
        }
    )


def catalogue() -> pa.Table:
    return pa.table({"item_id": [f"i{i}" for i in range(ITEMS)]})
