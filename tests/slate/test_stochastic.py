"""Slates by chance: what is drawn, how likely it was, and what groups get over many requests."""

from __future__ import annotations

from itertools import permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from fairview.core import DataError, UsageError
from fairview.slate import Selection, kernel
from fairview.slate.exposure import attention
from fairview.slate.exposure_lp import mixture

TARGET = np.array([0.5, 0.5])


def case(n: int = 8, k: int = 4) -> dict[str, object]:
    relevance = np.linspace(1.0, 0.6, n)
    return {
        "relevance": relevance,
        "vectors": np.zeros((n, 1)),
        "membership": np.eye(3)[(np.arange(n) >= n // 2).astype(int)],
        "target": TARGET,
        "k": k,
        "item_ids": np.arange(n),
        "floor": 0.0,
    }


def drawn(name: str, times: int, options: dict[str, object], **changes: object) -> list[Selection]:
    chosen = kernel(name, **options)
    return [chosen.rerank(**{**case(), **changes, "key": key}) for key in range(times)]


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 9999), n=st.integers(1, 7), k=st.integers(1, 7))
def test_a_mixture_of_slates_adds_up_to_its_probabilities(seed: int, n: int, k: int) -> None:
    rng = np.random.default_rng(seed)
    k = min(k, n)
    orders = [rng.permutation(n)[:k] for _ in range(4)]
    places = np.zeros((n, k))
    for order, weight in zip(orders, rng.dirichlet(np.ones(4)), strict=True):
        places[order, np.arange(k)] += weight
    slates, weights = mixture(places)
    again = np.zeros((n, k))
    for slate, weight in zip(slates, weights, strict=True):
        assert len(set(slate)) == k
        again[list(slate), np.arange(k)] += weight
    assert again == pytest.approx(places, abs=1e-8)


def policy_of(name: str, **changes: object) -> tuple[np.ndarray, np.ndarray]:
    """Return all slates that a kernel draws for one request, and their logged propensities."""
    told: dict[tuple[int, ...], float] = {}
    for key in range(400):
        selection = kernel(name).rerank(**{**case(), **changes, "key": key})
        assert selection.infeasible is None
        told[tuple(selection.order.tolist())] = float(selection.propensity["joint"][-1])
        if sum(told.values()) > 1 - 1e-6:
            return np.array(list(told)), np.array(list(told.values()))
    raise AssertionError("the propensities of the slates that were drawn don't reach one")


@pytest.mark.parametrize("weight", [0.6, 1.0])
@pytest.mark.parametrize("name", ["exposure_lp", "exposure_mix"])
def test_groups_get_their_exposure_in_expectation(name: str, weight: float) -> None:
    worth = attention(4)
    slates, propensity = policy_of(name, representation=weight)
    second = propensity @ ((slates >= 4) @ worth) / worth.sum()
    assert second >= weight * 0.5 - 1e-6


def test_slates_are_drawn_as_often_as_they_say() -> None:
    slates, propensity = policy_of("exposure_mix", representation=1.0)
    found = [tuple(s.order.tolist()) for s in drawn("exposure_mix", 400, {}, representation=1.0)]
    for slate, p in zip(slates.tolist(), propensity.tolist(), strict=True):
        assert found.count(tuple(slate)) / 400 == pytest.approx(p, abs=5 * np.sqrt(p / 400))


def test_the_programme_is_worth_at_least_as_much_as_the_mixture_and_less_than_sorting() -> None:
    worth = attention(4)

    def utility(name: str, weight: float) -> float:
        slates, propensity = policy_of(name, representation=weight)
        return float(propensity @ (np.array(case()["relevance"])[slates] @ worth))

    best, programme = utility("exposure_lp", 0.0), utility("exposure_lp", 1.0)
    assert best > programme >= utility("exposure_mix", 1.0) - 1e-6


def test_the_programme_is_singh_and_joachims_on_a_square() -> None:
    """Their matrix P, found here as a linear programme over all permutations."""
    relevance = np.array([1.0, 0.9, 0.3, 0.2])
    membership = np.eye(3)[[0, 0, 1, 1]]
    worth = attention(4)
    orders = np.array(list(permutations(range(4))))
    exposure = np.array([[worth[membership[o, g] == 1].sum() for o in orders] for g in (0, 1)])
    solved = linprog(
        -(relevance[orders] @ worth),
        A_ub=0.5 * exposure.sum(axis=0) - exposure,
        b_ub=np.zeros(2),
        A_eq=np.ones((1, len(orders))),
        b_eq=np.ones(1),
    )
    slates, propensity = policy_of(
        "exposure_lp",
        relevance=relevance,
        membership=membership,
        vectors=np.zeros((4, 1)),
        item_ids=np.arange(4),
        representation=1.0,
    )
    assert propensity @ (relevance[slates] @ worth) == pytest.approx(-solved.fun, abs=1e-6)


