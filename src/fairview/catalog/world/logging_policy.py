"""The world's own ranker, which made the logged slates: relevance plus popularity, with a skew.

It is simple on purpose and shares nothing with the product's ranker.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from fairview.catalog.world.items import Floats32, Items
from fairview.catalog.world.parameters import WorldParameters, stream
from fairview.catalog.world.queries import QUERIES, Relevance

BASELINE = "world_baseline"
RANDOMISED = "world_randomised"

MATCH_NOISE = 0.5
"""Deviation of the match that the policy sees around the true grade."""

POPULARITY_SCORE = 0.4
QUALITY_SCORE = 0.25
FEEDBACK_SCALE = 0.3

Slots = npt.NDArray[np.int32]


@dataclass(frozen=True)
class Pools:
    """The candidates of every query, Q x c arrays, the best match first.

    Attributes
    ----------
    item
        The candidates.
    grade
        Their true grades.
    score
        What the policy gives them before popularity: match, quality and the planted skew.
    """

    item: Slots
    grade: npt.NDArray[np.int8]
    score: Floats32

    def ranking(self, popularity: Floats32) -> Slots:
        """Return the slots of each pool in the policy's order, Q x c; ties go by slot."""
        score = self.score + POPULARITY_SCORE * popularity[self.item]
        return np.asarray(np.argsort(-score, axis=1, kind="stable"), np.int32)


def ranking_shift(items: Items, parameters: WorldParameters) -> Floats32:
    """Return what the planted skew adds to each item's score, n; the mean over its people."""
    return np.asarray(items.membership() @ np.append(parameters.ranking_skew, 0.0), np.float32)


def retrieve(items: Items, relevance: Relevance, parameters: WorldParameters) -> Pools:
    """Return each query's `pool_size` best matching items, scored without popularity."""
    everything = np.arange(len(items))
    size = min(parameters.pool_size, len(items))
    shift = QUALITY_SCORE * items.quality + ranking_shift(items, parameters)
    pool = np.zeros((len(QUERIES), size), np.int32)
    grade = np.zeros((len(QUERIES), size), np.int8)
    score = np.zeros((len(QUERIES), size), np.float32)
    for query in range(len(QUERIES)):
        rng = stream(parameters.seed, "match", query)
        grades = relevance.grades(items, query, everything)
        match = grades + MATCH_NOISE * rng.standard_normal(len(items), dtype=np.float32)
        best = np.argpartition(-match, size - 1)[:size]
        best = best[np.lexsort((best, -match[best]))]
        pool[query], grade[query] = best, grades[best]
        score[query] = match[best] + shift[best]
    return Pools(pool, grade, score)


def popularity_after(
    items: Items, clicks: npt.NDArray[np.integer], parameters: WorldParameters
) -> Floats32:
    """Return each item's popularity once these clicks are added: the rich get richer."""
    heard = np.log1p(1000.0 * clicks / parameters.requests_per_day)
    raised = items.popularity + parameters.feedback * FEEDBACK_SCALE * heard
    return np.asarray(raised, np.float32)


def random_slots(
    ranking: Slots,
    query: npt.NDArray[np.integer],
    parameters: WorldParameters,
    rng: np.random.Generator,
) -> Slots:
    """Return one uniformly random ordered slate per request from the best candidates.

    Each of the `randomised_pool` best candidates stands at each position with the same
    probability; that probability is the logged marginal propensity (see `random_propensity`).
    """
    width = random_width(ranking, parameters)
    order = rng.random((len(query), width), dtype=np.float32).argsort(axis=1)
    order = order[:, : parameters.slate_size]
    return np.asarray(ranking[query[:, None], order], np.int32)


def random_width(ranking: Slots, parameters: WorldParameters) -> int:
    """Return how many candidates a random slate is drawn from; never fewer than it holds."""
    wanted = max(parameters.randomised_pool, parameters.slate_size)
    return int(min(wanted, ranking.shape[1]))


def random_propensity(ranking: Slots, parameters: WorldParameters) -> float:
    """Return the probability that a candidate stands at a given position of a random slate."""
    return 1.0 / random_width(ranking, parameters)
