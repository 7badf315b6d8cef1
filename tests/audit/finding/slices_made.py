"""Rows with slices of a known size and gap planted in them, and the slow search beside the fast."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import combinations, product

import numpy as np

from fairview.audit.finding import SliceColumn
from fairview.audit.finding.lattice import Candidate, Wanted, score_of

Conditions = tuple[tuple[int, int], ...]


@dataclass(frozen=True)
class Rows:
    """Columns of independent, evenly spread values; a rate of loss, raised in planted slices."""

    rows: int = 2000
    columns: int = 5
    values: int = 3
    rate: float = 0.2
    planted: tuple[tuple[Conditions, float], ...] = ()

    def columns_of(self, rng: np.random.Generator) -> list[SliceColumn]:
        labels = tuple(map(str, range(self.values)))
        return [
            SliceColumn(f"c{j}", labels, rng.integers(0, self.values, self.rows).astype(np.int32))
            for j in range(self.columns)
        ]

    def chance(self, codes: Mapping[int, np.ndarray] | list[np.ndarray]) -> np.ndarray:
        """The chance of a loss of 1, row by row."""
        chance = np.full(len(codes[0]), self.rate)
        for conditions, gap in self.planted:
            chance[np.logical_and.reduce([codes[c] == v for c, v in conditions])] += gap
        return chance

    @cache  # noqa: B019
    def true_gap(self, conditions: Conditions) -> float:
        """The gap of a slice to everybody else in the population, over the whole grid."""
        grid = np.indices([self.values] * self.columns).reshape(self.columns, -1)
        inside = np.logical_and.reduce([grid[c] == v for c, v in conditions])
        chance = self.chance(list(grid))
        return float(chance[inside].mean() - chance[~inside].mean())


def conditions_of(named: tuple[tuple[str, str], ...]) -> Conditions:
    """A found slice's conditions as numbers."""
    return tuple((int(column[1:]), int(value)) for column, value in named)


def every_slice(
    columns: list[SliceColumn], loss: np.ndarray, wanted: Wanted
) -> Iterator[tuple[Candidate, float]]:
    """Every slice of enough rows, one mask each, with the best score of all it is part of."""
    most: dict[Conditions, float] = {}
    for depth in range(1, wanted.depth + 1):
        for chosen in combinations(range(len(columns)), depth):
            for values in product(*(range(len(columns[c].labels)) for c in chosen)):
                conditions = tuple(zip(chosen, values, strict=True))
                mask = np.logical_and.reduce([columns[c].codes == v for c, v in conditions])
                n = int(mask.sum())
                if n < wanted.support:
                    continue
                total = np.array([loss[mask].sum()])
                score = float(
                    score_of(np.array([n]), total, len(loss), loss.sum(), wanted.size_weight)[0]
                )
                parents = combinations(conditions, depth - 1) if depth > 1 else ()
                above = max((most[parent] for parent in parents), default=-np.inf)
                most[conditions] = max(score, above)
                yield Candidate(chosen, values, n, float(total[0] / n), score), above
