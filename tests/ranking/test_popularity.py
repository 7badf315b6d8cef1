"""Popularity: position doesn't pay, few looks say little, and the future isn't known."""

from __future__ import annotations

import numpy as np
import pytest

from fairview.ranking import Popularity
from fairview.ranking.popularity import DailyCounts, look_chances


def test_look_chances_fall_and_start_at_one() -> None:
    rng = np.random.default_rng(0)
    position = rng.integers(1, 11, 60_000)
    clicked = rng.random(60_000) < 0.3 * position**-0.7
    chances = look_chances(position, clicked, most=10)
    assert chances[0] == 1
    assert (np.diff(chances) <= 0).all()
    assert chances == pytest.approx(np.arange(1, 11) ** -0.7, abs=0.06)


def test_without_clicks_every_position_counts_alike() -> None:
    assert look_chances(np.array([1, 2]), np.zeros(2), most=3).tolist() == [1, 1, 1]
    assert look_chances(np.zeros(0), np.zeros(0), most=2).tolist() == [1, 1]


def test_an_item_shown_low_is_not_less_popular_for_it() -> None:
    rng = np.random.default_rng(1)
    item = np.repeat([0, 1], 20_000)
    position = np.where(item == 0, 1, 8)
    clicked = rng.random(40_000) < 0.2 * position**-0.7
    weight = position**-0.7
    counts = DailyCounts.of(item, np.zeros(40_000), weight, {"click": clicked}, n=3)
    rates = counts.all_days().rates["click"]
    assert rates[0] == pytest.approx(rates[1], rel=0.08)
    assert rates[2] == pytest.approx(clicked.sum() / weight.sum())


def test_a_day_knows_only_the_days_before() -> None:
    item, day = np.array([0, 0, 0]), np.array([0, 1, 2])
    counts = DailyCounts.of(item, day, np.ones(3), {"click": np.array([0, 1, 1])}, n=1)
    assert [float(counts.before(d).looks[0]) for d in range(4)] == [0, 1, 2, 3]
    assert counts.before(1).rates["click"][0] == 0
    assert counts.before(2).rates["click"][0] == pytest.approx(0.5)


def test_unseen_items_have_the_mean_and_an_unknown_past_is_undefined() -> None:
    known = Popularity.from_counts(np.array([100.0, 100.0]), {"click": np.array([10.0, 30.0])})
    taken = known.take(np.array([1, 0]), np.array([True, False]))
    assert taken.looks.tolist() == [100, 0]
    assert taken.rates["click"][1] == pytest.approx(0.2, abs=0.01)
    assert np.isnan(Popularity.unknown(2).rates["click"]).all()
    assert len(Popularity.unknown(0).take(np.zeros(2, int), np.zeros(2, bool)).looks) == 2
