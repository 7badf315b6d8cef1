"""Weeks, simulated: what a page does to people, to providers and to supply when it stays.

A synthetic world goes on living under a policy. People tire of what looks alike and come back less
after pages that gave them little; items get popular by clicks; providers post more after attention
and leave without it. All of it is a model with stated strengths, made to ask "what if": it shows
how a day-1 figure can mislead, never what will happen. Published in support: a home feed without
diversification rose on day 1 and lost more than 2 % of time spent by week 2.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from fairview.catalog.world import World
from fairview.core import UsageError

Floats = npt.NDArray[np.float64]
Codes = npt.NDArray[np.int64]

KINDS = 48
"""How many kinds of items people can tire of."""

LEAST_ACTIVE = 0.05
"""Nobody's activity falls below this share of what it was."""


class Policy(Protocol):
    """Makes the page of a query from what is there on a day."""

    def __call__(self, query: int, item: Codes, relevance: Floats) -> Codes:
        """Return the places (into `item`) of the page, best first.

        Parameters
        ----------
        query
            The query's code.
        item
            The candidates' codes, the best match first.
        relevance
            What the policy sees of their relevance today, popularity included.
        """
        ...


@dataclass(frozen=True)
class Drift:
    """How strongly a page changes the world that it is shown to; 0 freezes a part.

    Parameters
    ----------
    satiation
        What having just seen one more item of the same kind takes off the logit of a click.
    recovery
        Share of that which is forgotten each day, in (0, 1].
    retention
        How much a person's activity changes for each click more or less per page than on day 1.
    held_back
        Share of the items that aren't posted yet on day 1.
    posting
        Items that all providers together post per day.
    incentive
        0 posts evenly; 1 in proportion to the attention that a provider got.
    patience
        Days without any attention after which a provider leaves; 0 never.
    """

    satiation: float = 0.08
    recovery: float = 0.25
    retention: float = 0.5
    held_back: float = 0.3
    posting: int = 10
    incentive: float = 1.0
    patience: int = 7

    def __post_init__(self) -> None:
        shares = (self.recovery, self.held_back, self.incentive)
        if min(self.satiation, self.retention, *shares) < 0 or max(shares) > 1:
            raise UsageError("A drift's strengths are at least 0, and its shares at most 1.")
        if self.posting < 0 or self.patience < 0 or self.recovery == 0:
            raise UsageError("Posting and patience are at least 0, and recovery is above 0.")


@dataclass(frozen=True)
class Weeks:
    """What happened, day by day.

    Parameters
    ----------
    figures
        Name to one value per day: ``requests``, ``clicks``, ``clicks per page``, ``saves``,
        ``active people``, ``active providers``, ``items``, and ``exposure <group>`` and
        ``supply <group>`` as shares.
    drift
        What it was simulated with.
    """

    figures: dict[str, Floats]
    drift: Drift

    @property
    def days(self) -> int:
        """How many days were simulated."""
        return len(self.figures["requests"])


@dataclass
class _State:
    """What changes from day to day."""

    posted: npt.NDArray[np.bool_]
    clicks: Floats
    seen: Floats
    activity: Floats
    idle: npt.NDArray[np.int64]
    gone: npt.NDArray[np.bool_]
    first_rate: float = 0.0
    rows: list[dict[str, float]] = field(default_factory=list)


def simulate_weeks(
    world: World,
    policy: Policy,
    *,
    days: int = 28,
    drift: Drift | None = None,
    rng: np.random.Generator,
    kinds: Codes | None = None,
    groups: tuple[str, ...] = ("1-3", "4-5", "6-7", "8-10"),
    progress: Callable[[int, int], None] | None = None,
) -> Weeks:
    """Let a world live under a policy.

    Parameters
    ----------
    world
        Its items, people and behaviour; its own logging policy only gives each query's candidates.
    policy
        Makes each query's page anew every day.
    days
        How many.
    drift
        How strongly the page changes the world.
    rng
        The source of chance; the same state lets two policies meet the same chance.
    kinds
        The kind of each item, n codes: what people tire of. By default `kinds_of`.
    groups
        Names of the groups of the first K columns of the items' memberships.
    progress
        Called with how many days are done, and of how many.
    """
    how = drift or Drift()
    kind = kinds_of(world) if kinds is None else kinds
    state = _first_state(world, how, kind, rng)
    for day in range(days):
        state.rows.append(_live(world, policy, how, kind, state, day, rng, groups))
        if progress:
            progress(day + 1, days)
    names = state.rows[0]
    return Weeks({n: np.array([row[n] for row in state.rows]) for n in names}, how)


def kinds_of(world: World, kinds: int = KINDS) -> Codes:
    """Return the kind of each item: which of some directions its latent topic is nearest to."""
    anchors = np.random.default_rng(world.parameters.seed).standard_normal(
        (kinds, world.items.topic.shape[1])
    )
    anchors /= np.linalg.norm(anchors, axis=1, keepdims=True)
    return np.asarray((world.items.topic @ anchors.T).argmax(axis=1), np.int64)


def _first_state(world: World, how: Drift, kind: Codes, rng: np.random.Generator) -> _State:
    n = len(world.items)
    providers = int(world.items.provider.max()) + 1
    return _State(
        posted=rng.random(n) >= how.held_back,
        clicks=np.zeros(n),
        seen=np.zeros((len(world.people), int(kind.max()) + 1)),
        activity=np.ones(len(world.people)),
        idle=np.zeros(providers, np.int64),
        gone=np.zeros(providers, np.bool_),
    )


