"""Coverage: brute force, pyversity's own objective, what it is good for."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyversity import diversify

from fairview.core import UsageError
from fairview.slate import Selection, kernel


def rerank(
    relevance: np.ndarray, vectors: np.ndarray, k: int, diversity: float, power: float = 0.0
) -> Selection:
    n = len(relevance)
    return kernel("cover", power=power).rerank(
        relevance,
        vectors,
        np.ones((n, 1)),
        None,
        k,
        item_ids=np.arange(n),
        diversity=diversity,
        representation=0,
        floor=0,
    )


def covered(similarity: np.ndarray, rows: list[int], power: float) -> float:
    near = np.maximum(similarity[:, rows], 0)
    return float((near.max(axis=1) if power == 0 else near.sum(axis=1) ** power).sum())


@settings(max_examples=40, deadline=None)
@given(
    seed=st.integers(0, 9999),
    n=st.integers(2, 25),
    diversity=st.sampled_from([0.2, 0.5, 0.9]),
    power=st.sampled_from([0.0, 0.3, 0.5, 1.0]),
)
def test_every_place_has_the_best_item(seed: int, n: int, diversity: float, power: float) -> None:
    rng = np.random.default_rng(seed)
    relevance, vectors = rng.random(n), rng.normal(size=(n, 5))
    unit = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    similarity = unit @ unit.T
    selection = rerank(relevance, vectors, 7, diversity, power)
    k = len(selection.order)
    chosen: list[int] = []
    for place, row in enumerate(selection.order.tolist()):
        before = covered(similarity, chosen, power) if chosen else 0.0
        value = [
            (1 - diversity) * relevance[i] / relevance.max()
            + diversity * k / n * (covered(similarity, [*chosen, i], power) - before)
            if i not in chosen
            else -np.inf
            for i in range(n)
        ]
        assert max(value) - value[row] < 1e-8
        told = selection.explanation["relevance"][place] + selection.explanation["diversity"][place]
        assert told == pytest.approx(value[row])
        chosen.append(row)


@pytest.mark.parametrize("seed", range(3))
def test_the_slates_of_pyversity(seed: int) -> None:
    rng = np.random.default_rng(seed)
    n, k = 300, 20
    relevance, vectors = rng.random(n), rng.normal(size=(n, 32))
    theirs = diversify(vectors, relevance / relevance.max(), k, "cover", 0.5, gamma=0.5)
    same_weights = (n / k) / (1 + n / k)
    ours = rerank(relevance, vectors, k, same_weights, power=0.5)
    assert ours.order.tolist() == theirs.indices.tolist()


def test_each_cluster_gets_its_representative() -> None:
    rng = np.random.default_rng(0)
    centres = np.eye(5, 16)
    cluster = np.repeat(np.arange(5), [50, 20, 10, 5, 5])
    vectors = centres[cluster] + 0.05 * rng.normal(size=(90, 16))
    selection = rerank(1 - 0.001 * np.arange(90), vectors, 5, 0.9)
    assert sorted(cluster[selection.order].tolist()) == [0, 1, 2, 3, 4]
    with pytest.raises(UsageError, match="from 0 to 1"):
        kernel("cover", power=2.0)
