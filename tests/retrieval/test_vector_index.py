"""Vector search: exact answers, filters that lose nothing, ties, and files."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fairview.core import DataError, MissingError, UsageError
from fairview.retrieval import VectorIndex
from fairview.retrieval.vector_plan import Plan


def vectors_of(seed: int, n: int, d: int = 16) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=(n, d)).astype(np.float32)


def brute_force(vectors: np.ndarray, allowed: np.ndarray, query: np.ndarray, k: int) -> list[int]:
    unit = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    score = np.round(unit.astype(np.float64) @ (query / np.linalg.norm(query)), 6)
    rows = [row for row in range(len(vectors)) if allowed[row]]
    return sorted(rows, key=lambda row: (-score[row], row))[:k]


@settings(max_examples=60, deadline=None)
@given(
    seed=st.integers(0, 9_999),
    n=st.integers(1, 80),
    k=st.integers(1, 90),
    share=st.sampled_from([0.0, 0.1, 0.5, 1.0]),
)
def test_it_equals_brute_force_and_is_never_short(seed: int, n: int, k: int, share: float) -> None:
    rng = np.random.default_rng(seed)
    vectors = vectors_of(seed, n)
    present, allowed = rng.random(n) < 0.8, rng.random(n) < share
    query = rng.normal(size=16).astype(np.float32)
    index = VectorIndex.build(vectors, present)
    hits = index.search(query, k, allowed=allowed)
    expected = brute_force(vectors, present & allowed, query, k)
    assert len(hits) == len(expected) == min(k, int((present & allowed).sum()))
    agree = np.isclose(hits.scores, index.search(query, n, allowed=allowed).scores[: len(hits)])
    assert agree.all()
    assert len(set(hits.rows.tolist()) & set(expected)) >= len(expected) - 1


def test_ties_go_to_the_smaller_row() -> None:
    index = VectorIndex.build(np.ones((50, 4), np.float32), np.ones(50, bool))
    assert index.search(np.ones(4), 5).rows.tolist() == [0, 1, 2, 3, 4]


def test_vectors_without_length_find_nothing_and_are_not_found() -> None:
    vectors = vectors_of(0, 5)
    vectors[2] = 0
    index = VectorIndex.build(vectors, np.ones(5, bool))
    assert 2 not in index.search(vectors[1], 5).rows
    assert len(index.search(np.zeros(16), 5)) == 0
    found, has = index.vectors_of(np.array([1, 2, 4]))
    assert has.tolist() == [True, False, True]
    assert not found[1].any()
    with pytest.raises(DataError, match="isn't finite"):
        VectorIndex.build(np.full((2, 3), np.nan, np.float32), np.ones(2, bool))


def test_an_empty_index_answers() -> None:
    index = VectorIndex.build(np.zeros((3, 4), np.float32), np.zeros(3, bool))
    assert len(index.search(np.ones(4), 3)) == 0
    assert not index.vectors_of(np.array([0, 1]))[1].any()


@pytest.fixture(scope="module")
def walked() -> tuple[np.ndarray, VectorIndex]:
    rng = np.random.default_rng(5)
    centres = rng.normal(size=(60, 32))
    vectors = centres[rng.integers(0, 60, 8_000)] + 0.4 * rng.normal(size=(8_000, 32))
    vectors = vectors.astype(np.float32)
    return vectors, VectorIndex.build(vectors, np.ones(8_000, bool), exact_rows=1_000)


@pytest.mark.parametrize("share", [1.0, 0.7, 0.01])
def test_the_index_walk_is_filtered_full_and_near_exact(
    walked: tuple[np.ndarray, VectorIndex], share: float, tmp_path: Path
) -> None:
    vectors, index = walked
    rng = np.random.default_rng(1)
    allowed = rng.random(len(vectors)) < share
    index.save(tmp_path)
    again = VectorIndex.open(tmp_path)
    shared = []
    for query in vectors[rng.choice(len(vectors), 30)]:
        hits = index.search(query, 10, allowed=allowed)
        assert len(hits) == 10
        assert allowed[hits.rows].all()
        assert np.array_equal(again.search(query, 10, allowed=allowed).rows, hits.rows)
        shared.append(len(set(brute_force(vectors, allowed, query, 10)) & set(hits.rows.tolist())))
    assert np.mean(shared) >= 9.5


def test_a_damaged_file_says_what_to_run(tmp_path: Path) -> None:
    VectorIndex.build(vectors_of(1, 5), np.ones(5, bool)).save(tmp_path)
    (tmp_path / "vectors.npy").write_bytes(b"no array")
    with pytest.raises(MissingError, match="fairview index"):
        VectorIndex.open(tmp_path)


def far_half(index: VectorIndex, query: np.ndarray) -> np.ndarray:
    scores = index.exact(query, len(index))
    far = np.zeros(index.size, bool)
    far[scores.rows[len(index) // 2 :]] = True
    return far


def test_a_filter_against_the_query_loses_next_to_nothing(
    walked: tuple[np.ndarray, VectorIndex],
) -> None:
    vectors, index = walked
    near = 0
    for query in vectors[:20]:
        far = far_half(index, query)
        least = index.exact(query, 10, allowed=far).scores[-1]
        near += np.count_nonzero(index.search(query, 10, allowed=far).scores >= least)
    assert near >= 0.98 * 20 * 10


def test_groups_get_their_quota_from_one_walk(walked: tuple[np.ndarray, VectorIndex]) -> None:
    vectors, index = walked
    rng = np.random.default_rng(4)
    draw = rng.random(len(vectors))
    groups = {"most": draw < 0.7, "some": draw >= 0.7, "few": draw > 0.999, "none": draw < 0}
    quotas = {"most": 6, "some": 4, "few": 3, "none": 2}
    allowed = rng.random(len(vectors)) < 0.8
    near = 0
    for query in vectors[:20]:
        found = index.search_groups(query, quotas, groups, allowed=allowed)
        for name, quota in quotas.items():
            mask = groups[name] & allowed
            expected = index.exact(query, quota, allowed=mask)
            assert len(found[name]) == len(expected) == min(quota, int(mask.sum()))
            assert mask[found[name].rows].all()
            near += len(set(expected.rows.tolist()) & set(found[name].rows.tolist()))
    assert near >= 0.98 * 20 * (6 + 4 + 3)


def test_bytes_find_the_same_rows_and_rescore_them(
    walked: tuple[np.ndarray, VectorIndex], tmp_path: Path
) -> None:
    vectors, index = walked
    present = np.ones(len(vectors), bool)
    VectorIndex.build(vectors, present, exact_rows=1_000, codec="int8").save(tmp_path)
    small = VectorIndex.open(tmp_path)
    allowed = np.random.default_rng(2).random(len(vectors)) < 0.3
    for mask in (None, allowed):
        shared = []
        for query in vectors[:30]:
            expected = index.exact(query, 10, allowed=mask)
            hits = small.search(query, 10, allowed=mask)
            same = np.isin(hits.rows, expected.rows)
            shared.append(same.mean())
            np.testing.assert_allclose(
                hits.scores[same], expected.scores[np.isin(expected.rows, hits.rows)], atol=2e-6
            )
        assert np.mean(shared) >= 0.98
    with pytest.raises(UsageError, match="float32, int8"):
        VectorIndex.build(vectors[:2], present[:2], codec="int4")


def test_a_mask_of_another_length_is_named() -> None:
    index = VectorIndex.build(np.eye(3, dtype=np.float32), np.ones(3, bool))
    with pytest.raises(UsageError, match="2 rows"):
        index.search(np.ones(3), 1, allowed=np.ones(2, bool))


def test_a_plan_prefers_what_costs_less() -> None:
    plan = Plan(apart=4e-8, in_order=2e-8, per_list=1e-6, per_mask=1e-9, walk=2e-4)
    assert plan.few(100_000) == 7_500
    assert Plan().few(100_000) == 0
    assert plan.exact(1_000, 100_000) == pytest.approx(4e-5)
    assert plan.exact(90_000, 100_000) == pytest.approx(2e-3)


def test_a_budget_bounds_what_a_hopeless_query_reads(
    walked: tuple[np.ndarray, VectorIndex], monkeypatch: pytest.MonkeyPatch
) -> None:
    """From a first look at few rows, a walk reads on; without a budget it answers from those."""
    _, index = walked
    monkeypatch.setattr("fairview.retrieval.vector_index._FIRST_ROWS", 1)
    # Whatever this machine measured, a walk is worth a try.
    monkeypatch.setattr(index, "plan", replace(index.plan, walk=1e-9, per_mask=0.0))
    queries = np.random.default_rng(8).normal(size=(20, 32))
    nearest = [set(index.exact(query, 10).rows.tolist()) for query in queries]

    def recall() -> float:
        hits = [index.search(query, 10) for query in queries]
        assert all(len(each) == 10 for each in hits)
        pairs = zip(nearest, hits, strict=True)
        return float(np.mean([len(near & set(each.rows.tolist())) / 10 for near, each in pairs]))

    monkeypatch.setattr("fairview.retrieval.vector_index.WORTH", 1e9)
    whole_recall = recall()
    assert whole_recall >= 0.7
    monkeypatch.setattr("fairview.retrieval.vector_index.WORTH", 0.0)
    monkeypatch.setattr("fairview.retrieval.vector_index.PATIENCE", 0.0)
    monkeypatch.setattr("fairview.retrieval.vector_index.BUDGET", 0.0)
    assert 0.1 < recall() < whole_recall
