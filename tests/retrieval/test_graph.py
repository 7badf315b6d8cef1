"""Random walks: by hand, and on real boards against what is merely popular."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from fairview.core import Candidates, DataError, Requests
from fairview.core.conformance import stage_violations
from fairview.retrieval import (
    GraphSource,
    IndexManifest,
    ItemGraph,
    SearchIndex,
    TextIndex,
    WalkSettings,
    seeded,
)

DATA = Path(os.environ.get("FAIRVIEW_DATA", Path(__file__).parents[3] / "shared" / "data"))


def two_clubs() -> ItemGraph:
    """Items 0-4 share boards 0-2, items 5-9 boards 3-5; item 4 also stands on board 3."""
    pairs = [(i, b) for b in range(3) for i in range(5)]
    pairs += [(i, b) for b in range(3, 6) for i in range(5, 10)]
    pairs += [(4, 3), (0, 0), (0, 0)]
    items, boards = np.array(pairs).T
    return ItemGraph.of(items, boards, size=12)


def test_walks_stay_near_where_they_start() -> None:
    graph = two_clubs()
    hits = graph.walk(np.array([0, 1]), 5, np.random.default_rng(1))
    assert set(hits.rows[:3].tolist()) == {2, 3, 4}
    assert not set(hits.rows.tolist()) & {0, 1, 10, 11}
    again = graph.walk(np.array([0, 1]), 5, np.random.default_rng(1))
    assert np.array_equal(hits.rows, again.rows)
    assert np.array_equal(hits.scores, again.scores)


def test_visits_agree_with_the_stationary_chances() -> None:
    """One start without restart on one board: each of its items is met equally often."""
    graph = ItemGraph.of(np.arange(4), np.zeros(4, int), size=4)
    settings = WalkSettings(steps=40_000, walkers=1_000, restart=0.0, enough_items=10**6)
    hits = graph.walk(np.array([0]), 3, np.random.default_rng(2), settings=settings)
    np.testing.assert_allclose(hits.scores, 10_000, rtol=0.03)


def test_what_several_starts_reach_is_boosted() -> None:
    """Item 2 lies between both starts, item 3 hangs on one of them with two boards."""
    pairs = [(0, 0), (2, 0), (1, 1), (2, 1), (0, 2), (3, 2)]
    graph = ItemGraph.of(*np.array(pairs).T, size=4)
    settings = WalkSettings(steps=20_000, restart=0.9, enough_items=10**6)
    hits = graph.walk(np.array([0, 1]), 2, np.random.default_rng(3), settings=settings)
    assert hits.rows[0] == 2
    items, visits = graph._visits(
        np.array([0, 1]), np.repeat([0, 1], 500), np.random.default_rng(3), settings
    )
    to_2 = np.sqrt(visits[items == 2])
    assert len(to_2) == 2
    assert to_2.sum() ** 2 > visits[items == 2].sum()


def test_a_walk_ends_once_enough_was_met() -> None:
    graph = two_clubs()
    met = []
    for enough in (1, 10**6):
        settings = WalkSettings(walkers=100, enough_items=enough, enough_visits=5)
        owner = np.zeros(100, np.int64)
        met.append(graph._visits(np.array([0]), owner, np.random.default_rng(1), settings)[1].sum())
    assert met == [400, 20_000]


def test_only_allowed_items_come_back_and_odd_starts_are_left_out() -> None:
    graph = two_clubs()
    allowed = np.zeros(12, bool)
    allowed[[3, 7]] = True
    rng = np.random.default_rng(4)
    hits = graph.walk(np.array([0, -1, 99, 11, 0]), 5, rng, allowed=allowed)
    assert hits.rows[0] == 3
    assert set(hits.rows.tolist()) <= {3, 7}
    assert len(graph.walk(np.array([11]), 5, rng)) == 0
    assert len(graph.walk(np.array([0]), 5, rng, weights=np.zeros(1))) == 0
    with pytest.raises(DataError, match="isn't one of 12 rows"):
        ItemGraph.of(np.array([12]), np.array([0]), size=12)


def test_the_source_conforms(tmp_path: Path) -> None:
    text = TextIndex.build(tmp_path, titles=["x"] * 12, tags=[[]] * 12, descriptions=[""] * 12)
    ids = np.array([f"item-{n:02}" for n in range(12)])
    index = SearchIndex(IndexManifest("d", 12, {}, {}, "now"), ids, text)
    starts = {"r1": np.array([0, 1]), "r2": np.array([8]), "r3": np.zeros(0, int)}
    source = GraphSource(
        index,
        two_clubs(),
        4,
        recent=lambda r, i: (starts[r.ids[i]], np.ones(len(starts[r.ids[i]]))),
        generators=seeded(0),
    )
    requests = Requests(np.array(["r1", "r2", "r3"]))
    found = source.fetch(requests)
    assert np.diff(found.offsets).tolist()[2] == 0
    assert stage_violations(source, Candidates.merge(requests, {"graph": found})) == []


@pytest.mark.data
@pytest.mark.parametrize(
    ("folder", "times", "least"),
    [("recsys-pinterest-37k", 5, 0.1), ("recsys-lastfm-hetrec", 1.5, 0.16)],
)
def test_walks_find_held_out_items_that_popularity_does_not(
    folder: str, times: float, least: float
) -> None:
    """Recall@20 on real boards; the folders' READMEs give 0.0145 and 0.1076 for popularity."""
    if not (DATA / folder).exists():
        pytest.skip("the real data isn't here; set FAIRVIEW_DATA")
    train = pd.read_parquet(DATA / folder / "train.parquet").drop_duplicates()
    test = pd.read_parquet(DATA / folder / "test.parquet").drop_duplicates()
    test = test.merge(train, how="left", indicator=True).query("_merge == 'left_only'")
    size = int(max(train["item"].max(), test["item"].max())) + 1
    graph = ItemGraph.of(train["item"].to_numpy(), train["user"].to_numpy(), size=size)
    held = test.groupby("user")["item"].agg(set)
    had = train.groupby("user")["item"].agg(list)
    people = np.random.default_rng(0).choice(held.index.intersection(had.index), 150, replace=False)
    popular = np.argsort(-graph.degree, kind="stable")
    walked, common = [], []
    for person in people:
        wanted, seen = held[person], had[person]
        hits = graph.walk(np.array(seen), 20, np.random.default_rng(int(person)))
        walked.append(len(wanted & set(hits.rows.tolist())) / len(wanted))
        rest = [item for item in popular[: 20 + len(seen)].tolist() if item not in set(seen)]
        common.append(len(wanted & set(rest[:20])) / len(wanted))
    assert np.mean(walked) > times * np.mean(common)
    assert np.mean(walked) > least
