"""The search of all conjunctions up to a depth, by counting, with bounds that can't lose any.

Conjunctions are walked column by column. A row's place among the conjunctions that are still
alive is one whole number, so counting a further column is one `bincount`. What holds too few
rows, or can't reach the score that enough others have already, is dropped with everything below
it: a slice can't hold more rows than its parents, nor more of their loss (the bound of Sagadeeva
and Boehm, SliceLine, SIGMOD 2021, for the score used here).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from fairview.audit.finding.slice_columns import SliceColumn

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

MOST_ALIVE = 4096
"""No slice may be smaller than 1 / 4,096 of the rows; that bounds the tables of counts."""

_TINY = 1e-12


@dataclass(frozen=True)
class Wanted:
    """What a search looks for.

    Parameters
    ----------
    depth
        The most conditions of one slice.
    support
        The fewest rows of one slice.
    size_weight
        w of the score (see `score_of`).
    keep
        How many of the best slices are kept.
    """

    depth: int
    support: int
    size_weight: float
    keep: int


@dataclass(frozen=True)
class Candidate:
    """A slice of the searched rows: columns and codes, how many rows, mean loss, and score."""

    columns: tuple[int, ...]
    codes: tuple[int, ...]
    n: int
    mean: float
    score: float


@dataclass(frozen=True)
class Searched:
    """What a search found, best first, and how many slices it counted and left out uncounted."""

    best: list[Candidate]
    counted: int
    small: int
    hopeless: int


@dataclass(frozen=True)
class _Node:
    """The living conjunctions of some columns.

    `place` turns (parent's place, value) into a place, -1 for the dead; `parent` and `value`
    undo it; `most` is the best score of each and of all that it is part of.
    """

    place: Ints
    levels: int
    parent: Ints
    value: Ints
    n: Ints
    total: Floats
    most: Floats


def score_of(n: Ints, total: Floats, rows: int, loss: float, size_weight: float) -> Floats:
    r"""Return the score of slices: their gap to everybody else, weighed by their size.

    .. math:: s = (\bar\ell_S - \bar\ell_{\bar S})\,(q(1-q))^{w}, \quad q = |S| / n

    w = 0 looks for the largest gaps, however small the group; w = 1 for the groups that hold
    the most loss above the average; w = 1/2, in between, orders as a two-sample z does.

    Parameters
    ----------
    n, total
        Rows and summed loss of each slice.
    rows, loss
        Rows and summed loss of everybody.
    size_weight
        w, in [0, 1].

    Examples
    --------
    Two of four rows lose 1 each, the others nothing: a gap of 1, times the root of 1/4.

    >>> float(score_of(np.array([2]), np.array([2.0]), 4, 2.0, 0.5)[0])
    0.5
    """
    rest = np.maximum(rows - n, 1)
    gap = total / n - (loss - total) / rest
    share = n / rows
    return np.asarray(np.where(n < rows, gap * (share * (1 - share)) ** size_weight, -np.inf))


def search(columns: Sequence[SliceColumn], loss: Floats, wanted: Wanted) -> Searched:
    """Return the best slices of n rows among all conjunctions of the columns' values.

    Only slices that beat everything that they are part of are given: a condition that adds
    nothing to the score isn't a finding.

    Parameters
    ----------
    columns
        m columns of n codes.
    loss
        n finite losses; larger is worse.
    wanted
        How deep, how large, and how many.
    """
    return _Search(columns, loss, wanted).run()


class _Search:
    def __init__(self, columns: Sequence[SliceColumn], loss: Floats, wanted: Wanted) -> None:
        self.wanted = wanted
        self.support = max(wanted.support, math.ceil(len(loss) / MOST_ALIVE), 1)
        self.codes, self.kept = [], []
        for column in columns:
            often = np.bincount(column.codes, minlength=len(column.labels)) >= self.support
            place = np.where(often, np.cumsum(often) - 1, often.sum())
            self.codes.append(place.astype(np.int32)[column.codes])
            self.kept.append(np.flatnonzero(often))
        self.lowest = float(loss.min(initial=np.inf)) if len(loss) else 0.0
        self.loss = loss - self.lowest
        self.largest = float(self.loss.max(initial=0.0))
        self.sum = float(self.loss.sum())
        self.nodes: dict[tuple[int, ...], _Node] = {}
        self.best: list[tuple[float, tuple[int, ...], int]] = []
        self.least = 0.0
        self.counted = self.small = self.hopeless = 0

    def run(self) -> Searched:
        everything = np.zeros(len(self.loss), np.int64)
        for depth in range(1, min(self.wanted.depth, len(self.codes)) + 1):
            self._descend((), everything, self.loss, None, depth)
            self._cut()
        found = [self._candidate(*each) for each in self.best]
        found.sort(key=lambda c: (-c.score, len(c.columns), c.columns, c.codes))
        return Searched(found, self.counted, self.small, self.hopeless)

    def _descend(
        self, prefix: tuple[int, ...], place: Ints, loss: Floats, rows: Ints | None, depth: int
    ) -> None:
        """Count every set of `depth` columns that begins with `prefix`.

        `place`, `loss` and `rows` are of the rows whose conjunction of the prefix is alive; rows
        are None where all are.
        """
        start = prefix[-1] + 1 if prefix else 0
        for column in range(start, len(self.codes) - (depth - len(prefix)) + 1):
            here = (*prefix, column)
            codes = self.codes[column] if rows is None else self.codes[column][rows]
            key = place * (len(self.kept[column]) + 1) + codes
            if len(here) == depth:
                self._count(here, key, loss)
                continue
            node = self.nodes.get(here)
            if node is None or not len(node.n):
                continue
            below = node.place[key]
            alive = below >= 0
            if alive.all():
                self._descend(here, below, loss, rows, depth)
            else:
                kept = np.flatnonzero(alive) if rows is None else rows[alive]
                self._descend(here, below[alive], loss[alive], kept, depth)

    def _count(self, here: tuple[int, ...], key: Ints, loss: Floats) -> None:
        """Count one set of columns: offer what scores high, keep alive what may be refined."""
        levels = len(self.kept[here[-1]]) + 1
        width = levels * (len(self.nodes[here[:-1]].n) if len(here) > 1 else 1)
        count = np.bincount(key, minlength=width)
        sums = np.bincount(key, weights=loss, minlength=width).astype(np.float64)
        common = np.arange(width) % levels < levels - 1
        there = np.flatnonzero(common & (count >= self.support))
        self.small += int(np.count_nonzero(common & (count > 0))) - len(there)
        parent, value = np.divmod(there, levels)
        n, total = count[there], sums[there]
        most = self._most_of_parents(here, parent, value)
        score = score_of(n, total, len(self.loss), self.sum, self.wanted.size_weight)
        alive = ~np.isnan(most) & (self._bound(n, total) >= self.least)
        self.counted += len(there)
        self.hopeless += len(there) - int(alive.sum())
        place = np.full(width, -1, np.int64)
        place[there[alive]] = np.arange(int(alive.sum()))
        better = score[alive] > np.maximum(most[alive], self.least) + _TINY
        self.best += [(float(score[alive][p]), here, int(p)) for p in np.flatnonzero(better)]
        most = np.maximum(score, most)
        self.nodes[here] = _Node(
            place, levels, parent[alive], value[alive], n[alive], total[alive], most[alive]
        )
        if len(self.best) > 4 * self.wanted.keep:
            self._cut()

    def _most_of_parents(self, here: tuple[int, ...], parent: Ints, value: Ints) -> Floats:
        """Return the best score of all that each slice is part of; NaN where one of it is dead."""
        if len(here) == 1:
            return np.full(len(parent), -np.inf)
        values = np.column_stack([self._values(here[:-1], parent), value])
        most = self.nodes[here[:-1]].most[parent]
        for left_out in range(len(here) - 1):
            rest = [i for i in range(len(here)) if i != left_out]
            columns = tuple(here[i] for i in rest)
            scores = np.append(self.nodes[columns].most, np.nan)
            most = np.maximum(most, scores[self._place(columns, values[:, rest])])
        return most

    def _values(self, columns: tuple[int, ...], place: Ints) -> Ints:
        """Return the values (p x columns) of places among the living conjunctions of columns."""
        found = []
        for length in range(len(columns), 0, -1):
            node = self.nodes[columns[:length]]
            found.append(node.value[place])
            place = node.parent[place]
        return np.column_stack(found[::-1])

    def _place(self, columns: tuple[int, ...], values: Ints) -> Ints:
        """Return the places of values (p x columns), -1 for those that aren't alive."""
        place = np.zeros(len(values), np.int64)
        for i in range(len(columns)):
            node = self.nodes[columns[: i + 1]]
            key = np.where(place >= 0, place * node.levels + values[:, i], len(node.place))
            place = np.append(node.place, -1)[key]
        return place

    def _bound(self, n: Ints, total: Floats) -> Floats:
        """Return what no part of a slice can score more than.

        A part of k rows holds at most min(total, largest loss x k). Its gap to all rows times
        k^w is greatest at k = total / largest, kept within [support, n]; (rows - k)^(w-1) is at
        most what it is at k = n.
        """
        if self.largest == 0:
            return np.zeros(len(n))
        rows, w = float(len(self.loss)), self.wanted.size_weight
        k = np.clip(total / self.largest, self.support, n)
        above = np.maximum(np.minimum(total, self.largest * k) / k - self.sum / rows, 0.0)
        rest = np.maximum(rows - n, 1.0)
        bound = above * k**w * rest ** (w - 1) * rows ** (1 - 2 * w)
        return np.asarray(np.where(n < rows, bound * (1 + 1e-9), np.inf))

    def _cut(self) -> None:
        keep = self.wanted.keep
        self.best.sort(key=lambda each: -each[0])
        if len(self.best) >= keep:
            self.least = max(self.least, self.best[keep - 1][0])
            self.best = [each for each in self.best if each[0] >= self.least]

    def _candidate(self, score: float, columns: tuple[int, ...], place: int) -> Candidate:
        node = self.nodes[columns]
        values = self._values(columns, np.array([place]))[0]
        codes = tuple(int(self.kept[c][v]) for c, v in zip(columns, values, strict=True))
        mean = float(node.total[place] / node.n[place]) + self.lowest
        return Candidate(columns, codes, int(node.n[place]), mean, score)
