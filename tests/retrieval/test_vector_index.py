"""Vector search: exact answers, filters that lose nothing, ties, and files."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fairview.core import DataError, MissingError
from fairview.retrieval import VectorIndex


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
