"""Greedy selection by relevance, similarity and groups, looking at few of the items.

Similarity terms follow from an item's products with *directions*, one per chosen vector. The
products fold into one number per item, its state, direction by direction. Where a term never
grows, the value at an old state is an upper bound: only items whose bound beats the best exact
value are brought up to date, and only as far as needed to see that they don't. The result is the
same as that of looking at everything. After: Minoux, "Accelerated greedy algorithms for
maximizing submodular set functions" (1978).
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from fairview.core.columns import Array
from fairview.slate.compiled.numeric import (
    compiled,
    dot_of_rows,
    pull_of,
    summing,
)

MMR, DPP, SSD = 0, 1, 2
"""Kinds of terms; a state begins as `_start` says, takes products by `_fold`, and is worth
what `_worth` says."""

AHEAD = 16
"""An item is brought up to date until it can't win for about this many places, as the best
value falls now: reading its vector again costs more than some products too many."""

FLAT = 1e-9
"""A vector that the directions leave less than this share of adds no direction."""


@compiled
def _start(kind: int) -> float:
    return -1.0 if kind == MMR else 1.0


@compiled
def _fold(kind: int, state: float, product: float, lowest: float) -> float:
    if kind == MMR:
        return max(state, product)
    return max(state - product * product, lowest)


@compiled
def _worth(kind: int, state: float, count: int) -> Any:
    if kind == MMR:
        return -state if count else 0.0
    if kind == DPP:
        return 0.5 * np.log(state)
    return np.sqrt(state)


@compiled
def _limit(kind: int, worth: float) -> Any:
    """Return the state from which on an item is worth less than this; see `_beyond`."""
    if kind == MMR:
        return -worth
    if kind == DPP:
        return np.exp(2.0 * worth)
    return worth * worth if worth > 0 else -1.0


@compiled
def _beyond(kind: int, state: float, limit: float) -> bool:
    return state > limit if kind == MMR else state < limit


class Items(NamedTuple):
    """What is chosen from: n items.

    Parameters
    ----------
    raw, order, scale
        Vectors (N x d), the items' rows of them, and one over each one's length; a scale of 0
        is an item without a vector.
    base
        The relevance term, weighted.
    membership
        n x K; K is 0 without a group term.
    """

    raw: Array
    order: Array
    scale: Array
    base: Array
    membership: Array


class Term(NamedTuple):
    """The similarity term.

    Parameters
    ----------
    kind, weight
        What it is, and how much it counts.
    window
        How many of the last chosen vectors count.
    bias
        A number that all vectors share as one more entry; they are scaled down to length one.
    ridge
        Added to the diagonal of a DPP's similarities.
    tolerance
        Values this close tie.
    """

    kind: int
    weight: float
    window: int
    bias: float
    ridge: float
    tolerance: float


class Notes(NamedTuple):
    """What is known of each item.

    `bound` is what it is worth at most, group term aside, and exactly that once its `state` has
    taken in all directions, whose number `level` counts.
    """

    state: Array
    level: Array
    bound: Array
    gain: Array
    taken: Array


class Window(NamedTuple):
    """The chosen vectors that count.

    `kept` are the vectors and `wide` their directions, in full precision and with the bias;
    `narrow` and `shared` are the directions in the items' own precision and their bias' part of
    every product.
    """

    kept: Array
    wide: Array
    narrow: Array
    shared: Array


@summing
def _direct(kind: int, wide: Array, kept: Array, at: int, ridge: float) -> None:
    """Write the direction of the vector `at`, after those before it."""
    width = wide.shape[1]
    wide[at] = kept[at]
    if kind == MMR:
        return
    if kind == DPP:
        wide[at] *= 1.0 - ridge
    rest = 1.0
    for s in range(at):
        # SSD takes the product with what is left, which is the stable order; a DPP's ridge is
        # no part of the vectors, so its products are with the vector itself.
        source = wide[at] if kind == SSD else kept[at]
        product = 0.0
        for j in range(width):
            product += wide[s, j] * source[j]
        for j in range(width):
            wide[at, j] -= product * wide[s, j]
        rest -= product * product
    if kind == DPP:
        wide[at] /= np.sqrt(max(rest, ridge))
        return
    length = np.sqrt((wide[at] * wide[at]).sum())
    wide[at] *= 1.0 / length if length * length > FLAT else 0.0


@compiled
def _group_gains(membership: Array, pull: Array, weight: float, gain: Array) -> None:
    for i in range(len(gain)):
        gain[i] = 0.0
        for g in range(len(pull)):
            gain[i] += membership[i, g] * pull[g]
        gain[i] *= weight


@compiled
def _most_promising(items: Items, notes: Notes, level: int, neutral: float) -> int:
    """Bring bounds up to date as far as no products are needed; return the item with the best."""
    first, highest = -1, -np.inf
    scale, base = items.scale, items.base
    levels, bound, gain, taken = notes.level, notes.bound, notes.gain, notes.taken
    for i in range(len(base)):
        if taken[i]:
            continue
        if scale[i] == 0:
            bound[i] = base[i] + neutral
            levels[i] = level
        if bound[i] + gain[i] > highest:
            first, highest = i, bound[i] + gain[i]
    return first


@compiled
def _take_in(
    kind: int,
    raw: Array,
    row: int,
    scale: float,
    narrow: Array,
    shared: Array,
    state: float,
    level: int,
    current: int,
    limit: float,
    lowest: float,
) -> tuple[float, int]:
    """Take in directions until all are, or the state is beyond the limit."""
    for s in range(level, current):
        product = dot_of_rows(raw, row, narrow, s) * scale + shared[s]
        state = _fold(kind, state, product, lowest)
        if _beyond(kind, state, limit):
            return state, s + 1
    return state, current


@compiled
def _bring_up(
    first: int, items: Items, term: Term, notes: Notes, window: Window, level: int, falling: float
) -> float:
    """Bring the items up to date that may be the best; return its value."""
    kind, weight, tolerance = term.kind, term.weight, term.tolerance
    raw, order, scale, base = items.raw, items.order, items.scale, items.base
    state, levels, bound, gain, taken = (
        notes.state,
        notes.level,
        notes.bound,
        notes.gain,
        notes.taken,
    )
    narrow, shared = window.narrow, window.shared
    shrink = 1.0 / np.sqrt(1.0 + term.bias * term.bias)
    lowest = term.ridge if kind == DPP else 0.0
    best = -np.inf
    for turn in range(-1, len(order)):
        i = first if turn < 0 else turn
        if taken[i] or bound[i] + gain[i] < best - tolerance:
            continue
        if levels[i] < level:
            enough = best - tolerance - AHEAD * falling - gain[i] - base[i]
            state[i], levels[i] = _take_in(
                kind,
                raw,
                order[i],
                scale[i] * shrink,
                narrow,
                shared,
                state[i],
                levels[i],
                level,
                _limit(kind, enough / weight),
                lowest,
            )
            bound[i] = base[i] + weight * _worth(kind, state[i], level)
        if levels[i] == level:
            best = max(best, bound[i] + gain[i])
    return best


@compiled
def _first_of(best: float, term: Term, notes: Notes, level: int) -> int:
    """Return the first item that ties with the best."""
    bound, gain, taken, levels = notes.bound, notes.gain, notes.taken, notes.level
    for i in range(len(bound)):
        if not taken[i] and levels[i] == level and bound[i] + gain[i] >= best - term.tolerance:
            return i
    return -1


@compiled
def _keep(items: Items, term: Term, window: Window, row: int, chosen: int) -> None:
    """Let the vector of this row into the window, as the one that makes it `chosen` in all."""
    slots, width = window.kept.shape
    at = min(chosen, slots) - 1
    slid = chosen > slots
    shrink = 1.0 / np.sqrt(1.0 + term.bias * term.bias)
    if slid:
        for s in range(at):
            window.kept[s] = window.kept[s + 1]
            window.wide[s] = window.wide[s + 1]
    for j in range(width - 1):
        window.kept[at, j] = items.raw[items.order[row], j] * items.scale[row] * shrink
    window.kept[at, width - 1] = term.bias * shrink
    # All directions change when the oldest vector leaves: they were made orthogonal to it.
    for s in range(0 if slid else at, at + 1):
        _direct(term.kind, window.wide, window.kept, s, term.ridge)
    for s in range(0 if slid else at, at + 1):
        for j in range(width - 1):
            window.narrow[s, j] = window.wide[s, j]
        window.shared[s] = window.wide[s, width - 1] * term.bias * shrink


@compiled
def _forget(items: Items, term: Term, notes: Notes, chosen: int) -> None:
    """Bound anew: a vector has left, or the term has just begun."""
    notes.state[:] = _start(term.kind)
    notes.level[:] = 0
    notes.bound[:] = items.base + term.weight * _worth(term.kind, _start(term.kind), chosen)


@compiled
def greedy(
    items: Items,
    term: Term,
    target: Array,
    fairness: float,
    rows: Array,
    diverse: Array,
    fair: Array,
) -> None:
    """Fill `rows`, and what each choice owed to the similarity and the group term.

    Parameters
    ----------
    items, term
        What is chosen from, and by which similarity.
    target, fairness
        K shares and their weight; K is 0 without a group term.
    rows, diverse, fair
        k places to write to.
    """
    n, k, width, groups = len(items.order), len(rows), items.raw.shape[1], len(target)
    slots = min(term.window, k)
    window = Window(
        np.zeros((slots, width + 1)),
        np.zeros((slots, width + 1)),
        np.zeros((slots, width), items.raw.dtype),
        np.zeros(slots),
    )
    notes = Notes(
        np.zeros(n), np.zeros(n, np.int64), np.zeros(n), np.zeros(n), np.zeros(n, np.bool_)
    )
    _forget(items, term, notes, 0)
    in_slate = np.zeros(groups)
    left = np.zeros(groups)
    for g in range(groups):
        left[g] = items.membership[:, g].sum()
    chosen, diverse_sum, last, falling = 0, 0.0, 0.0, 0.0
    neutral = term.weight * _worth(term.kind, _start(term.kind), 0)
    for place in range(k):
        level = min(chosen, slots)
        if groups:
            pull = pull_of(target, in_slate, left)
            _group_gains(items.membership, pull, fairness, notes.gain)
        first = _most_promising(items, notes, level, neutral)
        best = _bring_up(first, items, term, notes, window, level, falling)
        row = _first_of(best, term, notes, level)
        falling = max(last - best, 0.0) if place else 0.0
        last = best
        notes.taken[row] = True
        rows[place] = row
        diverse[place] = notes.bound[row] - items.base[row]
        fair[place] = notes.gain[row]
        in_slate += items.membership[row]
        left -= items.membership[row]
        if items.scale[row] > 0 and place < k - 1:
            diverse_sum += diverse[place]
            chosen += 1
            neutral = diverse_sum / chosen
            _keep(items, term, window, row, chosen)
            if chosen == 1 or chosen > slots:
                _forget(items, term, notes, chosen)
