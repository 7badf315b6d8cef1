"""Association tests, homogeneity and recall of embeddings: hands, loops, properties, simulation."""

from __future__ import annotations

import math
from itertools import combinations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fairview.core import DataError, UsageError
from fairview.measure import DuckDBEngine, Log, evaluate
from fairview.measure.embeddings import (
    association_test,
    nearest,
    neighbour_homogeneity,
    recall_rows,
    single_association_test,
)
from fairview.measure.measures.retrieval_recall import RetrievalRecall

seeds = st.integers(0, 2**32 - 1)


def sets(seed: int, sizes: tuple[int, ...] = (4, 4, 5, 3), d: int = 6) -> list[np.ndarray]:
    rng = np.random.default_rng(seed)
    return [rng.normal(size=(size, d)) for size in sizes]


def slow_test(x: np.ndarray, y: np.ndarray, a: np.ndarray, b: np.ndarray) -> tuple[float, float]:
    """The published formulas, cosine by cosine and deal by deal."""

    def cosine(u: np.ndarray, v: np.ndarray) -> float:
        return float(u @ v / math.sqrt(u @ u) / math.sqrt(v @ v))

    def s(w: np.ndarray) -> float:
        return float(np.mean([cosine(w, v) for v in a]) - np.mean([cosine(w, v) for v in b]))

    scores = [s(w) for w in (*x, *y)]
    n = len(scores)

    def statistic(chosen: tuple[int, ...]) -> float:
        return sum(scores[i] if i in chosen else -scores[i] for i in range(n))

    observed = statistic(tuple(range(len(x))))
    deals = [statistic(chosen) for chosen in combinations(range(n), len(x))]
    effect = (np.mean(scores[: len(x)]) - np.mean(scores[len(x) :])) / np.std(scores, ddof=1)
    return float(effect), sum(deal >= observed - 1e-12 for deal in deals) / len(deals)


def test_associations_equal_the_published_formulas() -> None:
    for seed in range(5):
        x, y, a, b = sets(seed)
        found = association_test(x, y, a, b)
        assert (found.effect_size, found.p_value) == pytest.approx(slow_test(x, y, a, b))
        assert (found.exact, found.partitions) == (True, 70)


@settings(max_examples=40, deadline=None)
@given(seeds, st.floats(0.1, 10))
def test_associations_know_only_directions(seed: int, scale: float) -> None:
    x, y, a, b = sets(seed)
    found = association_test(x, y, a, b)
    rotation, _ = np.linalg.qr(np.random.default_rng(seed).normal(size=(6, 6)))
    turned = association_test(*(scale * part @ rotation for part in (x, y, a, b)))
    assert turned.effect_size == pytest.approx(found.effect_size)
    swapped, other = association_test(y, x, a, b), association_test(x, y, b, a)
    assert swapped.effect_size == pytest.approx(-found.effect_size)
    assert other.effect_size == pytest.approx(-found.effect_size)
    assert abs(found.effect_size) <= 2
    assert 1 / 70 <= found.p_value <= 1
    assert found.p_value + swapped.p_value >= 1


def test_a_sample_of_deals_agrees_with_all_of_them() -> None:
    x, y, a, b = sets(3, (7, 7, 5, 5))
    every = association_test(x, y, a, b)
    some = association_test(
        x, y, a, b, rng=np.random.default_rng(0), permutations=20_000, exact_up_to=10
    )
    assert not some.exact
    assert some.p_value == pytest.approx(every.p_value, abs=0.015)
    again = association_test(
        x, y, a, b, rng=np.random.default_rng(0), permutations=20_000, exact_up_to=10
    )
    assert again == some
    with pytest.raises(UsageError, match="3,432 ways"):
        association_test(x, y, a, b, exact_up_to=10)


def test_a_test_without_association_is_seldom_sure() -> None:
    """600 times without any: p below .05 in at most 5 % of them and what chance allows."""
    small = sum(association_test(*sets(seed)).p_value <= 0.05 for seed in range(600))
    assert small <= 0.05 * 600 + 3 * math.sqrt(600 * 0.05 * 0.95)


