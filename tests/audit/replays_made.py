"""Replays of one small world's requests, with everything that an audit can use."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from worlds_made import SMALL, slates_of

from fairview.audit import AuditResult, AuditSpec, SlateFacts, log_from_slates, run_audit
from fairview.catalog.world import World
from fairview.core import Slates

WORLD = World.generate(replace(SMALL, days=1, requests_per_day=300, randomised_share=0.0))
SPEC = AuditSpec.default()


def replay(seed: int = 0, *, swap: bool = False) -> tuple[Slates, SlateFacts]:
    """One replay of a day's requests; swapped, the page starts with what was at its end."""
    day = next(WORLD.days())
    item = WORLD.pools.item[day.query[:, None], day.ranking[day.query]]
    chosen = item[:, 100:124] if swap else item[:, :24]
    slates = slates_of(WORLD, day.query, day.person, chosen)
    membership = WORLD.items.membership()[:, :4][WORLD.pools.item].sum(axis=1)
    shares = membership / membership.sum(axis=1, keepdims=True)
    asks = np.array([q.shows_people for q in WORLD.queries])[day.query]
    rng = np.random.default_rng(seed)
    clicks = WORLD.simulate_clicks(day.query, chosen, day.person, rng).click
    return slates, SlateFacts(
        actions={"click": clicks.ravel()},
        relevance=WORLD.relevance.grades(WORLD.items, day.query[:, None], chosen).ravel() * 1.0,
        qualified={"skin_tone": shares[day.query]},
        concerns={"skin_tone": asks},
        synthetic=True,
    )


def audit(*, swap: bool = False, spec: AuditSpec = SPEC) -> AuditResult:
    return run_audit(spec, log_from_slates(*replay(swap=swap)), rng=np.random.default_rng(0))
