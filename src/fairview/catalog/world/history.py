"""The days that are logged: who asked what, which slate was shown, and what people did."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from fairview.catalog.world.behaviour import (
    GRADE_LOGIT,
    POPULARITY_WEIGHT,
    TASTE_WEIGHT,
    WEEKDAY_LOGIT,
    Reactions,
    item_logit,
    novelty_logit,
    simulate_scan,
    trust_logit,
)
from fairview.catalog.world.items import Floats32, Items
from fairview.catalog.world.logging_policy import (
    Pools,
    Slots,
    popularity_after,
    random_slots,
)
from fairview.catalog.world.parameters import WorldParameters, stream
from fairview.catalog.world.people import People

WEEKDAY_TRAFFIC = (0.93, 0.92, 0.95, 0.98, 1.0, 1.1, 1.12)
"""Requests from Monday to Sunday relative to the average; day 0 is a Monday."""

_DAY_SECONDS = 86_400


@dataclass(frozen=True)
class Day:
    """One logged day of R requests with slates of k items.

    Attributes
    ----------
    number
        Day 0, 1, ...
    query, person, seconds, randomised
        Per request: codes, the second of the day, and whether the slate was random.
    item
        R x k items that were shown.
    reactions
        What people did.
    ranking
        The policy's order of each pool on this day, Q x c.
    pool_logit
        What each candidate adds to the logit of a click on this day, Q x c.
    """

    number: int
    query: npt.NDArray[np.int16]
    person: npt.NDArray[np.int32]
    seconds: npt.NDArray[np.float64]
    randomised: npt.NDArray[np.bool_]
    item: Slots
    reactions: Reactions
    ranking: Slots
    pool_logit: Floats32


def requests_on(day: int, parameters: WorldParameters) -> int:
    """Return how many requests a day has; at least one."""
    return max(1, round(parameters.requests_per_day * WEEKDAY_TRAFFIC[day % 7]))


def pair_logit(
    items: Items,
    parameters: WorldParameters,
    item: npt.NDArray[np.integer],
    grade: npt.NDArray[np.integer],
    popularity: Floats32,
    novelty: Floats32 | float,
) -> Floats32:
    """Return what query and item add to the logit of a click, in the shape of `item`."""
    own = item_logit(items, parameters) + POPULARITY_WEIGHT * popularity
    return np.asarray(np.array(GRADE_LOGIT, np.float32)[grade] + own[item] + novelty, np.float32)


def person_logit(taste: Floats32, trust: npt.NDArray[np.integer], weekday: int) -> Floats32:
    """Return what person, position and weekday add to the logit, R x k, from R x k tastes."""
    by_rank = trust_logit(taste.shape[1]).astype(np.float32)[trust]
    return np.asarray(TASTE_WEIGHT * taste + by_rank + WEEKDAY_LOGIT[weekday % 7], np.float32)


def simulate_days(
    parameters: WorldParameters, items: Items, people: People, pools: Pools, tastes: Floats32
) -> Iterator[Day]:
    """Yield the logged days in order; each day's clicks raise popularity on the next."""
    clicks = np.zeros(len(items), np.int64)
    days_shown = np.zeros(pools.item.shape, np.int16)
    rows = np.arange(len(pools.item))[:, None]
    for number in range(parameters.days):
        popularity = popularity_after(items, clicks, parameters)
        ranking = pools.ranking(popularity)
        logit = pair_logit(
            items, parameters, pools.item, pools.grade, popularity, novelty_logit(days_shown)
        )
        day = _simulate_day(parameters, items, people, pools, tastes, number, ranking, logit)
        np.add.at(clicks, day.item[day.reactions.click], 1)
        days_shown[rows, ranking[:, : parameters.slate_size]] += 1
        yield day


def _simulate_day(
    parameters: WorldParameters,
    items: Items,
    people: People,
    pools: Pools,
    tastes: Floats32,
    number: int,
    ranking: Slots,
    pool_logit: Floats32,
) -> Day:
    rng = stream(parameters.seed, "day", number)
    query, person, seconds = draw_requests(rng, people, requests_on(number, parameters))
    randomised = rng.random(len(query)) < parameters.randomised_share
    slot = ranking[query, : parameters.slate_size]
    slot[randomised] = random_slots(ranking, query[randomised], parameters, rng)
    item = pools.item[query[:, None], slot]
    taste = tastes[item, people.taste[person][:, None]]
    logit = pool_logit[query[:, None], slot] + person_logit(taste, people.trust[person], number)
    irrelevant = pools.grade[query[:, None], slot] == 0
    reactions = simulate_scan(
        logit, people.patience[person], taste, items.quality[item], irrelevant, rng
    )
    return Day(number, query, person, seconds, randomised, item, reactions, ranking, pool_logit)


def draw_requests(
    rng: np.random.Generator, people: People, count: int
) -> tuple[npt.NDArray[np.int16], npt.NDArray[np.int32], npt.NDArray[np.float64]]:
    """Return query, person and second of the day of `count` requests, in the order of time."""
    bounds = np.cumsum(people.activity)[:-1]
    person = np.searchsorted(bounds, rng.random(count), side="right").astype(np.int32)
    chance = rng.random(count)
    query = np.zeros(count, np.int16)
    for taste, shares in enumerate(people.interest):
        asks = people.taste[person] == taste
        query[asks] = np.searchsorted(np.cumsum(shares)[:-1], chance[asks], side="right")
    seconds = np.sort(_DAY_SECONDS * rng.beta(4.0, 2.2, count))
    return query, person, seconds
