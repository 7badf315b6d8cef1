"""Logs of people with a mix of their own, drawn at the level of cells, with known truth.

A person's pages show groups in a mix that is drawn once per person, so requests of one person
are alike, and requests are not independent. Truth follows from the parameters alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations
from math import lgamma

import numpy as np

from fairview.measure import OVERALL, Cells

K = 3
POSITIONS = 8
WEIGHTS = 1 / np.log2(np.arange(POSITIONS) + 2)


@dataclass(frozen=True)
class People:
    """How the people of one simulated log differ.

    `mix` is the mean mix of groups on their pages, `sameness` how alike people are (the sum of
    a Dirichlet's parameters), `moved` the mean mix of their pages after an intervention.
    """

    mix: tuple[float, ...] = (0.5, 0.3, 0.2)
    sameness: float = 12.0
    moved: tuple[float, ...] = (0.4, 0.35, 0.25)
    people: int = 150
    requests: float = 2.0


@dataclass(frozen=True)
class Drawn:
    """One simulated log: a row per person, in a bucket each, and the requests behind it.

    `pages` counts pages with every group; `counts` and `exposure` are sums per group.
    """

    requests: np.ndarray
    counts: np.ndarray
    exposure: np.ndarray
    pages: np.ndarray

    def pooled(self, sums: np.ndarray, target: np.ndarray) -> Cells:
        """The cells of a measure with a target that is the same for every request."""
        names = [str(g) for g in range(K)]
        totals = np.concatenate([sums, sums.sum(axis=1, keepdims=True) * target], axis=1)
        return self._cells((*names, *(f"target {name}" for name in names)), totals)

    def shares(self) -> Cells:
        """The cells of `ExposureShare`, where nothing is unknown."""
        totals = np.concatenate([self.exposure, np.zeros((len(self.exposure), 1))], axis=1)
        return self._cells((*(str(g) for g in range(K)), "unknown"), totals)

    def per_item(self) -> Cells:
        """The cells of `GroupExposure` and what is made of it."""
        names = [str(g) for g in range(K)]
        totals = np.concatenate([self.exposure, self.counts], axis=1)
        return self._cells((*names, *(f"items {name}" for name in names)), totals)

    def div(self) -> Cells:
        """The cells of `Div`."""
        return self._cells(("overall",), self.pages[:, None])

    def _cells(self, keys: tuple[str, ...], totals: np.ndarray) -> Cells:
        count = np.repeat(self.requests[:, None].astype(float), len(keys), axis=1)
        mean, count = (totals / count)[:, None], count[:, None]
        buckets = np.arange(len(totals), dtype=np.int16)
        none = np.zeros((1, len(keys)))
        return Cells((OVERALL,), keys, buckets, count, mean, np.zeros_like(count), none)


def drawn(rng: np.random.Generator, people: People, number: int) -> Iterator[tuple[Drawn, Drawn]]:
    """Yield simulated logs before and after, of the same people and the same requests.

    A person's mixes before and after are drawn from the same gamma variables, so that they go
    together.
    """
    for _ in range(number):
        requests = rng.poisson(people.requests, people.people) + 1
        shape = np.array([people.mix, people.moved]) * people.sameness
        least = shape.min(axis=0)
        common = rng.standard_gamma(np.broadcast_to(least, (people.people, K)))
        mixes = [
            common + rng.standard_gamma(np.broadcast_to(own - least, (people.people, K)))
            for own in shape
        ]
        owner = np.repeat(np.arange(people.people), requests)
        chance = rng.random((len(owner), POSITIONS))
        yield tuple(_side(mix, owner, requests, chance) for mix in mixes)  # type: ignore[misc]


def _side(mix: np.ndarray, owner: np.ndarray, requests: np.ndarray, chance: np.ndarray) -> Drawn:
    bounds = np.cumsum(mix / mix.sum(axis=1, keepdims=True), axis=1)[owner]
    shown = np.zeros((len(owner), K, POSITIONS))
    group = (chance[:, :, None] > bounds[:, None, :-1]).sum(axis=2)
    np.put_along_axis(shown, group[:, None, :], 1.0, axis=1)
    starts = np.concatenate([[0], np.cumsum(requests)[:-1]])
    count, exposure = shown.sum(axis=2), shown @ WEIGHTS
    full = (count > 0).all(axis=1).astype(float)
    return Drawn(
        requests,
        np.add.reduceat(count, starts),
        np.add.reduceat(exposure, starts),
        np.add.reduceat(full, starts),
    )


def true_div(mix: tuple[float, ...], sameness: float) -> float:
    """The chance that a page holds every group, by inclusion and exclusion.

    The chance that none of a set of groups with mean mix m is on a page is the Beta mean of
    (1 - x) to the power of the number of positions.
    """
    total = 0.0
    for size in range(K + 1):
        for left_out in combinations(range(K), size):
            b = sameness * (1 - sum(mix[g] for g in left_out))
            if b <= 1e-12:
                continue
            a, n = sameness, POSITIONS
            log = lgamma(b + n) - lgamma(b) + lgamma(a) - lgamma(a + n)
            total += (-1) ** size * np.exp(log)
    return float(total)
