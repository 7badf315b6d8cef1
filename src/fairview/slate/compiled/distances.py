"""Greedy selection by relevance, summed distances and groups.

The sum of distances grows with every choice, so old values bound nothing, and each choice needs
its similarities to all items: one product of a matrix and a vector, which is left to BLAS.
"""

from __future__ import annotations

import numpy as np

from fairview.core.columns import Array
from fairview.slate.compiled.numeric import compiled, pull_of


@compiled
def _add_distances(
    sign: float, row: int, raw: Array, order: Array, scale: Array, total: Array
) -> None:
    """Add (or, with a negative sign, take away) the distances to this row's item."""
    products = np.dot(raw, raw[order[row]])
    for i in range(len(total)):
        total[i] += sign * (1.0 - products[order[i]] * scale[i] * scale[row])


@compiled
def _group_gains(
    membership: Array, target: Array, in_slate: Array, left: Array, weight: float, gain: Array
) -> None:
    pull = pull_of(target, in_slate, left)
    for i in range(len(gain)):
        gain[i] = 0.0
        for g in range(len(target)):
            gain[i] += weight * membership[i, g] * pull[g]


@compiled
def _worths(
    base: Array, weight: float, total: Array, scale: Array, neutral: float, gain: Array, into: Array
) -> None:
    for i in range(len(base)):
        if into[i] > -np.inf:
            term = weight * total[i] if scale[i] > 0 else neutral
            into[i] = base[i] + term + gain[i]


@compiled
def distances(
    raw: Array,
    order: Array,
    scale: Array,
    base: Array,
    weight: float,
    window: int,
    membership: Array,
    target: Array,
    fairness: float,
    tolerance: float,
    rows: Array,
    diverse: Array,
    fair: Array,
) -> None:
    """Fill `rows`, and what each choice owed to the distances and the group term.

    Parameters are as in `fairview.slate.compiled.greedy`; items of scale 0 have no vector, and
    count as far as the chosen ones were on average.
    """
    n, k, groups = len(base), len(rows), len(target)
    value = np.zeros(n)
    total = np.zeros(n)
    gain = np.zeros(n)
    in_slate = np.zeros(groups)
    left = np.zeros(groups)
    for g in range(groups):
        left[g] = membership[:, g].sum()
    vectored = np.zeros(k, np.int64)
    count, neutral, summed = 0, 0.0, 0.0
    for place in range(k):
        if groups:
            _group_gains(membership, target, in_slate, left, fairness, gain)
        _worths(base, weight, total, scale, neutral, gain, value)
        best = value.max()
        row = 0
        while value[row] < best - tolerance:
            row += 1
        rows[place] = row
        diverse[place] = weight * total[row] if scale[row] > 0 else neutral
        fair[place] = gain[row]
        value[row] = -np.inf
        for g in range(groups):
            in_slate[g] += membership[row, g]
            left[g] -= membership[row, g]
        if scale[row] == 0 or place == k - 1:
            continue
        vectored[count] = row
        count += 1
        summed += diverse[place]
        neutral = summed / count
        _add_distances(1.0, row, raw, order, scale, total)
        if count > window:
            _add_distances(-1.0, vectored[count - 1 - window], raw, order, scale, total)
