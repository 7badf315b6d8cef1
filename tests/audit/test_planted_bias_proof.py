"""Over many worlds, audits find the planted biases within their intervals at the stated rate.

Truth is enumerated by the world from its parameters and its items; the audit sees the log alone.
People are fixed within a world and intervals treat them as drawn, so the rate may be above
nominal, never below.
"""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
from worlds_made import day_slates, true_tones

from fairview.audit import (
    AuditLog,
    AuditSpec,
    SlateFacts,
    log_from_slates,
    membership_table,
    run_audit,
)
from fairview.catalog.world import World, WorldParameters
from fairview.core import SKIN_TONE
from fairview.measure import Estimate, Log

pytestmark = pytest.mark.xdist_group("worlds")

WORLDS = 160
NOMINAL = 0.95
LEAST = NOMINAL - 3 * np.sqrt(NOMINAL * (1 - NOMINAL) / WORLDS)
RANGES = SKIN_TONE.names
SPEC = AuditSpec.from_text(
    """
attributes: [skin_tone]
measures: [ExposureShare, Div, Skew, SampledGroupShare(by='skin_tone'), ActionRate(by='skin_tone')]
"""
)


def parameters(seed: int) -> WorldParameters:
    return WorldParameters(
        seed=seed, items=700, people=300, days=1, requests_per_day=300, randomised_share=0.0
    )


def log_of(world: World) -> AuditLog:
    """The world's first day, its candidates, and its catalogue."""
    day = next(world.days())
    membership = world.items.membership()[:, :4][world.pools.item].sum(axis=1)
    shares = membership / membership.sum(axis=1, keepdims=True)
    asks = np.array([query.shows_people for query in world.queries])[day.query]
    items = membership_table("skin_tone", world.item_ids, true_tones(world))
    catalogue = Log(
        items.select(["item_id"]).group_by("item_id").aggregate([]),
        memberships=items,
        groups={"skin_tone": RANGES},
    )
    return log_from_slates(
        day_slates(world, day),
        SlateFacts(
            actions={"click": day.reactions.click.ravel()},
            qualified={"skin_tone": shares[day.query]},
            concerns={"skin_tone": asks},
            catalogue=catalogue,
            synthetic=True,
        ),
    )


@cache
def audits() -> list[tuple[World, dict[tuple[str, str], Estimate]]]:
    found = []
    for seed in range(1000, 1000 + WORLDS):
        world = World.generate(parameters(seed))
        result = run_audit(SPEC, log_of(world), rng=np.random.default_rng(seed))
        assert len({e.measure for e in result.estimates}) == 5
        found.append(
            (world, {(e.measure.split("(")[0].split("@")[0], e.slice): e for e in result.estimates})
        )
    return found


def held(estimate: Estimate, truth: float) -> bool:
    assert estimate.low is not None
    assert estimate.high is not None
    return estimate.low <= truth <= estimate.high


@pytest.mark.prove
@pytest.mark.parametrize("group", RANGES)
def test_exposure_is_found(group: str) -> None:
    rates = []
    for world, found in audits():
        expected = world.expected()
        truth = expected.shares(expected.exposure)[group]
        rates.append(held(found["ExposureShare", group], truth))
    assert np.mean(rates) >= LEAST, np.mean(rates)


@pytest.mark.prove
def test_pages_with_every_range_are_found() -> None:
    rate = np.mean(
        [held(found["Div", "overall"], w.expected().all_ranges_share()) for w, found in audits()]
    )
    assert rate >= LEAST, rate


@pytest.mark.prove
@pytest.mark.parametrize("group", RANGES)
def test_supply_is_found(group: str) -> None:
    """Exact shares of supply follow from the parameters alone, whatever the seed."""
    rate = np.mean(
        [
            held(
                found["SampledGroupShare", group],
                w.truth(simulate=False).exact["supply_of_items_with_people"][group],
            )
            for w, found in audits()
        ]
    )
    assert rate >= LEAST, rate


@pytest.mark.prove
@pytest.mark.parametrize("group", RANGES)
def test_clicks_are_found(group: str) -> None:
    held_ = []
    for world, found in audits():
        estimate = found["ActionRate", group]
        if estimate.low is None:
            continue
        truth = world.truth(simulate=False).exact_given_items["clicks_per_impression"][group]
        held_.append(held(estimate, truth))
    assert len(held_) >= 0.9 * WORLDS
    assert np.mean(held_) >= LEAST, np.mean(held_)


@pytest.mark.prove
def test_the_ranking_bias_is_seen_in_nearly_every_world() -> None:
    """The darkest range is shown less than its candidates, and the audit says so."""
    seen = [(e := found["Skew", "8-10"]).high is not None and e.high < 0 for _, found in audits()]
    assert np.mean(seen) >= 0.9, np.mean(seen)