@pytest.mark.parametrize("name", ["exposure_lp", "exposure_mix"])
def test_a_share_that_nobody_can_fill_is_reported(name: str) -> None:
    membership = np.eye(3)[np.zeros(8, int)]
    selection = drawn(name, 1, {}, membership=membership, representation=1.0)[0]
    assert selection.infeasible is not None
    assert "Group 2 lacks" in selection.infeasible
    assert not selection.feasible


def test_plackett_luce_draws_as_often_as_it_says() -> None:
    selections = drawn("plackett_luce", 3000, {}, representation=0.0, diversity=1.0, k=2)
    logits = case()["relevance"] / 0.2
    odds = np.exp(logits)
    found: dict[tuple[int, ...], int] = {}
    for selection in selections:
        slate = tuple(selection.order.tolist())
        found[slate] = found.get(slate, 0) + 1
        first, second = slate
        joint = odds[first] / odds.sum() * odds[second] / (odds.sum() - odds[first])
        assert selection.propensity["joint"][-1] == pytest.approx(joint)
    for slate in permutations(range(4), 2):
        p = odds[slate[0]] / odds.sum() * odds[slate[1]] / (odds.sum() - odds[slate[0]])
        assert found.get(slate, 0) / 3000 == pytest.approx(p, abs=5 * np.sqrt(p / 3000))


def test_marginal_propensities_are_inclusion_probabilities() -> None:
    shown = drawn("plackett_luce", 4000, {}, representation=0.0, diversity=1.0, k=3)
    inclusion = np.bincount(np.concatenate([s.order for s in shown]), minlength=8) / 4000
    estimated = drawn("plackett_luce", 40, {"draws": 200}, representation=0.0, diversity=1.0, k=3)
    estimates: dict[int, list[float]] = {}
    for selection in estimated:
        for row, p in zip(selection.order, selection.propensity["marginal"], strict=True):
            estimates.setdefault(int(row), []).append(float(p))
    for row, values in estimates.items():
        assert np.mean(values) == pytest.approx(inclusion[row], abs=0.04)


def test_group_weights_of_plackett_luce_reach_the_target_at_the_first_place() -> None:
    membership = np.eye(3)[[0, 0, 0, 0, 0, 0, 1, 1]]
    selections = drawn(
        "plackett_luce", 2000, {}, representation=1.0, diversity=0.5, membership=membership
    )
    second = np.mean([s.order[0] >= 6 for s in selections])
    assert second == pytest.approx(0.5, abs=5 * np.sqrt(0.25 / 2000))


@pytest.mark.parametrize("name", ["exposure_lp", "exposure_mix", "plackett_luce"])
def test_the_same_key_draws_the_same_slate_and_none_is_refused(name: str) -> None:
    first, again = (drawn(name, 12, {}, diversity=0.8, representation=0.8) for _ in range(2))
    assert [s.order.tolist() for s in first] == [s.order.tolist() for s in again]
    assert len({tuple(s.order.tolist()) for s in first}) > 1
    with pytest.raises(UsageError, match="key"):
        kernel(name).rerank(**case(), diversity=0.8, representation=0.8)


def test_items_below_the_floor_follow_for_certain() -> None:
    selection = drawn("plackett_luce", 1, {}, diversity=1.0, k=8, floor=0.8)[0]
    below = selection.explanation["below_floor"]
    assert below.any()
    assert (selection.propensity["conditional"][below] == 1).all()
    assert (selection.propensity["joint"][below] == selection.propensity["joint"][~below][-1]).all()


def test_debts_are_paid_in_later_requests() -> None:
    rng = np.random.default_rng(0)
    state = None
    single = []
    for _ in range(300):
        relevance = rng.random(20) + np.repeat([0.5, 0.0], 10)
        selection = kernel("amortised").rerank(
            relevance,
            np.zeros((20, 1)),
            np.eye(3)[np.repeat([0, 1], 10)],
            TARGET,
            5,
            item_ids=np.arange(20),
            representation=0.5,
            floor=0.0,
            state=state,
        )
        state = selection.state
        exposure = attention(5)[selection.order >= 10].sum() / attention(5).sum()
        single.append(exposure)
    received, deserved = state
    assert received / received.sum() == pytest.approx(TARGET, abs=0.02)
    assert deserved.sum() == pytest.approx(received.sum())
    assert np.std(single) > 0.1, "single slates are free to differ"
    with pytest.raises(DataError, match="2 x 2"):
        kernel("amortised").rerank(**case(), state=np.zeros((3, 2)))
    with pytest.raises(DataError, match="finite"):
        kernel("amortised").rerank(**case(), state=np.full((2, 2), np.nan))
