"""MMR, MSD, DPP and SSD: float64 brute force, pyversity, windows, batches, ties."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyversity import diversify

from fairview.slate import Kernel, Selection, kernel
from fairview.slate.similarity import RIDGE

NAMES = ("mmr", "msd", "dpp", "ssd")


def unit_of(vectors: np.ndarray) -> np.ndarray:
    wide = vectors.astype(np.float64)
    return wide / np.linalg.norm(wide, axis=1, keepdims=True)


def mmr_term(unit: np.ndarray, chosen: list[int], row: int) -> float:
    return -max(unit[chosen] @ unit[row]) if chosen else 0.0


def msd_term(unit: np.ndarray, chosen: list[int], row: int) -> float:
    return float(sum(1 - unit[j] @ unit[row] for j in chosen))


def dpp_term(unit: np.ndarray, chosen: list[int], row: int) -> float:
    def logdet(rows: list[int]) -> float:
        gram = (1 - RIDGE) * unit[rows] @ unit[rows].T + RIDGE * np.eye(len(rows))
        return float(np.linalg.slogdet(gram)[1])

    return 0.5 * (logdet([*chosen, row]) - logdet(chosen))


def ssd_term(unit: np.ndarray, chosen: list[int], row: int) -> float:
    with_bias = np.hstack([unit, np.ones((len(unit), 1))]) / np.sqrt(2)
    if not chosen:
        return 1.0
    base = with_bias[chosen].T
    rest = with_bias[row] - base @ np.linalg.lstsq(base, with_bias[row], rcond=1e-9)[0]
    return float(np.linalg.norm(rest))


TERMS: dict[str, Callable[[np.ndarray, list[int], int], float]] = {
    "mmr": mmr_term,
    "msd": msd_term,
    "dpp": dpp_term,
    "ssd": ssd_term,
}


def data_of(seed: int, n: int, d: int, kind: str = "gaussian") -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    vectors = rng.normal(size=(n, d))
    if kind == "clustered":
        vectors = rng.normal(size=(6, d))[rng.integers(0, 6, n)] + 0.2 * vectors
    relevance = rng.random(n)
    return relevance, vectors


def rerank(
    chosen: Kernel, relevance: np.ndarray, vectors: np.ndarray, k: int, diversity: float
) -> Selection:
    n = len(relevance)
    return chosen.rerank(
        relevance,
        vectors,
        np.ones((n, 1)),
        None,
        k,
        item_ids=np.arange(n),
        diversity=diversity,
        representation=0.0,
        floor=0.0,
    )


def regret(name: str, selection: Selection, relevance: np.ndarray, unit: np.ndarray, **of: float):
    """Return by how much the best item beat the chosen one, at the worst place."""
    k, diversity = len(selection.order), of["diversity"]
    weight = diversity / max(k - 1, 1) if name == "msd" else diversity
    scaled = relevance / relevance.max()
    chosen: list[int] = []
    worst = 0.0
    for place, row in enumerate(selection.order.tolist()):
        neighbours = chosen[-int(of.get("window", 100)) :]
        value = [
            (1 - diversity) * scaled[i] + weight * TERMS[name](unit, neighbours, i)
            if i not in chosen
            else -np.inf
            for i in range(len(relevance))
        ]
        worst = max(worst, max(value) - value[row])
        told = selection.explanation["relevance"][place] + selection.explanation["diversity"][place]
        assert told == pytest.approx(value[row], abs=2e-4)
        chosen.append(row)
    return worst


@pytest.mark.parametrize("name", NAMES)
@settings(max_examples=25, deadline=None)
@given(
    seed=st.integers(0, 10_000),
    n=st.integers(2, 30),
    d=st.integers(3, 12),
    diversity=st.sampled_from([0.1, 0.5, 0.9]),
    kind=st.sampled_from(["gaussian", "clustered"]),
)
def test_every_place_has_the_best_item(
    name: str, seed: int, n: int, d: int, diversity: float, kind: str
) -> None:
    relevance, vectors = data_of(seed, n, d, kind)
    selection = rerank(kernel(name), relevance, vectors, 8, diversity)
    assert regret(name, selection, relevance, unit_of(vectors), diversity=diversity) < 1e-8


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("kind", ["gaussian", "clustered"])
def test_single_precision_is_within_a_hundred_thousandth_of_brute_force(
    name: str, kind: str
) -> None:
    relevance, vectors = data_of(5, 150, 24, kind)
    single = vectors.astype(np.float32)
    selection = rerank(kernel(name), relevance.astype(np.float32), single, 20, 0.5)
    brute = regret(name, selection, relevance.astype(np.float32), unit_of(single), diversity=0.5)
    assert brute < 2e-5


@pytest.mark.parametrize("name", NAMES)
def test_a_window_forgets_the_items_further_up(name: str) -> None:
    relevance, vectors = data_of(3, 40, 6)
    selection = rerank(kernel(name, window=4), relevance, vectors, 20, 0.6)
    assert regret(name, selection, relevance, unit_of(vectors), diversity=0.6, window=4) < 1e-8


def pyversity_slate(
    name: str, relevance: np.ndarray, vectors: np.ndarray, k: int, diversity: float, **of: object
) -> list[int]:
    scaled = relevance / relevance.max()
    if name == "msd":
        diversity = diversity / (k - 1) / (diversity / (k - 1) + 1 - diversity)
    if name == "ssd":
        of |= {"gamma": 2**-0.5, "normalize_scores": False}
    found = diversify(
        vectors.astype(np.float32), scaled.astype(np.float32), k, name, diversity, **of
    )
    return found.indices.tolist()


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("name", ["mmr", "msd", "ssd"])
def test_the_slates_of_pyversity(name: str, seed: int) -> None:
    relevance, vectors = data_of(seed, 300, 32)
    if name == "mmr":
        # Its MMR takes negative similarities for none.
        vectors = np.abs(vectors) ** 3
    ours = rerank(kernel(name), relevance, vectors, 25, 0.5).order.tolist()
    assert ours == pyversity_slate(name, relevance, vectors, 25, 0.5)


def test_a_copy_of_an_item_in_the_window_adds_nothing() -> None:
    """pyversity keeps directions that were made orthogonal to items which have left its window:
    there a copy of the only item in the window has half of its novelty left."""
    vectors = np.array([[1.0, 0.0], [0.7, 0.7], [0.7, 0.7]])
    relevance = np.array([1.0, 0.9, 0.6])
    theirs = diversify(
        vectors.astype(np.float32),
        relevance.astype(np.float32),
        3,
        "ssd",
        0.5,
        window=1,
        normalize_scores=False,
        append_bias=False,
    )
    assert theirs.selection_scores[2] > 0.5 * 0.6 + 0.2
    ours = rerank(kernel("ssd", window=1), relevance, vectors, 3, 0.5)
    assert ours.explanation["diversity"][2] == pytest.approx(0.0, abs=1e-6)


@pytest.mark.parametrize("seed", range(3))
def test_the_dpp_of_pyversity_by_its_own_quality(seed: int) -> None:
    """It weighs items by exp(beta * z-score) in the kernel: relevance over log distance, times
    beta over the spread. Its ridge is far smaller than ours, which Gaussian vectors don't feel."""
    relevance, vectors = data_of(seed, 300, 64)
    scaled = relevance / relevance.max()
    rate = 0.5 / scaled.astype(np.float32).std()
    ours = rerank(kernel("dpp"), relevance, vectors, 15, 1 / (1 + rate)).order.tolist()
    assert ours == pyversity_slate("dpp", relevance, vectors, 15, 0.5)