def _live(
    world: World,
    policy: Policy,
    how: Drift,
    kind: Codes,
    state: _State,
    day: int,
    rng: np.random.Generator,
    groups: tuple[str, ...],
) -> dict[str, float]:
    parameters = world.parameters
    presence = float(world.people.activity @ state.activity)
    wanted = max(1, round(parameters.requests_per_day * presence))
    largest = float(state.activity.max())
    # As many are drawn as leave the wanted number after those who don't come, with some to spare.
    asked, who = world.draw_requests(round(1.3 * wanted * largest / presence) + 50, rng)
    comes = np.flatnonzero(rng.random(len(who)) < state.activity[who] / largest)[:wanted]
    query, person = asked[comes].astype(np.int64), who[comes].astype(np.int64)
    pages = _pages(world, policy, state, np.unique(query))
    item = pages[query]
    did = _react(world, how, kind, state, query, person, item, day, rng)
    _remember(world, how, kind, state, person, item, did)
    exposure = _supply(world, how, state, item, rng)
    per_page = float(did.click.sum()) / max(len(query), 1)
    if day == 0:
        state.first_rate = per_page
    mine = np.bincount(person, did.click.sum(axis=1), minlength=len(world.people))
    visits = np.bincount(person, minlength=len(world.people))
    change = how.retention * (mine - state.first_rate * visits) / max(state.first_rate, 1e-9)
    state.activity = np.clip(state.activity * np.exp(0.02 * change), LEAST_ACTIVE, 2.0)
    member = world.items.membership()[:, : len(groups)]
    shown = exposure @ member
    supply = state.posted.astype(float) @ member
    row = {
        "requests": float(len(query)),
        "clicks": float(did.click.sum()),
        "clicks per page": per_page,
        "saves": float(did.save.sum()),
        "active people": float(len(np.unique(person))),
        "active providers": float((~state.gone).sum()),
        "items": float(state.posted.sum()),
    }
    row.update({f"exposure {g}": float(v) for g, v in zip(groups, _shares(shown), strict=True)})
    row.update({f"supply {g}": float(v) for g, v in zip(groups, _shares(supply), strict=True)})
    return row


def _pages(world: World, policy: Policy, state: _State, asked: Codes) -> Codes:
    """Return Q x k items; the pages of queries that nobody asks are left empty (-1)."""
    pools, k = world.pools, world.parameters.slate_size
    popularity = world.items.popularity + world.parameters.feedback * 0.3 * np.log1p(
        1000.0 * state.clicks / world.parameters.requests_per_day
    )
    pages = np.full((len(pools.item), k), -1, np.int64)
    for query in asked.tolist():
        there = np.flatnonzero(state.posted[pools.item[query]])
        item = pools.item[query][there].astype(np.int64)
        relevance = pools.score[query][there] + 0.4 * popularity[item]
        chosen = policy(query, item, np.asarray(relevance, np.float64))[:k]
        pages[query, : len(chosen)] = item[chosen]
    return pages


def _react(
    world: World,
    how: Drift,
    kind: Codes,
    state: _State,
    query: Codes,
    person: Codes,
    item: Codes,
    day: int,
    rng: np.random.Generator,
) -> Any:
    """Simulate the reactions; kinds that a person has seen much of lately are clicked less."""
    seen = state.seen[person[:, None], kind[np.maximum(item, 0)]]
    tired = np.asarray(-how.satiation * seen, np.float32)
    return world.simulate_clicks(query, item, person, rng, weekday=day % 7, offset=tired)


def _remember(
    world: World, how: Drift, kind: Codes, state: _State, person: Codes, item: Codes, did: Any
) -> None:
    state.seen *= 1 - how.recovery
    rows = np.repeat(person, item.shape[1])
    looked = did.looked.ravel() & (item.ravel() >= 0)
    np.add.at(state.seen, (rows[looked], kind[item.ravel()[looked]]), 1.0)
    clicked = item[did.click & (item >= 0)]
    state.clicks += np.bincount(clicked, minlength=len(world.items))


def _supply(
    world: World, how: Drift, state: _State, item: Codes, rng: np.random.Generator
) -> Floats:
    """Let providers post or leave; return what attention each item got today."""
    weight = np.broadcast_to(1 / np.log2(np.arange(item.shape[1]) + 2.0), item.shape)
    shown = item >= 0
    exposure = np.bincount(item[shown], weight[shown], minlength=len(world.items))
    provider = world.items.provider
    got = np.bincount(provider, exposure, minlength=len(state.idle))
    state.idle = np.where(got > 0, 0, state.idle + 1)
    if how.patience:
        state.gone |= state.idle >= how.patience
    even: Floats = np.full(len(got), 1 / len(got))
    share: Floats = (1 - how.incentive) * even + how.incentive * _shares(got)
    waiting = np.flatnonzero(~state.posted & ~state.gone[provider])
    if len(waiting) and how.posting:
        chance = share[provider[waiting]] + 1e-12
        count = min(how.posting, len(waiting))
        new = rng.choice(waiting, count, replace=False, p=chance / chance.sum())
        state.posted[new] = True
    return np.asarray(exposure)


def _shares(values: npt.NDArray[Any]) -> Floats:
    total = float(values.sum())
    return values / total if total > 0 else np.full(len(values), 1 / max(len(values), 1))


__all__ = ["Drift", "Policy", "Weeks", "simulate_weeks"]
