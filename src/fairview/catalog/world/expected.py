"""What the logging policy and the people are expected to do, enumerated without any sampling.

Nothing here is estimated from a log. Views and clicks are summed over every query, every kind of
person and every position; exposure follows from the order of the slates alone.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from fairview.catalog.world.behaviour import click_probability, expected_scan, look_probability
from fairview.catalog.world.history import person_logit
from fairview.catalog.world.items import NO_RANGE, Floats, Floats32, Items
from fairview.catalog.world.logging_policy import Pools, Slots, random_width
from fairview.catalog.world.parameters import WorldParameters
from fairview.catalog.world.people import People
from fairview.catalog.world.queries import QUERIES
from fairview.core.ranges import SKIN_TONE

GROUPS = (*SKIN_TONE.names, "nobody")
"""The skin tone ranges, and the group of items that show nobody."""


@dataclass(frozen=True)
class Expected:
    """Expected amounts per request of each query, Q x 5 arrays by group of `GROUPS`.

    Items that show two people count half for each one's range.

    Attributes
    ----------
    traffic
        Each query's share of requests.
    impressions, exposure
        Positions of the deterministic slate, counted 1 each, and ``1 / log2(1 + rank)`` each.
    views, clicks
        Positions that are reached, and clicks.
    random_exposure
        Exposure under the randomised slates.
    contains
        Q x 4: whether the deterministic slate holds each range.
    """

    traffic: Floats
    impressions: Floats
    exposure: Floats
    views: Floats
    clicks: Floats
    random_exposure: Floats
    contains: npt.NDArray[np.bool_]

    def shares(self, amount: Floats, *, people_only: bool = True) -> dict[str, float]:
        """Return the groups' shares of an amount, pooled over queries by their traffic.

        With `people_only`, over queries that ask for people and items that show them.
        """
        total = self.total(amount, people_only=people_only)
        if people_only:
            total = total[:NO_RANGE]
        return dict(zip(GROUPS, (total / total.sum()).tolist(), strict=False))

    def total(self, amount: Floats, *, people_only: bool = True) -> Floats:
        """Return an amount per request by group, pooled over queries by their traffic."""
        traffic = self.traffic * (_asks_for_people() if people_only else 1)
        return np.asarray(traffic @ amount / traffic.sum())

    def all_ranges_share(self) -> float:
        """Return the share of requests for people whose slate holds every range (Div@k)."""
        traffic = self.traffic * _asks_for_people()
        return float(traffic @ self.contains.all(axis=1) / traffic.sum())


def query_traffic(people: People) -> Floats:
    """Return each query's expected share of requests, given who is in the world."""
    kinds, share = people.kinds()
    return np.asarray(share @ people.interest[kinds[:, 0]])


def slate_exposure(positions: int) -> Floats:
    """Return the attention of each position, ``1 / log2(1 + rank)``."""
    return np.asarray(1 / np.log2(np.arange(positions) + 2.0))


def expected_day(
    parameters: WorldParameters,
    items: Items,
    people: People,
    pools: Pools,
    tastes: Floats32,
    ranking: Slots,
    pool_logit: Floats32,
    weekday: int,
) -> Expected:
    """Return what is expected of a day, given the ranking and the pools' logits on it.

    Exact for the deterministic slates. Views and clicks of randomised slates are not enumerated.
    """
    k = parameters.slate_size
    rows = np.arange(len(ranking))[:, None]
    slots = ranking[:, :k]
    item = pools.item[rows, slots]
    membership = items.membership().astype(np.float64)
    shown = membership[item]
    views, clicks = _expected_reactions(people, tastes, item, pool_logit[rows, slots], weekday)
    wide = ranking[:, : random_width(ranking, parameters)]
    mean_member = membership[pools.item[rows, wide]].mean(axis=1)
    attention = slate_exposure(k)
    return Expected(
        traffic=query_traffic(people),
        impressions=shown.sum(axis=1),
        exposure=np.einsum("k,qkg->qg", attention, shown),
        views=np.einsum("qk,qkg->qg", views, shown),
        clicks=np.einsum("qk,qkg->qg", clicks, shown),
        random_exposure=mean_member * attention.sum(),
        contains=np.any(shown[:, :, :NO_RANGE] > 0, axis=1),
    )


def _expected_reactions(
    people: People, tastes: Floats32, item: Slots, logit: Floats32, weekday: int
) -> tuple[Floats, Floats]:
    """Return views and clicks by query and position, averaged over who asks each query."""
    views, clicks, weight = np.zeros(item.shape), np.zeros(item.shape), np.zeros(len(item))
    for (taste, trust, patience), share in zip(*people.kinds(), strict=True):
        everyone = np.full(len(item), 0)
        own = logit + person_logit(tastes[item, taste], everyone + trust, weekday)
        viewed, clicked = expected_scan(own.astype(np.float64), everyone + patience)
        asks = share * people.interest[taste]
        views += asks[:, None] * viewed
        clicks += asks[:, None] * clicked
        weight += asks
    return views / weight[:, None], clicks / weight[:, None]


def standardised_clicks(
    parameters: WorldParameters,
    items: Items,
    people: People,
    pools: Pools,
    tastes: Floats32,
    ranking: Slots,
    pool_logit: Floats32,
) -> dict[str, float]:
    """Return the click-through at position 1 that each range would have, all else equal.

    Each item with people among the deterministic slates of day 0 is given each range's odds in
    turn; position, relevance, taste and popularity stay. The gap is the engagement skew alone.
    """
    k = parameters.slate_size
    rows = np.arange(len(ranking))[:, None]
    item = pools.item[rows, ranking[:, :k]]
    log_odds = np.log(np.array(parameters.engagement_skew))
    own = items.membership() @ np.append(log_odds, 0.0)
    neutral = pool_logit[rows, ranking[:, :k]] - own[item]
    weight = query_traffic(people)[:, None] * (items.people[item] > 0)
    found = {}
    for name, shift in zip(SKIN_TONE.names, log_odds, strict=True):
        mean = np.zeros(item.shape)
        for (taste, trust, _), share in zip(*people.kinds(), strict=True):
            everyone = np.full(len(item), trust)
            first = person_logit(tastes[item.reshape(-1, 1), taste], np.repeat(everyone, k), 0)
            mean += share * click_probability(neutral + shift + first.reshape(item.shape))
        found[name] = float((weight * mean).sum() / weight.sum() * look_probability(1)[0])
    return found


def _asks_for_people() -> Floats:
    return np.array([float(query.shows_people) for query in QUERIES])
