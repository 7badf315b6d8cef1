"""The exported truth: enumeration by hand gives the same, and the log agrees within its error."""

from __future__ import annotations

import dataclasses
import json
from itertools import permutations
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow.parquet as pq
import pytest

from fairview.catalog.world import GROUPS, QUERIES, World, WorldParameters
from fairview.catalog.world.behaviour import (
    GRADE_LOGIT,
    NOVELTY_WEIGHT,
    POPULARITY_WEIGHT,
    QUALITY_WEIGHT,
    TASTE_WEIGHT,
    TRUST_WEIGHT,
    WEEKDAY_LOGIT,
    expected_scan,
)
from fairview.catalog.world.items import supply_shares
from fairview.catalog.world.people import TRUST_LEVELS
from fairview.core import SKIN_TONE, DataError, MissingError

TINY = WorldParameters(
    items=60, people=12, days=3, requests_per_day=40, slate_size=3, pool_size=6, randomised_pool=4
)
Floats = npt.NDArray[np.float64]


def _groups_of(world: World, item: int) -> Floats:
    """Share out an item's people by hand."""
    shares = np.zeros(len(GROUPS))
    people = world.items.scene(item).people
    for person in people:
        shares[SKIN_TONE.index_of(SKIN_TONE.group_of(person.monk))] += 1 / len(people)
    if not people:
        shares[-1] = 1
    return shares


def _logit(world: World, query: int, item: int, person: int, position: int) -> float:
    """Add up the logit of a click on day 0 by hand."""
    items, people = world.items, world.people
    log_odds = np.append(np.log(world.parameters.engagement_skew), 0.0)
    grade = int(world.relevance.table[query, items.subject[item], items.style[item]])
    liking = float(items.topic[item] @ people.liking[people.taste[person]]) * 4.0
    return float(
        GRADE_LOGIT[grade]
        + QUALITY_WEIGHT * items.quality[item]
        + _groups_of(world, item) @ log_odds
        + POPULARITY_WEIGHT * items.popularity[item]
        + NOVELTY_WEIGHT
        + TASTE_WEIGHT * liking
        + TRUST_WEIGHT * TRUST_LEVELS[people.trust[person]] / np.log2(1 + position)
        + WEEKDAY_LOGIT[0]
    )


def test_expectations_equal_a_sum_over_everybody_by_hand() -> None:
    world = World.generate(TINY)
    expected = world.expected()
    ranking, _ = world.first_ranking()
    people = world.people
    traffic = np.zeros(len(QUERIES))
    for person in range(len(people)):
        traffic += people.activity[person] * people.interest[people.taste[person]]
    np.testing.assert_allclose(expected.traffic, traffic, rtol=1e-9)
    for query in (0, 6, 30):
        slate = [int(world.pools.item[query, slot]) for slot in ranking[query, :3]]
        shown = np.array([_groups_of(world, item) for item in slate])
        exposure = sum(shown[j] / np.log2(2 + j) for j in range(3))
        np.testing.assert_allclose(expected.exposure[query], exposure, rtol=1e-9)
        clicks, views = np.zeros(len(GROUPS)), np.zeros(len(GROUPS))
        for person in range(len(people)):
            asks = people.activity[person] * people.interest[people.taste[person], query]
            logit = [_logit(world, query, item, person, j + 1) for j, item in enumerate(slate)]
            viewed, clicked = expected_scan(np.array([logit]), people.patience[[person]])
            views += asks / traffic[query] * viewed[0] @ shown
            clicks += asks / traffic[query] * clicked[0] @ shown
        np.testing.assert_allclose(expected.views[query], views, rtol=1e-4)
        np.testing.assert_allclose(expected.clicks[query], clicks, rtol=1e-4)


def test_random_exposure_equals_the_mean_over_every_ordered_slate() -> None:
    world = World.generate(TINY)
    expected = world.expected()
    ranking, _ = world.first_ranking()
    for query in (0, 17):
        best = [int(world.pools.item[query, slot]) for slot in ranking[query, :4]]
        total, slates = np.zeros(len(GROUPS)), list(permutations(best, 3))
        for slate in slates:
            for j, item in enumerate(slate):
                total += _groups_of(world, item) / np.log2(2 + j)
        np.testing.assert_allclose(expected.random_exposure[query], total / len(slates), rtol=1e-6)


def test_the_truth_says_which_parts_are_exact() -> None:
    truth = World.generate(TINY).truth().to_dict()
    assert truth["synthetic"] is True
    assert set(truth["meaning"]) <= set(truth)
    assert len(truth["exact_given_days_before"]) == TINY.days
    odds = truth["exact"]["engagement_odds_ratio"]
    assert list(odds.values()) == list(TINY.engagement_skew)
    shares = truth["exact"]["supply_by_theme"]["makeup"]
    np.testing.assert_allclose(list(shares.values()), supply_shares(TINY)[1])


def test_truth_without_simulation_is_the_same_where_it_can_be() -> None:
    world = World.generate(TINY)
    with_days, without = world.truth(), world.truth(simulate=False)
    assert with_days.exact_given_items == without.exact_given_items
    assert without.exact_given_days_before == []
    assert "log" not in without.realised