def test_a_planted_association_is_found() -> None:
    rng = np.random.default_rng(0)
    east = np.eye(8)[0]
    x = rng.normal(size=(8, 8)) * 0.3 + east
    y = rng.normal(size=(8, 8)) * 0.3 - east
    a, b = rng.normal(size=(6, 8)) * 0.3 + east, rng.normal(size=(6, 8)) * 0.3 - east
    found = association_test(x, y, a, b)
    assert found.p_value == 1 / math.comb(16, 8)
    assert found.effect_size > 1.5
    assert single_association_test(x, a, b).p_value == 1 / math.comb(12, 6)


def test_what_has_no_direction_is_refused() -> None:
    x, y, a, b = sets(0)
    with pytest.raises(DataError, match="all zeros"):
        association_test(x * 0, y, a, b)
    with pytest.raises(DataError, match="aren't finite"):
        association_test(x * np.nan, y, a, b)
    with pytest.raises(DataError, match="different dimensions"):
        association_test(x[:, :3], y, a, b)
    with pytest.raises(DataError, match="n x d"):
        association_test(x[:0], y, a, b)
    assert math.isnan(association_test(x[:1], x[:1], a, b).effect_size)


def test_neighbours_are_the_nearest() -> None:
    rng = np.random.default_rng(1)
    points = rng.normal(size=(50, 4))
    found = nearest(points[:7], points, 5, itself=True)
    for i in range(7):
        cosines = points @ points[i] / np.linalg.norm(points, axis=1)
        cosines[i] = -np.inf
        assert found[i].tolist() == np.argsort(-cosines)[:5].tolist()
    with pytest.raises(DataError, match="no 50 neighbours among 50"):
        nearest(points, points, 50, itself=True)


def test_homogeneity_is_what_it_should_be_without_and_with_structure() -> None:
    rng = np.random.default_rng(0)
    points = rng.normal(size=(300, 8))
    groups = rng.choice(["a", "b", None], 300, p=[0.7, 0.2, 0.1]).tolist()
    for each in neighbour_homogeneity(points, groups, rng, k=5, permutations=200):
        assert each.share == pytest.approx(each.expected, abs=0.06)
        assert each.p_value > 0.01
    shift = np.array([[3.0 if group == "b" else 0.0] + [0.0] * 7 for group in groups])
    a, b = neighbour_homogeneity(points + shift, groups, rng, k=5, permutations=200)
    assert b.share > 0.6 > 0.3 > b.expected
    assert (a.p_value, b.p_value) == (1 / 201, 1 / 201)
    assert a.n + b.n == sum(group is not None for group in groups)
    with pytest.raises(DataError, match="only one"):
        neighbour_homogeneity(points, ["a"] * 300, rng)


def test_recall_of_an_index_by_group() -> None:
    """An index that returns nothing of group b finds all of a."""
    rng = np.random.default_rng(0)
    points = rng.normal(size=(200, 6))
    names = np.array([f"i{i}" for i in range(200)])
    tone = np.where(np.arange(200) % 4 == 0, "b", "a")
    exact = nearest(points[:60], points, 10, itself=True)
    found = np.where(tone[exact] == "a", names[exact], "")
    rows = recall_rows(names[exact], found, kind=["x", "y"] * 30)
    memberships = pd.DataFrame(
        {"item_id": names, "attribute": "tone", "group": tone, "probability": 1.0, "contains": True}
    )
    log = Log(rows=rows, memberships=memberships)
    estimates = evaluate(
        RetrievalRecall(by="tone", at=10), DuckDBEngine(log), np.random.default_rng(0)
    )
    values = {estimate.slice: estimate.value for estimate in estimates}
    assert (values["a"], values["b"]) == (1.0, 0.0)
    assert values["overall"] == pytest.approx((tone[exact] == "a").mean())
