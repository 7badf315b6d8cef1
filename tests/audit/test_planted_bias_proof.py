"""Over many worlds, audits find the planted biases within their intervals at the stated rate.

Truth is enumerated by the world from its parameters and its items; the audit sees the log alone.
People are fixed within a world and intervals treat them as drawn, so the rate may be above
nominal, never below.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

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

WORLDS = 120
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
def audits() -> list[tuple[dict[str, Any], dict[tuple[str, str], Estimate]]]:
    """Each world's truth, and the figures that its audit found by measure and slice."""
    found = []
    for seed in range(1000, 1000 + WORLDS):
        world = World.generate(parameters(seed))
        result = run_audit(SPEC, log_of(world), rng=np.random.default_rng(seed))
        assert len({e.measure for e in result.estimates}) == 5
        figures = {(e.measure.split("(")[0].split("@")[0], e.slice): e for e in result.estimates}
        truth = world.truth(simulate=False)
        found.append(({**truth.exact, **truth.exact_given_items}, figures))
    return found


def rate(measure: str, group: str, truth_of: Callable[[dict[str, Any]], float]) -> float:
    """The share of worlds whose interval holds the truth; of those that give an interval."""
    held = [
        e.low <= truth_of(truth) <= e.high
        for truth, figures in audits()
        if (e := figures[measure, group]).low is not None and e.high is not None
    ]
    assert len(held) >= 0.9 * WORLDS
    return float(np.mean(held))


@pytest.mark.prove
@pytest.mark.parametrize("group", RANGES)
def test_exposure_is_found(group: str) -> None:
    found = rate("ExposureShare", group, lambda truth: truth["exposure_share"][group])
    assert found >= LEAST, found


@pytest.mark.prove
def test_pages_with_every_range_are_found() -> None:
    found = rate("Div", "overall", lambda truth: truth["requests_with_every_range"])
    assert found >= LEAST, found


@pytest.mark.prove
@pytest.mark.parametrize("group", RANGES)
def test_supply_is_found(group: str) -> None:
    """Exact shares of supply follow from the parameters alone, whatever the seed."""
    supply = "supply_of_items_with_people"
    found = rate("SampledGroupShare", group, lambda truth: truth[supply][group])
    assert found >= LEAST, found


@pytest.mark.prove
@pytest.mark.parametrize("group", RANGES)
def test_clicks_are_found(group: str) -> None:
    found = rate("ActionRate", group, lambda truth: truth["clicks_per_impression"][group])
    assert found >= LEAST, found


@pytest.mark.prove
def test_the_ranking_bias_is_seen_in_nearly_every_world() -> None:
    """The range that the policy holds back most is shown less than its candidates' share."""
    seen = [figures["Skew", "8-10"] for _, figures in audits()]
    share = np.mean([e.high is not None and e.high < 0 for e in seen])
    assert share >= 0.9, share