def test_pyversity_repeats_nothing_but_breaks_down_where_vectors_do() -> None:
    """Forty copies of four vectors: past the fourth choice its DPP has no volume left and takes
    items by position; ours goes on by relevance."""
    rng = np.random.default_rng(0)
    vectors = np.repeat(np.eye(4), 10, axis=0)
    relevance = 0.5 + 0.5 * rng.random(40)
    ours = rerank(kernel("dpp"), relevance, vectors, 20, 0.5).order
    assert len({row // 10 for row in ours[:4].tolist()}) == 4
    rest = relevance[ours[4:]]
    theirs = pyversity_slate("dpp", relevance, vectors, 20, 0.5)
    assert rest.sum() > relevance[theirs[4:]].sum()


@pytest.mark.parametrize("name", NAMES)
def test_ties_go_to_the_more_relevant_then_by_id(name: str) -> None:
    n = 12
    same = np.tile(np.array([[3.0, 1.0, 2.0]]), (n, 1)).astype(np.float32)
    ids = np.random.default_rng(0).permutation([f"i{i:02d}" for i in range(n)])
    for relevance in (np.ones(n), 1 - 1e-7 * np.arange(n)):
        selection = kernel(name).rerank(
            relevance, same, np.ones((n, 1)), None, n, item_ids=ids, diversity=0.9
        )
        expected = np.lexsort((ids, -relevance))
        assert selection.order.tolist() == expected.tolist()


@pytest.mark.parametrize("name", NAMES)
def test_items_without_a_vector_are_taken_as_average(name: str) -> None:
    relevance, vectors = data_of(1, 30, 8)
    vectors[::3] = 0
    selection = rerank(kernel(name), relevance, vectors, 30, 0.6)
    diverse = selection.explanation["diversity"]
    for place, row in enumerate(selection.order.tolist()):
        if row % 3 == 0 and place > 0:
            above = [p for p in range(place) if selection.order[p] % 3]
            assert diverse[place] == pytest.approx(np.mean(diverse[above]) if above else 0.0)
    assert sorted(selection.order.tolist()) == list(range(30))


@pytest.mark.parametrize("name", ["top_k", *NAMES])
@pytest.mark.parametrize("threads", [1, 2])
def test_a_ragged_batch_is_its_requests_one_by_one(name: str, threads: int) -> None:
    rng = np.random.default_rng(4)
    offsets = np.concatenate([[0], np.cumsum(rng.integers(0, 30, 150))])
    n, r = int(offsets[-1]), len(offsets) - 1
    relevance, vectors = data_of(2, n, 8)
    membership = rng.dirichlet(np.ones(4), n)
    targets = [np.full(3, 1 / 3) if i % 2 else None for i in range(r)]
    k = rng.integers(1, 12, r)
    ids = np.arange(n) % 40
    together = kernel(name).rerank_batch(
        relevance, vectors, membership, targets, k, offsets=offsets, item_ids=ids, threads=threads
    )
    for i, selection in enumerate(together):
        mine = slice(offsets[i], offsets[i + 1])
        alone = kernel(name).rerank(
            relevance[mine],
            vectors[mine],
            membership[mine],
            targets[i],
            int(k[i]),
            item_ids=ids[mine],
        )
        assert selection.order.tolist() == alone.order.tolist()
        assert selection.explanation["diversity"].tolist() == (
            alone.explanation["diversity"].tolist()
        )
