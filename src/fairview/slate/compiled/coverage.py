"""Greedy coverage: choose items that the others resemble.

What an item adds never grows as the slate fills, so its value some places ago is an upper bound,
and only items whose bound beats the best exact value are looked at again.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from fairview.core.columns import Array
from fairview.slate.compiled.numeric import compiled, pull_of, summing


@summing
def _added(similarity: Array, row: int, covered: Array, worth: Array, power: float) -> Any:
    """Return by how much this row's item would raise the worth of what is covered."""
    zero = similarity.dtype.type(0)
    total = 0.0
    if power == 0.0:
        for i in range(len(covered)):
            more = similarity[row, i] - covered[i]
            total += more if more > zero else zero
    elif power == 0.5:
        for i in range(len(covered)):
            one = similarity[row, i]
            total += np.sqrt(covered[i] + (one if one > zero else zero)) - worth[i]
    else:
        for i in range(len(covered)):
            total += (covered[i] + max(similarity[row, i], zero)) ** power - worth[i]
    return total


@compiled
def _cover(similarity: Array, row: int, covered: Array, worth: Array, power: float) -> None:
    for i in range(len(covered)):
        if power == 0.0:
            covered[i] = max(covered[i], similarity[row, i])
        else:
            covered[i] += max(similarity[row, i], 0.0)
            worth[i] = covered[i] ** power


@compiled
def _bring_up(
    similarity: Array,
    covered: Array,
    worth: Array,
    power: float,
    base: Array,
    weight: float,
    bound: Array,
    gain: Array,
    level: Array,
    current: int,
    tolerance: float,
) -> tuple[int, float]:
    """Make the bounds exact that may be the best; return the first item that ties with it."""
    n = len(base)
    first = 0
    for i in range(n):
        if bound[i] + gain[i] > bound[first] + gain[first]:
            first = i
    best = -np.inf
    for turn in range(-1, n):
        i = first if turn < 0 else turn
        if bound[i] == -np.inf or bound[i] + gain[i] < best - tolerance:
            continue
        if level[i] < current:
            bound[i] = base[i] + weight * _added(similarity, i, covered, worth, power)
            level[i] = current
        best = max(best, bound[i] + gain[i])
    for i in range(n):
        if level[i] == current and bound[i] + gain[i] >= best - tolerance:
            return i, best
    return first, best


@compiled
def cover(
    similarity: Array,
    bare: Array,
    base: Array,
    weight: float,
    power: float,
    membership: Array,
    target: Array,
    fairness: float,
    tolerance: float,
    rows: Array,
    diverse: Array,
    fair: Array,
) -> None:
    """Fill `rows`, and what each choice owed to the coverage and the group term.

    Parameters
    ----------
    similarity
        n x n.
    bare
        Whether an item has no vector: it is taken to add what the chosen ones did on average.
    base
        n floats: the relevance term, weighted.
    weight, power
        Of what is covered: an item is covered by its largest similarity where `power` is 0,
        otherwise by that power of the sum of its similarities.
    membership, target, fairness
        n x K, K shares and their weight; K is 0 without a group term.
    tolerance
        Values this close tie.
    rows, diverse, fair
        k places to write to.
    """
    n, groups = len(base), len(target)
    covered = np.zeros(n, similarity.dtype)
    worth = np.zeros(n, similarity.dtype)
    bound = np.full(n, np.inf)
    gain = np.zeros(n)
    level = np.full(n, -1)
    in_slate = np.zeros(groups)
    left = np.zeros(groups)
    for g in range(groups):
        left[g] = membership[:, g].sum()
    added, vectored = 0.0, 0
    for place in range(len(rows)):
        neutral = added / vectored if vectored else 0.0
        if groups:
            pull = pull_of(target, in_slate, left)
        for i in range(n):
            if bare[i] and bound[i] > -np.inf:
                bound[i] = base[i] + neutral
                level[i] = place
            gain[i] = 0.0
            for g in range(groups):
                gain[i] += fairness * membership[i, g] * pull[g]
        row, _ = _bring_up(
            similarity, covered, worth, power, base, weight, bound, gain, level, place, tolerance
        )
        rows[place] = row
        diverse[place] = bound[row] - base[row]
        fair[place] = gain[row]
        bound[row] = -np.inf
        for g in range(groups):
            in_slate[g] += membership[row, g]
            left[g] -= membership[row, g]
        if not bare[row]:
            added += diverse[place]
            vectored += 1
            _cover(similarity, row, covered, worth, power)
