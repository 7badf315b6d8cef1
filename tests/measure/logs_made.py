"""One log with everything in it that engines could count differently."""

from __future__ import annotations

import numpy as np
import pandas as pd

from fairview.measure import Log, Target
from fairview.measure.slices import Band

GROUPS = ("a", "b", "c")
ITEMS = 60
POSITIONS = 6


def shared_log(requests: int = 160, seed: int = 0) -> Log:
    """Return a log with nulls, unknown and soft memberships, ties, and people of unequal size.

    A tenth of the requests have no candidates, some positions weren't logged, half of the people
    are one person, and two items stand in no membership.
    """
    rng = np.random.default_rng(seed)
    rows = _rows(requests, rng)
    return Log(
        rows=rows,
        memberships=_memberships(rng),
        qualified=_qualified(requests, rng),
        entities=pd.DataFrame({"item_id": [f"item {k}" for k in range(ITEMS + 5)]}),
        groups={"tone": GROUPS, "shop": ("north", "south")},
        bands={"band": Band("position", (1, 3, 5))},
        targets={"census": Target("census", {"a": 0.2, "b": 0.3, "c": 0.5})},
    )


def _rows(requests: int, rng: np.random.Generator) -> pd.DataFrame:
    n = requests * POSITIONS
    people = np.minimum(rng.geometric(0.05, requests), 40)
    people[: requests // 2] = 0
    items = rng.random((requests, ITEMS)).argsort(axis=1)[:, :POSITIONS].ravel()
    queries = rng.integers(0, requests // 4, requests)
    sex = np.array(["f", "m", None], object)[rng.choice(3, n, p=[0.5, 0.4, 0.1])]
    score = np.round(rng.random(n), 1)
    label = (rng.random(n) < 0.2 + 0.6 * score).astype(float)
    clicked = (rng.random(n) < 0.3).astype(float)
    clicked[rng.random(n) < 0.05] = np.nan
    rows = pd.DataFrame(
        {
            "request_id": np.repeat([f"réq {i:05d}" for i in range(requests)], POSITIONS),
            "cluster_id": np.repeat([f"persön {p}" for p in people], POSITIONS),
            "item_id": [f"item {k}" for k in items],
            "position": np.tile(np.arange(1, POSITIONS + 1), requests),
            "click": clicked,
            "relevance": (np.repeat(queries, POSITIONS) + items * 3) % 4 * 1.0,
            "query": np.repeat([f"query {q}" for q in queries], POSITIONS),
            "query_class": np.repeat(np.array(["food", "hair"])[queries % 2], POSITIONS),
            "popularity": rng.integers(1, 50, n) / 50,
            "found": (rng.random(n) < 0.8).astype(float),
            "vector": list(rng.normal(size=(n, 3))),
            "sex": sex,
            "shop": np.array(["north", "south"])[rng.integers(0, 2, n)],
            "y_score": score,
            "y_true": np.where(rng.random(n) < 0.03, np.nan, label),
            "y_pred": (score > 0.5).astype(float),
        }
    )
    return rows[rng.random(n) < 0.95].reset_index(drop=True)


def _memberships(rng: np.random.Generator) -> pd.DataFrame:
    known = ITEMS - 2
    soft = rng.dirichlet(np.full(len(GROUPS) + 1, 0.5), known)
    soft[::3] = np.eye(len(GROUPS) + 1)[rng.integers(0, len(GROUPS) + 1, len(soft[::3]))]
    names = (*GROUPS, "unknown")
    return pd.DataFrame(
        {
            "item_id": np.repeat([f"item {k}" for k in range(known)], len(names)),
            "attribute": "tone",
            "group": names * known,
            "probability": soft.ravel(),
            "contains": (soft > 0.3).ravel() & np.tile([True] * len(GROUPS) + [False], known),
        }
    )


def _qualified(requests: int, rng: np.random.Generator) -> pd.DataFrame:
    known = np.flatnonzero(np.arange(requests) % 10 != 0)
    share = rng.dirichlet(np.ones(len(GROUPS)), len(known))
    return pd.DataFrame(
        {
            "request_id": np.repeat([f"réq {i:05d}" for i in known], len(GROUPS)),
            "attribute": "tone",
            "group": GROUPS * len(known),
            "share": share.ravel(),
        }
    )
