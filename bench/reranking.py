"""Re-rankers against pyversity in the same run, group-constrained ones alone, and batches.

One thread, float32, clustered by nothing: Gaussian vectors, which leave the least to prune. Both
sides solve the same objective, whose weights are translated as `tests/slate/test_similarity.py`
does (only coverage differs: facility location is what is recommended, pyversity's own power form
stands beside it). Ours includes all checks and the sorting by item id.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial

import numpy as np
from pyversity import diversify
from threadpoolctl import threadpool_limits

from bench.rows import Row, median, quantile, seconds_each
from fairview.slate import Selection, kernel
from fairview.slate.similarity import RIDGE

SIZES = ((1000, 50, 40), (5000, 100, 12))
GOALS = {
    "mmr": ("at most 0.6", "at most 0.5"),
    "msd": ("at most 0.8", ""),
    "dpp": ("at most 0.6", "at most 0.5"),
    "ssd": ("at most 0.3", ""),
    "cover": ("at most 0.12", "at most 0.04"),
    "cover, power 0.5": ("", ""),
}
COMPARED = {
    "cover": "facility location, which pyversity hasn't, against its power form",
    "cover, power 0.5": "the same power form on both sides",
}
"""What stands against what, where the objectives need a word."""

GROUPED = (
    "amortised",
    "calibrated",
    "cover",
    "det_cons",
    "det_const_sort",
    "det_greedy",
    "det_relaxed",
    "dpp",
    "exposure_mix",
    "fair_top_k",
    "mmr",
    "msd",
    "plackett_luce",
    "quota",
    "round_robin",
    "soft_spacing",
    "ssd",
    "xquad",
)


def catalogue(n: int, seed: int = 0) -> dict[str, np.ndarray]:
    """Return candidates with random relevance, vectors and string ids."""
    rng = np.random.default_rng(seed)
    relevance = rng.random(n).astype(np.float32)
    return {
        "relevance": relevance / relevance.max(),
        "vectors": rng.normal(size=(n, 128)).astype(np.float32),
        "item_ids": rng.permutation([f"item{i:012d}" for i in range(n)]),
    }


def same_weight(name: str, relevance: np.ndarray, k: int) -> float:
    """Return our diversity weight for pyversity's 0.5."""
    spread = float(relevance.std())
    ratio = {
        "mmr": 1.0,
        "msd": k - 1.0,
        "dpp": 2 * spread,
        "ssd": np.sqrt(2) * spread,
        "cover": len(relevance) / k,
    }[name]
    return float(ratio / (1 + ratio))


def ours(name: str, data: dict[str, np.ndarray], k: int) -> Selection:
    """Re-rank by relevance and diversity alone."""
    family, _, power = name.partition(", power ")
    options: dict[str, object] = {"power": float(power)} if power else {}
    n = len(data["relevance"])
    return kernel(family, **options).rerank(
        data["relevance"],
        data["vectors"],
        np.ones((n, 1)),
        None,
        k,
        item_ids=data["item_ids"],
        diversity=same_weight(family, data["relevance"], k),
        representation=0.0,
        floor=0.0,
    )


def alternating(
    first: Callable[[], object], second: Callable[[], object], times: int
) -> tuple[list[float], list[float]]:
    """Time two calls in turn, so that both meet the same machine."""
    taken: tuple[list[float], list[float]] = ([], [])
    for call in (first, second):
        call()
    for _ in range(times):
        for call, into in zip((first, second), taken, strict=True):
            start = time.perf_counter()
            call()
            into.append(time.perf_counter() - start)
    return taken


def regret(name: str, data: dict[str, np.ndarray], selection: Selection) -> float:
    """Return by how much, in float64, the best item beat the chosen one at the worst place."""
    unit = data["vectors"].astype(np.float64)
    unit /= np.linalg.norm(unit, axis=1, keepdims=True)
    if name == "ssd":
        unit = np.hstack([unit, np.ones((len(unit), 1))]) / np.sqrt(2)
    k = len(selection.order)
    weight = same_weight(name, data["relevance"], k)
    base = (1 - weight) * data["relevance"].astype(np.float64)
    ridge = RIDGE if name == "dpp" else 0.0
    near, total, left = np.full(len(unit), -np.inf), np.zeros(len(unit)), np.ones(len(unit))
    factor = np.zeros((0, len(unit)))
    worst = 0.0
    open_rows = np.ones(len(unit), bool)
    for place, row in enumerate(selection.order.tolist()):
        term = {
            "mmr": -near if place else np.zeros(len(unit)),
            "msd": total / (k - 1),
            "dpp": 0.5 * np.log(np.maximum(left, 1e-300)),
            "ssd": np.sqrt(np.maximum(left, 0)),
        }[name]
        value = base + weight * term
        worst = max(worst, float(value[open_rows].max() - value[row]))
        open_rows[row] = False
        similarity = unit @ unit[row]
        near, total = np.maximum(near, similarity), total + 1 - similarity
        line = ((1 - ridge) * similarity - factor[:, row] @ factor) / np.sqrt(left[row])
        factor = np.vstack([factor, line])
        left = left - line**2
    return worst


