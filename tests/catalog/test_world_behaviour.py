"""People's reactions: exact expectations equal enumeration, and the planted effects show."""

from __future__ import annotations

import dataclasses
from itertools import product

import numpy as np
import numpy.typing as npt
import pytest

from fairview.catalog.world import World, WorldParameters
from fairview.catalog.world.behaviour import (
    AFTER_CLICK,
    expected_scan,
    item_logit,
    look_probability,
    simulate_scan,
    trust_logit,
)
from fairview.catalog.world.people import PATIENCE_LEVELS, TRUST_LEVELS
from fairview.core import DataError

SMALL = WorldParameters(items=600, people=80, days=2, requests_per_day=60)


def enumerate_scan(
    logit: npt.NDArray[np.float64], patience: float
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Sum views and clicks over every way that one person can go through one slate."""
    k = len(logit)
    viewed, clicked = np.zeros(k), np.zeros(k)
    look = [(j + 1) ** -0.35 for j in range(k)]
    for steps in product(((False, False), (True, False), (True, True)), (False, True), repeat=k):
        chance, here = 1.0, True
        views, clicks = np.zeros(k), np.zeros(k)
        for j in range(k):
            (looks, clicks_now), stops = steps[2 * j], steps[2 * j + 1]
            p_click = 1 / (1 + np.exp(-logit[j]))
            chance *= look[j] if looks else 1 - look[j]
            if looks:
                chance *= p_click if clicks_now else 1 - p_click
            go_on = patience * (AFTER_CLICK if clicks_now else 1)
            chance *= 1 - go_on if stops else go_on
            views[j], clicks[j] = here, here and clicks_now
            here = here and not stops
        viewed += chance * views
        clicked += chance * clicks
    return viewed, clicked


def test_expected_scan_equals_the_sum_over_every_course_of_events() -> None:
    logit = np.array([[-1.0, 0.4, -2.0], [2.0, -0.3, 0.1]])
    viewed, clicked = expected_scan(logit, np.array([0, 2]))
    for row, patience in enumerate((PATIENCE_LEVELS[0], PATIENCE_LEVELS[2])):
        views, clicks = enumerate_scan(logit[row], patience)
        np.testing.assert_allclose(viewed[row], views, rtol=1e-12)
        np.testing.assert_allclose(clicked[row], clicks, rtol=1e-12)


def test_simulated_scans_agree_with_their_expectation() -> None:
    rows, k = 40_000, 6
    logit = np.tile(np.linspace(-0.5, -2, k), (rows, 1)).astype(np.float32)
    patience = np.ones(rows, np.int16)
    flat = np.zeros((rows, k), np.float32)
    did = simulate_scan(logit, patience, flat, flat, flat > 0, np.random.default_rng(5))
    viewed, clicked = expected_scan(logit[:1].astype(np.float64), patience[:1])
    for realised, expected in ((did.viewed, viewed), (did.click, clicked)):
        error = np.sqrt(np.maximum(expected * (1 - expected), 1e-9) / rows)
        assert (np.abs(realised.mean(axis=0) - expected) / error).max() < 4.5


def _same_everywhere(seed: int = 1) -> tuple[World, npt.NDArray[np.bool_], npt.NDArray[np.bool_]]:
    """Show one relevant item at every position to many people; return views and clicks."""
    world = World.generate(SMALL)
    rng = np.random.default_rng(seed)
    best = world.pools.item[0, 0]
    rows = 30_000
    person = rng.integers(0, len(world.people), rows)
    slates = np.full((rows, 24), best)
    did = world.simulate_clicks(np.zeros(rows, np.int64), slates, person, rng)
    return world, did.viewed, did.click


def test_position_bias_lowers_clicks_on_the_same_item() -> None:
    _, viewed, click = _same_everywhere()
    by_position = click.mean(axis=0)
    assert by_position[0] > 1.5 * by_position[2] > 2 * by_position[8] > 2 * by_position[20]
    given_view = click.sum(axis=0) / viewed.sum(axis=0)
    assert given_view[0] > 1.5 * given_view[5] > 1.2 * given_view[20]
    np.testing.assert_array_equal(look_probability(24), np.sort(look_probability(24))[::-1])


def test_a_click_ends_the_scan_more_often() -> None:
    _, viewed, click = _same_everywhere()
    after_click = viewed[click[:, 0], 1].mean()
    after_none = viewed[~click[:, 0], 1].mean()
    assert after_click == pytest.approx(AFTER_CLICK * np.mean(PATIENCE_LEVELS), abs=0.02)
    assert after_none == pytest.approx(np.mean(PATIENCE_LEVELS), abs=0.02)


def test_trust_lifts_the_top_more_than_the_bottom() -> None:
    lift = trust_logit(24)
    assert lift.shape == (len(TRUST_LEVELS), 24)
    assert (lift[0] == 0).all()
    assert lift[2, 0] > 4 * lift[2, 23]


def test_the_engagement_skew_is_an_odds_ratio_of_the_planted_size() -> None:
    plain = dataclasses.replace(SMALL, engagement_skew=(1.0, 1.0, 1.0, 1.0))
    skewed = dataclasses.replace(SMALL, engagement_skew=(1.0, 0.9, 0.8, 0.5))
    items = World.generate(SMALL).items
    gap = item_logit(items, skewed) - item_logit(items, plain)
    for code, odds in enumerate(skewed.engagement_skew):
        alone = (items.people == 1) & (items.tone_range[:, 0] == code)
        np.testing.assert_allclose(gap[alone], np.log(odds), atol=1e-5)
    np.testing.assert_allclose(gap[items.people == 0], 0, atol=1e-6)


def test_reactions_fit_together() -> None:
    world = World.generate(SMALL)
    for day in world.days():
        did = day.reactions
        assert did.viewed[:, 0].all()
        assert not (did.viewed[:, 1:] & ~did.viewed[:, :-1]).any()
        assert not (did.looked & ~did.viewed).any()
        assert not (did.click & ~did.looked).any()
        assert not (did.save & ~did.click).any()
        assert not (did.hide & (did.click | ~did.looked)).any()


def test_simulated_clicks_are_reproducible_and_checked() -> None:
    world = World.generate(SMALL)
    query, person = world.draw_requests(50, np.random.default_rng(0))
    item = world.pools.item[query][:, :10]
    first = world.simulate_clicks(query, item, person, np.random.default_rng(3))
    second = world.simulate_clicks(query, item, person, np.random.default_rng(3))
    np.testing.assert_array_equal(first.click, second.click)
    with pytest.raises(DataError, match="shapes"):
        world.simulate_clicks(query[:-1], item, person, np.random.default_rng(3))
    with pytest.raises(DataError, match="item code"):
        world.simulate_clicks(query, item + 10_000, person, np.random.default_rng(3))


def test_a_shorter_slate_is_padded_and_nothing_happens_there() -> None:
    world = World.generate(SMALL)
    query, person = world.draw_requests(300, np.random.default_rng(0))
    item = world.pools.item[query][:, :8].astype(np.int64)
    whole = world.simulate_clicks(query, item, person, np.random.default_rng(3))
    padded = np.where(np.arange(8) < 5, item, -1)
    short = world.simulate_clicks(query, padded, person, np.random.default_rng(3))
    np.testing.assert_array_equal(short.click[:, :5], whole.click[:, :5])
    for flags in (short.viewed, short.looked, short.click, short.save, short.hide):
        assert not flags[:, 5:].any()
    with pytest.raises(DataError, match="pad slates"):
        world.simulate_clicks(query, padded[:, ::-1], person, np.random.default_rng(3))


def test_ids_and_texts_lead_back_to_codes() -> None:
    world = World.generate(SMALL)
    codes = world.item_codes([world.item_ids[5], "elsewhere", world.item_ids[0]])
    assert codes.tolist() == [5, -1, 0]
    assert world.query_codes(["smoky eye", "no such query"]).tolist() == [16, -1]


def test_relevant_slates_get_more_clicks() -> None:
    world = World.generate(SMALL)
    rng = np.random.default_rng(2)
    query, person = world.draw_requests(4000, rng)
    good = world.pools.item[query][:, :24]
    random = rng.integers(0, len(world.items), good.shape)
    clicks = [
        world.simulate_clicks(query, item, person, np.random.default_rng(9)).click.sum()
        for item in (good, random)
    ]
    assert clicks[0] > 2 * clicks[1]


def test_feedback_makes_the_popular_more_popular() -> None:
    """With feedback, later days' slates move away from those of the first day."""
    frozen, fed = (
        World.generate(dataclasses.replace(SMALL, days=6, requests_per_day=800, feedback=feedback))
        for feedback in (0.0, 4.0)
    )
    orders = [[day.ranking[:, :24] for day in world.days()] for world in (frozen, fed)]
    np.testing.assert_array_equal(orders[0][0], orders[0][-1])
    assert not np.array_equal(orders[1][0], orders[1][-1])


def test_novelty_wears_off_with_the_days_that_an_item_was_shown() -> None:
    world = World.generate(SMALL)
    rng = np.random.default_rng(4)
    query, person = world.draw_requests(20_000, rng)
    item = world.pools.item[query][:, :24]
    fresh, stale = (
        world.simulate_clicks(
            query, item, person, np.random.default_rng(1), days_shown=np.full(item.shape, days)
        ).click.mean()
        for days in (0, 30)
    )
    assert fresh > 1.1 * stale
