"""Ragged lists that tests share, and the plain loops that measures are compared with."""

from __future__ import annotations

import math

import numpy as np

from fairview.measure import RankedBatch

GROUPS = ("a", "b", "c")


def batch_of(
    rng: np.random.Generator, requests: int = 40, *, soft: bool = True, longest: int = 30
) -> RankedBatch:
    """Lists of unequal length (some of one item) with soft memberships and qualified shares."""
    lengths = rng.integers(1, longest + 1, requests)
    n = int(lengths.sum())
    membership = rng.dirichlet(np.ones(len(GROUPS) + 1), n)
    if not soft:
        membership = np.eye(len(GROUPS) + 1)[membership.argmax(axis=1)]
    qualified = rng.dirichlet(np.ones(len(GROUPS)), requests)
    qualified[rng.random(requests) < 0.2] = np.nan
    return RankedBatch(
        offsets=np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64),
        buckets=rng.integers(0, 4096, requests).astype(np.int16),
        columns={"relevance": rng.integers(0, 4, n).astype(float)},
        groups=GROUPS,
        membership=membership,
        contains=membership[:, :-1] > 0.2,
        qualified=qualified,
    )


def one_list(rows: list[int], groups: int = 2) -> RankedBatch:
    """One list of hard groups; the index `groups` means unknown."""
    membership = np.eye(groups + 1)[rows]
    return RankedBatch(
        offsets=np.array([0, len(rows)]),
        buckets=np.zeros(1, np.int16),
        groups=tuple("abcdef"[:groups]),
        membership=membership,
        contains=membership[:, :-1] > 0,
    )


def each_list(batch: RankedBatch) -> list[tuple[list[list[float]], list[float]]]:
    """Each request's rows of membership, and its qualified shares, as plain lists."""
    assert batch.qualified is not None
    return [
        (batch.membership[start:end].tolist(), batch.qualified[i].tolist())
        for i, (start, end) in enumerate(zip(batch.offsets[:-1], batch.offsets[1:], strict=True))
    ]


def slow_ndkl(rows: list[list[float]], target: list[float], k: int) -> float:
    """Recount every prefix from its beginning, O(n squared)."""
    above = below = 0.0
    for i in range(1, min(k, len(rows)) + 1):
        counts = [sum(row[g] for row in rows[:i]) for g in range(len(target))]
        total = sum(counts)
        if total <= 1e-9:
            continue
        kl = sum(
            c / total * math.log(c / total / p)
            for c, p in zip(counts, target, strict=True)
            if c > 1e-9
        )
        above += kl / math.log2(i + 1)
        below += 1 / math.log2(i + 1)
    return above / below


def slow_exposure(rows: list[list[float]], k: int, discount: str) -> list[float]:
    """Add up the attention that each group (unknown last) gets in one list."""
    got = [0.0] * len(rows[0])
    for rank, row in enumerate(rows[:k], start=1):
        weight = {
            "log2": 1 / math.log2(1 + rank),
            "trec": 1 / math.log2(max(rank, 2)),
            "none": 1.0,
        }[discount]
        for g, share in enumerate(row):
            got[g] += weight * share
    return got


def slow_jsd(d: list[float], p: list[float]) -> float:
    """Jensen-Shannon divergence, natural log."""
    total = 0.0
    for a, b in zip(d, p, strict=True):
        middle = (a + b) / 2
        total += sum(s * math.log(s / middle) / 2 for s in (a, b) if s)
    return total