def against_pyversity() -> list[Row]:
    """Return the ratio of medians for each kernel and size."""
    rows = []
    for size, (n, k, times) in enumerate(SIZES):
        data = catalogue(n)
        for name, goals in GOALS.items():
            family = name.split(",")[0]
            said = f" ({COMPARED[name]})" if name in COMPARED else ""
            theirs, mine = alternating(
                partial(diversify, data["vectors"], data["relevance"], k, family, 0.5),
                partial(ours, name, data, k),
                times if family != "cover" else max(3, times // 10),
            )
            rows.append(
                Row(
                    f"{name}{said}, N={n}, k={k}: time over pyversity's",
                    median(mine) / median(theirs),
                    "x",
                    goals[size],
                    f"ours {median(mine) * 1e3:.2f} ms, pyversity {median(theirs) * 1e3:.2f} ms",
                )
            )
    data = catalogue(1000)
    worst = max(regret(name, data, ours(name, data, 50)) for name in ("mmr", "msd", "dpp", "ssd"))
    rows.append(
        Row("worst choice against float64 brute force, N=1000", worst, "objective", "at most 1e-5")
    )
    return rows


def grouped() -> list[Row]:
    """Return the 99th percentile of each kernel with four groups and unknowns, soft and hard."""
    data = catalogue(1000)
    rng = np.random.default_rng(1)
    target = np.array([0.4, 0.3, 0.2, 0.1])
    hard = np.eye(5)[rng.integers(0, 5, 1000)]
    soft = rng.dirichlet(np.full(5, 0.3), 1000)
    rows = []
    for name in GROUPED:
        figures = []
        for membership in (hard, soft):

            def call(membership: np.ndarray = membership, name: str = name) -> object:
                return kernel(name).rerank(
                    data["relevance"],
                    data["vectors"],
                    membership,
                    target,
                    50,
                    item_ids=data["item_ids"],
                    floor=0.2,
                    key=1,
                )

            figures.append(seconds_each(call, 120, warmup=3))
        rows.append(
            Row(
                f"{name} with groups, N=1000, k=50: p99",
                max(quantile(taken, 0.99) for taken in figures) * 1e3,
                "ms",
                "under 3",
                f"medians: certain groups {median(figures[0]) * 1e3:.2f} ms, "
                f"probabilities {median(figures[1]) * 1e3:.2f} ms",
            )
        )
    return rows


def batches() -> list[Row]:
    """Return requests per second of the DPP over a ragged batch on two threads."""
    requests = 1000
    rng = np.random.default_rng(2)
    lengths = rng.integers(400, 601, requests)
    offsets = np.concatenate([[0], np.cumsum(lengths)])
    n = int(offsets[-1])
    relevance = rng.random(n).astype(np.float32)
    vectors = rng.normal(size=(n, 128)).astype(np.float32)
    membership = np.eye(5)[rng.integers(0, 5, n)]
    ids = np.array([f"item{i:012d}" for i in range(n)])
    chosen = kernel("dpp")
    rows = []
    for representation, goal in ((0.0, "at least 3,000"), (0.6, "")):

        def call(representation: float = representation) -> object:
            return chosen.rerank_batch(
                relevance,
                vectors,
                membership,
                [np.full(4, 0.25)] * requests if representation else None,
                25,
                offsets=offsets,
                item_ids=ids,
                diversity=0.5,
                representation=representation,
                floor=0.0,
                threads=2,
            )

        busy = time.process_time()
        taken = seconds_each(call, 5, warmup=1)
        busy = (time.process_time() - busy) / 6
        what = "with groups" if representation else "alone"
        rows.append(
            Row(
                f"dpp {what} over a ragged batch, N about 500, k=25, two threads",
                requests / median(taken),
                "requests/s",
                goal,
                f"best of five {requests / min(taken):,.0f}; {busy / requests * 1e3:.2f} ms of "
                f"processor time per request",
            )
        )
    return rows


def rows() -> list[Row]:
    """Measure on one thread of BLAS."""
    with threadpool_limits(1):
        return against_pyversity() + grouped() + batches()
