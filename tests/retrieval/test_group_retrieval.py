"""Quotas, strong or, overfetching: every group and every operand gets what it was promised."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fairview.core import Candidates, Requests, UsageError
from fairview.core.conformance import stage_violations
from fairview.retrieval import (
    BucketisedSource,
    Hits,
    IndexManifest,
    SearchIndex,
    StrongOrSource,
    TextIndex,
    VectorIndex,
    bucketised,
    overfetch,
    quotas_of,
    strong_or,
)
from fairview.retrieval.query_vectors import TEXT, column_of


@settings(deadline=None)
@given(
    k=st.integers(0, 50),
    parts=st.lists(st.integers(0, 10), min_size=1, max_size=5),
    free=st.integers(0, 20),
)
def test_quotas_are_within_one_of_their_share(k: int, parts: list[int], free: int) -> None:
    whole = max(sum(parts) + free, 1)
    shares = {str(i): part / whole for i, part in enumerate(parts)}
    quotas = quotas_of(k, shares)
    assert sum(quotas.values()) <= k
    assert sum(quotas.values()) == int(np.ceil(k * sum(shares.values()) - 1e-9))
    assert all(abs(quotas[name] - k * share) < 1 + 1e-9 for name, share in shares.items())


def test_shares_that_cannot_be_are_refused() -> None:
    for shares in ({"a": 0.7, "b": 0.4}, {"a": -0.1}):
        with pytest.raises(UsageError, match="at most 1"):
            quotas_of(5, shares)


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 999), k=st.integers(1, 30))
def test_each_group_has_its_share_or_all_there_is(seed: int, k: int) -> None:
    rng = np.random.default_rng(seed)
    vectors = rng.normal(size=(60, 8)).astype(np.float32)
    draw = rng.random(60)
    groups = {"many": draw < 0.8, "few": draw > 0.9, "both": (draw > 0.7) & (draw < 0.95)}
    allowed = rng.random(60) < 0.9
    index = VectorIndex.build(vectors, np.ones(60, bool))
    shares = {"many": 0.3, "few": 0.3, "both": 0.2}
    found = bucketised(index, vectors[0], k, groups, shares, allowed=allowed)
    quotas = quotas_of(k, shares)
    assert len(found.hits) == min(k, int(allowed.sum()))
    assert len(set(found.hits.rows.tolist())) == len(found.hits)
    assert allowed[found.hits.rows].all()
    assert (np.diff(found.hits.scores) <= 0).all()
    for name, quota in quotas.items():
        supply = int((groups[name] & allowed).sum())
        assert int(groups[name][found.hits.rows].sum()) >= min(quota, supply)
        assert found.lacking.get(name, 0) == max(0, quota - supply)


def test_without_shares_it_is_the_plain_search() -> None:
    vectors = np.random.default_rng(0).normal(size=(50, 8)).astype(np.float32)
    index = VectorIndex.build(vectors, np.ones(50, bool))
    plain = index.search(vectors[3], 12)
    found = bucketised(index, vectors[3], 12, {"a": np.zeros(50, bool)}, {"a": 0.0})
    assert found.hits.rows.tolist() == plain.rows.tolist()


def hits_of(rows: list[int]) -> Hits:
    return Hits(np.array(rows, np.int64), np.linspace(1, 0.5, len(rows)))


@settings(max_examples=80, deadline=None)
@given(
    text=st.lists(st.integers(0, 30), unique=True, max_size=20),
    near=st.lists(st.integers(0, 30), unique=True, max_size=20),
    k=st.integers(1, 25),
    share=st.floats(0, 1),
)
def test_each_operand_has_its_share_or_all_it_has(
    text: list[int], near: list[int], k: int, share: float
) -> None:
    shares: Mapping[str, float] = {"text": share, "near": 1 - share}
    found = strong_or({"text": hits_of(text), "near": hits_of(near)}, k, shares)
    quotas = quotas_of(k, shares)
    assert len(found) == min(k, len(set(text) | set(near)))
    for name, rows in (("text", text), ("near", near)):
        assert len(set(found.rows.tolist()) & set(rows)) >= min(quotas[name], len(rows))


@pytest.mark.parametrize("survive", [0.02, 0.3, 0.9])
def test_overfetching_leaves_enough(survive: float) -> None:
    rng = np.random.default_rng(1)
    for k in (1, 10, 60):
        m = overfetch(k, survive)
        survived = rng.binomial(m, survive, 20_000)
        assert np.mean(survived >= k) >= 0.985
        fewer = rng.binomial(m - 1, survive, 20_000)
        assert m == k or np.mean(fewer >= k) <= 0.9935
    with pytest.raises(UsageError, match="filter while searching"):
        overfetch(100, 0.0005)
    with pytest.raises(UsageError, match="Survival"):
        overfetch(1, 0.0)


def test_the_sources_conform(tmp_path: Path) -> None:
    titles = [f"coat {n}" if n % 2 else f"lamp {n}" for n in range(30)]
    text = TextIndex.build(tmp_path, titles=titles, tags=[[]] * 30, descriptions=[""] * 30)
    vectors = np.random.default_rng(5).normal(size=(30, 6)).astype(np.float32)
    index = SearchIndex(
        IndexManifest("digest", 30, {}, {}, "now"),
        np.array([f"item-{n:02}" for n in range(30)]),
        text,
        {TEXT: VectorIndex.build(vectors, np.ones(30, bool))},
    )
    requests = Requests(
        np.array(["r1", "r2"]),
        {"query": np.array(["coat", "lamp"]), column_of(TEXT): vectors[[4, 9]]},
    )
    few = np.arange(30) >= 27
    sources = [
        BucketisedSource(
            index, TEXT, 8, name="bucketised", groups=lambda r, i: {"few": few}, shares={"few": 0.3}
        ),
        StrongOrSource(index, TEXT, 8, name="either", shares={"text": 0.5, "vector": 0.5}),
    ]
    candidates = Candidates.merge(requests, {s.name: s.fetch(requests) for s in sources})
    for source in sources:
        assert stage_violations(source, candidates) == []
        found = source.fetch(requests)
        assert np.diff(found.offsets).tolist() == [8, 8]
    last = sources[0].fetch(requests).item_ids[:8]
    assert sum(item >= "item-27" for item in last) >= 2