def test_without_feedback_only_novelty_and_weekday_move_the_days() -> None:
    days = World.generate(dataclasses.replace(TINY, feedback=0.0)).truth().exact_given_days_before
    assert all(day["exposure_share"] == days[0]["exposure_share"] for day in days)


def test_the_default_world_has_a_clear_gap_and_none_without_skew() -> None:
    gap = World.generate(WorldParameters()).expected()
    exposure = gap.shares(gap.exposure)
    supply = supply_shares(WorldParameters())[:6].mean(axis=0)
    assert exposure["8-10"] < 0.6 * supply[3]
    assert gap.all_ranges_share() < 0.85
    fair = World.generate(
        WorldParameters(supply_skew=0.0, engagement_skew=(1.0,) * 4, ranking_skew=(0.0,) * 4)
    )
    even = fair.expected().shares(fair.expected().exposure)
    assert min(even.values()) > 0.19
    clicks = fair.standardised_clicks()
    assert max(clicks.values()) == pytest.approx(min(clicks.values()))


def test_standardised_clicks_fall_with_the_odds() -> None:
    found = list(World.generate(WorldParameters(items=1000)).standardised_clicks().values())
    assert found == sorted(found, reverse=True)
    planted = WorldParameters().engagement_skew[3]
    ratio = (found[3] / (1 - found[3])) / (found[0] / (1 - found[0]))
    assert planted < ratio < planted + 0.1  # averaging over people brings odds closer to 1


def test_truth_is_written_as_json_and_tables(tmp_path: Path) -> None:
    world = World.generate(TINY)
    truth = world.write_truth(tmp_path / "truth")
    assert json.loads((tmp_path / "truth" / "world.json").read_text()) == json.loads(
        truth.to_json()
    )
    items = pq.read_table(tmp_path / "truth" / "items.parquet").to_pylist()
    for number in range(0, len(items), 7):
        row, scene = items[number], world.items.scene(number)
        assert row["monk"] == [person.monk for person in scene.people]
        assert row["hair_pattern"] == [person.hair_pattern for person in scene.people]
        assert row["occlusion"] == [person.occlusion for person in scene.people]
        assert row["tone_range"] == [SKIN_TONE.group_of(p.monk) for p in scene.people]
        assert (row["theme"], row["subject"]) == (scene.theme, scene.subject)
        assert row["synthetic"] is True
    relevance = pq.read_table(tmp_path / "truth" / "relevance.parquet")
    grades = np.array([world.relevance.grades(world.items, q, np.arange(60)) for q in range(76)])
    assert len(relevance) == np.count_nonzero(grades)
    assert relevance["grade"].to_numpy().sum() == grades.sum()
    assert len(pq.read_table(tmp_path / "truth" / "exposure.parquet")) == len(QUERIES) * 5
    boards = pq.read_table(tmp_path / "truth" / "boards.parquet")
    assert len(boards) == 3 * len(world.people)


def test_a_world_can_be_made_again_from_its_truth(tmp_path: Path) -> None:
    with pytest.raises(MissingError, match=r"world\.json"):
        World.load(tmp_path)
    world = World.generate(TINY)
    world.write_truth(tmp_path, simulate=False)
    again = World.load(tmp_path)
    assert again.parameters == world.parameters
    assert again.item_ids == world.item_ids
    (tmp_path / "world.json").write_text("{}")
    with pytest.raises(DataError, match="isn't the truth"):
        World.load(tmp_path)


def test_grades_follow_the_intent() -> None:
    table = World.generate(TINY).relevance.table
    assert table.min() == 0
    assert table.max() == 3
    dress = next(i for i, q in enumerate(QUERIES) if q.text == "spring dresses")
    assert set(np.unique(table[dress])) == {0, 1, 2, 3}


@pytest.mark.prove
def test_logs_agree_with_their_expectation_over_many_seeds() -> None:
    """Clicks by group on day 0 are unbiased: over 60 seeds, z-scores have mean 0, deviation 1."""
    scores = []
    for seed in range(60):
        parameters = WorldParameters(
            seed=seed, items=1500, people=300, days=1, requests_per_day=4000, randomised_share=0.0
        )
        world = World.generate(parameters)
        expected, day = world.expected(), next(iter(world.days()))
        membership = world.items.membership().astype(np.float64)
        per_request = (membership[day.item] * day.reactions.click[..., None]).sum(axis=1)
        truth = expected.traffic @ expected.clicks
        error = per_request.std(axis=0) / np.sqrt(len(per_request))
        scores.append((per_request.mean(axis=0) - truth) / error)
    table = np.array(scores)
    assert np.abs(table.mean(axis=0)).max() < 3.5 / np.sqrt(len(table))
    assert (np.abs(table.std(axis=0) - 1) < 0.35).all()


@pytest.mark.prove
def test_supply_is_unbiased_over_many_seeds() -> None:
    parameters = [WorldParameters(seed=seed, items=1000) for seed in range(200)]
    shares = []
    for each in parameters:
        items = World.generate(each).items
        makeup = items.theme == 1
        shares.append(items.membership()[makeup].mean(axis=0)[:4])
    table = np.array(shares)
    error = table.std(axis=0) / np.sqrt(len(table))
    assert (np.abs(table.mean(axis=0) - supply_shares(parameters[0])[1]) / error).max() < 3.5
