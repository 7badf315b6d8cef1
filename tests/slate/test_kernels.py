"""Kernels: what every re-ranker keeps, and what the DPP maximises."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fairview.core import DataError, UsageError
from fairview.slate import Choice, Kernel, Problem, Selection, kernel, kernels

GROUPS = 4


def problem_of(seed: int, n: int, *, d: int = 8, dtype: type = np.float64) -> dict[str, np.ndarray]:
    rng = np.random.default_rng(seed)
    membership = rng.dirichlet(np.full(GROUPS + 1, 0.5), n)
    vectors = rng.normal(size=(n, d)).astype(dtype)
    vectors[rng.random(n) < 0.1] = 0
    return {
        "relevance": rng.random(n).round(2),
        "vectors": vectors,
        "membership": membership,
        "target": np.full(GROUPS, 1 / GROUPS),
        "item_ids": rng.permutation([f"item{i:03d}" for i in range(n)]),
    }


def rerank(name: str, data: dict[str, np.ndarray], k: int, **weights: float) -> Selection:
    return kernel(name).rerank(
        data["relevance"],
        data["vectors"],
        data["membership"],
        data["target"],
        k,
        item_ids=data["item_ids"],
        key=7,
        **weights,
    )


weight = st.sampled_from([0.0, 0.2, 0.5, 1.0])


@pytest.mark.parametrize("name", kernels())
@settings(max_examples=60, deadline=None)
@given(
    seed=st.integers(0, 10_000),
    n=st.integers(0, 40),
    k=st.integers(1, 50),
    diversity=weight,
    representation=weight,
    floor=weight,
)
def test_every_kernel_keeps_the_promises(
    name: str, seed: int, n: int, k: int, diversity: float, representation: float, floor: float
) -> None:
    data = problem_of(seed, n)
    given_arrays = {key: value.copy() for key, value in data.items()}
    selection = rerank(
        name, data, k, diversity=diversity, representation=representation, floor=floor
    )
    order = selection.order
    assert len(order) == min(k, n) == len(set(order.tolist()))
    assert all(0 <= row < n for row in order)
    assert all(len(column) == len(order) for column in selection.explanation.values())
    assert all(np.array_equal(data[key], given_arrays[key]) for key in data)
    again = rerank(name, data, k, diversity=diversity, representation=representation, floor=floor)
    assert np.array_equal(again.order, order)
    reaches = data["relevance"][order] >= floor * data["relevance"].max(initial=0)
    assert np.array_equal(reaches, ~selection.explanation["below_floor"])
    assert np.array_equal(reaches, np.sort(reaches)[::-1]), "an item below the floor came first"
    by_relevance = np.lexsort((data["item_ids"], -data["relevance"]))
    assert np.array_equal(by_relevance[selection.explanation["rank_before"] - 1], order)


@pytest.mark.parametrize("name", kernels())
@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 10_000), n=st.integers(1, 40), shuffle=st.integers(0, 99))
def test_the_order_of_the_input_does_not_matter(name: str, seed: int, n: int, shuffle: int) -> None:
    data = problem_of(seed, n)
    rows = np.random.default_rng(shuffle).permutation(n)
    mixed = {key: v if key == "target" else v[rows] for key, v in data.items()}
    first = data["item_ids"][rerank(name, data, 10).order]
    assert mixed["item_ids"][rerank(name, mixed, 10).order].tolist() == first.tolist()


@pytest.mark.parametrize("name", kernels())
@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 10_000), n=st.integers(1, 40), k=st.integers(1, 40))
def test_relevance_alone_is_sorting(name: str, seed: int, n: int, k: int) -> None:
    data = problem_of(seed, n)
    selection = rerank(name, data, k, diversity=0.0, representation=0.0)
    expected = sorted(range(n), key=lambda i: (-data["relevance"][i], data["item_ids"][i]))[:k]
    assert selection.order.tolist() == expected


def brute_force(data: dict[str, np.ndarray], k: int, diversity: float) -> list[int]:
    """Take, step by step, the item whose determinant and relevance together are largest."""
    length = np.linalg.norm(data["vectors"], axis=1, keepdims=True)
    unit = data["vectors"] / length
    similarity = 0.999 * unit @ unit.T + 0.001 * np.eye(len(unit))
    relevance = data["relevance"] / data["relevance"].max()
    order = sorted(range(len(unit)), key=lambda i: (-relevance[i], data["item_ids"][i]))
    chosen: list[int] = []
    while len(chosen) < k:
        best, best_value = -1, -np.inf
        for row in order:
            if row in chosen:
                continue
            rows = [*chosen, row]
            determinant = np.linalg.slogdet(similarity[np.ix_(rows, rows)])[1]
            value = (1 - diversity) * relevance[rows].sum() + diversity * 0.5 * determinant
            if value > best_value + 1e-9:
                best, best_value = row, value
        chosen.append(best)
    return chosen


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 10_000), n=st.integers(2, 9), diversity=st.sampled_from([0.2, 0.5, 0.9]))
def test_the_dpp_equals_brute_force(seed: int, n: int, diversity: float) -> None:
    rng = np.random.default_rng(seed)
    data = problem_of(seed, n)
    data["vectors"] = rng.normal(size=(n, 6))
    selection = rerank("dpp", data, min(n, 6), diversity=diversity, representation=0, floor=0)
    assert selection.order.tolist() == brute_force(data, min(n, 6), diversity)
    total = selection.explanation["diversity"].sum() / diversity
    rows = selection.order
    unit = data["vectors"] / np.linalg.norm(data["vectors"], axis=1, keepdims=True)
    gram = 0.999 * unit[rows] @ unit[rows].T + 0.001 * np.eye(len(rows))
    assert total == pytest.approx(0.5 * np.linalg.slogdet(gram)[1], abs=1e-6)


def test_single_and_double_precision_choose_alike() -> None:
    for seed in range(20):
        data = problem_of(seed, 60, d=16)
        single = {**data, "vectors": data["vectors"].astype(np.float32)}
        assert np.array_equal(rerank("dpp", data, 12).order, rerank("dpp", single, 12).order)


def test_repeated_and_zero_vectors_stay_finite_and_ties_go_by_id() -> None:
    data = problem_of(1, 12)
    data["relevance"] = np.ones(12)
    data["membership"] = np.eye(GROUPS + 1)[np.full(12, GROUPS)]
    for vectors in (np.ones((12, 4)), np.zeros((12, 4))):
        data["vectors"] = vectors
        selection = rerank("dpp", data, 12, diversity=1.0)
        assert data["item_ids"][selection.order].tolist() == sorted(data["item_ids"])
        assert np.isfinite(selection.explanation["diversity"]).all()


@settings(max_examples=80, deadline=None)
@given(
    seed=st.integers(0, 10_000),
    shares=st.lists(st.integers(1, 10), min_size=2, max_size=5),
    k=st.integers(1, 30),
)
def test_groups_approach_the_target_where_supply_allows(
    seed: int, shares: list[int], k: int
) -> None:
    rng = np.random.default_rng(seed)
    groups = len(shares)
    target = np.array(shares) / sum(shares)
    group = np.repeat(np.arange(groups), k)
    n = len(group)
    selection = kernel("dpp").rerank(
        rng.random(n),
        np.zeros((n, 1)),
        np.eye(groups + 1)[group],
        target,
        k,
        item_ids=np.array([f"{i:04d}" for i in range(n)]),
        diversity=0.0,
        representation=1.0,
        floor=0.0,
    )
    counts = np.bincount(group[selection.order], minlength=groups)
    assert np.abs(counts - target * k).max() < 2.0
    assert selection.feasible


def test_representation_is_about_known_groups_only() -> None:
    """Objects without people are neither pushed nor pulled; a group without supply harms none."""
    membership = np.eye(GROUPS + 1)[[0, 0, 0, 1, 1, 4, 4, 4]]
    selection = kernel("dpp").rerank(
        np.array([1.0, 0.99, 0.98, 0.8, 0.79, 0.9, 0.89, 0.88]),
        np.zeros((8, 1)),
        membership,
        np.full(GROUPS, 0.25),
        8,
        item_ids=np.array(list("abcdefgh")),
        diversity=0.0,
        representation=0.3,
        floor=0.0,
    )
    contribution = dict(
        zip(selection.order.tolist(), selection.explanation["representation"], strict=True)
    )
    assert contribution[5] == contribution[6] == contribution[7] == 0
    assert contribution[3] > 0
    assert selection.shortfall.tolist() == [0.0, 0.0, 1.0, 1.0]
    assert not selection.feasible


def test_the_floor_is_kept_and_reported() -> None:
    membership = np.eye(3)[[0, 0, 0, 1]]
    selection = kernel("dpp").rerank(
        np.array([1.0, 0.9, 0.8, 0.3]),
        np.eye(4),
        membership,
        np.array([0.5, 0.5]),
        4,
        item_ids=np.array(list("abcd")),
        representation=1.0,
        floor=0.5,
    )
    assert selection.order.tolist()[-1] == 3
    assert selection.eligible == 3
    assert selection.explanation["below_floor"].tolist() == [False, False, False, True]
    assert selection.shortfall.tolist() == [0.0, 1.0]


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"relevance": np.array([np.nan, 1.0])}, "finite"),
        ({"relevance": np.array([-1.0, 1.0])}, "at least 0"),
        ({"relevance": np.array([1.0])}, "one row per item"),
        ({"vectors": np.ones((2, 1)) * np.inf}, "Vectors must be finite"),
        ({"item_ids": np.array(["a", "a"])}, "repeat"),
        ({"target": np.array([0.5, 0.5, 0.5, 0.5])}, "sum to one"),
        ({"target": np.array([1.0])}, "one share per group"),
    ],
)
def test_bad_arrays_are_refused(change: dict[str, np.ndarray], sentence: str) -> None:
    data = {**problem_of(0, 2), **change}
    with pytest.raises(DataError, match=sentence):
        rerank("dpp", data, 2)


@pytest.mark.parametrize("weights", [{"diversity": 2.0}, {"floor": -0.1}, {"representation": 7}])
def test_bad_weights_are_refused(weights: dict[str, float]) -> None:
    with pytest.raises(UsageError, match="from 0 to 1"):
        rerank("dpp", problem_of(0, 2), 2, **weights)
    with pytest.raises(UsageError, match="at least one place"):
        rerank("dpp", problem_of(0, 2), 0)


def test_one_class_adds_a_kernel_and_an_unknown_one_is_named() -> None:
    class Backwards(Kernel):
        name = "backwards_for_a_test"

        def choose(self, problem: Problem) -> Choice:
            rows = np.arange(len(problem.relevance))[::-1][: problem.k]
            nothing = np.zeros(len(rows))
            return Choice(rows, problem.relevance[rows], nothing, nothing)

    try:
        assert "backwards_for_a_test" in kernels()
        data = problem_of(3, 6)
        selection = rerank("backwards_for_a_test", data, 6, floor=0)
        assert np.array_equal(selection.order, rerank("top_k", data, 6).order[::-1])
    finally:
        del Kernel.registered["backwards_for_a_test"]
    with pytest.raises(UsageError, match="top_k"):
        kernel("no such kernel")


@pytest.mark.parametrize(
    ("membership", "what"),
    [
        (np.array([[1.0, 1.0, 0.0], [0.0, 1.0, 0.0]]), "sum to one"),
        (np.array([[np.nan, 0.0, 0.0], [0.0, 1.0, 0.0]]), "sum to one"),
        (np.zeros((2, 0)), "no column"),
    ],
)
def test_memberships_that_are_no_probabilities_are_refused(
    membership: np.ndarray, what: str
) -> None:
    with pytest.raises(DataError, match=what):
        kernel("quota").rerank(
            np.array([1.0, 0.5]),
            np.zeros((2, 1)),
            membership,
            None,
            2,
            item_ids=np.array(["a", "b"]),
        )


def test_loops_are_compiled_where_no_cache_can_be_written(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from numba.core import caching

    from fairview.slate.compiled.numeric import compiled

    def refuse(self: object) -> None:
        raise OSError(30, "Read-only file system")

    monkeypatch.setattr(caching._CacheLocator, "ensure_cache_path", refuse)

    def doubled(value: float) -> float:
        return 2 * value

    assert compiled(doubled)(4.0) == 8.0


@given(st.lists(st.text(max_size=5), max_size=12))
@settings(max_examples=150, deadline=None)
def test_ids_are_told_apart_as_python_does(ids: list[str]) -> None:
    from fairview.slate.checks import are_distinct

    array = np.array(ids, np.str_)
    assert are_distinct(array) == (len(set(array.tolist())) == len(ids))
    assert are_distinct(array[::-1]) == are_distinct(array)
