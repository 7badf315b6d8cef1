"""Random walks with restart over items and the boards (or people) that hold them together.

After the published idea of Pixie (Eksombatchai and others, WWW 2018): steps are shared among the
items that a person touched lately by how many neighbours these have, an item reached from several
of them is boosted, and a walk ends early once enough items were met often enough. All walkers step
at once, as arrays.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from fairview.core import DataError
from fairview.core.columns import Array
from fairview.retrieval.expression import Mask
from fairview.retrieval.hits import Hits, ordered

Ints = npt.NDArray[np.int64]


@dataclass(frozen=True)
class WalkSettings:
    """How far walks go.

    Parameters
    ----------
    steps
        Steps of all walkers together, at most.
    walkers
        How many walk at once.
    restart
        The chance to begin again at the start after each step.
    enough_items, enough_visits
        A walk ends early once this many items were visited this often.
    """

    steps: int = 20_000
    walkers: int = 2_000
    restart: float = 0.9
    enough_items: int = 500
    enough_visits: int = 10


@dataclass(frozen=True)
class ItemGraph:
    """Items and boards as two lists of neighbours.

    Parameters
    ----------
    item_offsets, boards
        n+1 positions, and the boards of item after item.
    board_offsets, items
        b+1 positions, and the items of board after board.
    """

    item_offsets: Ints
    boards: Ints
    board_offsets: Ints
    items: Ints

    @classmethod
    def of(cls, items: Array, boards: Array, *, size: int) -> ItemGraph:
        """Return the graph of pairs: `items` are rows below `size`, `boards` numbers from 0.

        A pair that stands twice counts once. Boards may be boards, people who engaged with
        several items, or sessions.

        Raises
        ------
        DataError
            Where lengths differ or a row is out of range.

        Examples
        --------
        >>> graph = ItemGraph.of(np.array([0, 1, 1, 2]), np.array([0, 0, 1, 1]), size=4)
        >>> graph.degree.tolist()
        [1, 2, 1, 0]
        """
        rows, held = np.asarray(items, np.int64), np.asarray(boards, np.int64)
        if len(rows) != len(held):
            raise DataError(f"{len(rows)} items stand beside {len(held)} boards.")
        if len(rows) and (rows.min() < 0 or rows.max() >= size or held.min() < 0):
            raise DataError(f"A pair names an item that isn't one of {size} rows, or no board.")
        count = int(held.max(initial=-1)) + 1
        codes = np.unique(rows * max(count, 1) + held)
        rows, held = codes // max(count, 1), codes % max(count, 1)
        by_board = np.lexsort((rows, held))
        return cls(_offsets(rows, size), held, _offsets(held, count), rows[by_board])

    def __len__(self) -> int:
        return len(self.item_offsets) - 1

    @property
    def degree(self) -> Ints:
        """How many boards hold each item."""
        return np.diff(self.item_offsets)

    def walk(
        self,
        starts: Array,
        k: int,
        rng: np.random.Generator,
        *,
        weights: Array | None = None,
        allowed: Mask | None = None,
        settings: WalkSettings | None = None,
    ) -> Hits:
        """Return the k items that walks from `starts` meet most, ties by row.

        The score of an item p is (sum over starts q of sqrt(visits of p from q))^2, so that one
        reached from several starts outweighs one reached as often from a single start. The starts
        themselves don't come back.

        Parameters
        ----------
        starts
            Rows of the items touched lately; those without a neighbour, or unknown, are left out.
        k
            How many at most; fewer come back where walks meet fewer.
        rng
            Where the chance comes from.
        weights
            How much each start matters; equally where None.
        allowed
            n booleans: only these may come back; walks go through the others all the same.
        settings
            How far walks go.
        """
        settings = settings or WalkSettings()
        rows = np.asarray(starts, np.int64)
        weight = np.ones(len(rows)) if weights is None else np.asarray(weights, np.float64)
        inside = (rows >= 0) & (rows < len(self))
        inside[inside] = self.degree[rows[inside]] > 0
        rows, weight = rows[inside], weight[inside]
        rows, first = np.unique(rows, return_index=True)
        weight = weight[first]
        if not len(rows) or k < 1 or weight.sum() <= 0:
            return Hits.none()
        walkers = self._walkers(rows, weight, settings)
        items, visits = self._visits(rows, walkers, rng, settings)
        keep = ~np.isin(items, rows)
        if allowed is not None:
            keep &= allowed[items]
        met, place = np.unique(items[keep], return_inverse=True)
        scores = np.bincount(place, np.sqrt(visits[keep]), minlength=len(met)) ** 2
        return ordered(met, scores, k)

    def _walkers(self, rows: Ints, weight: Array, settings: WalkSettings) -> Ints:
        """Return the start of each walker: starts share them by weight and number of neighbours.

        A start of degree e takes a share of e (C - log e), where C is the log of the largest
        degree plus one: popular items get more walkers, but less than in proportion.
        """
        degree = self.degree[rows].astype(np.float64)
        ceiling = 1 + np.log(float(self.degree.max()))
        share = weight * degree * (ceiling - np.log(degree))
        count = np.maximum(1, np.round(settings.walkers * share / share.sum())).astype(np.int64)
        return np.repeat(np.arange(len(rows)), count)

    def _visits(
        self, rows: Ints, owner: Ints, rng: np.random.Generator, settings: WalkSettings
    ) -> tuple[Ints, npt.NDArray[np.float64]]:
        """Return the items that the starts met, once for each start, and how often it did."""
        here, n = rows[owner], len(self)
        rounds = max(1, settings.steps // len(owner))
        codes = np.zeros(0, np.int64)
        counts = np.zeros(0, np.int64)
        block: list[Ints] = []
        for step in range(rounds):
            board = self.boards[_pick(self.item_offsets, here, rng)]
            here = self.items[_pick(self.board_offsets, board, rng)]
            block.append(owner * n + here)
            if len(block) == _BLOCK or step == rounds - 1:
                codes, counts = _added(codes, counts, block)
                block = []
                if int(np.count_nonzero(counts >= settings.enough_visits)) >= settings.enough_items:
                    break
            back = rng.random(len(owner)) < settings.restart
            here = np.where(back, rows[owner], here)
        return codes % n, counts.astype(np.float64)


_BLOCK = 4


def _offsets(sorted_keys: Ints, size: int) -> Ints:
    counts = np.bincount(sorted_keys, minlength=size)
    return np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)


def _pick(offsets: Ints, nodes: Ints, rng: np.random.Generator) -> Ints:
    """Return a random position among each node's neighbours; every node here has one."""
    start, stop = offsets[nodes], offsets[nodes + 1]
    return start + (rng.random(len(nodes)) * (stop - start)).astype(np.int64)


def _added(codes: Ints, counts: Ints, block: list[Ints]) -> tuple[Ints, Ints]:
    new, times = np.unique(np.concatenate(block), return_counts=True)
    merged, place = np.unique(np.concatenate([codes, new]), return_inverse=True)
    total = np.bincount(place, np.concatenate([counts, times]), minlength=len(merged))
    return merged, total.astype(np.int64)
