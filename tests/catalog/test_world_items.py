"""Items realise the planted shares, fit together, and are the same for the same seed."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from fairview.catalog.world import World, WorldParameters
from fairview.catalog.world.items import (
    NO_RANGE,
    TWO_PEOPLE_SHARE,
    generate_items,
    provider_shares,
    supply_shares,
    theme_shares,
)
from fairview.catalog.world.lexicon import THEMES
from fairview.catalog.world.readings import range_confusion, read_tones, tone_confusion
from fairview.catalog.world.subjects import SUBJECTS
from fairview.catalog.world.truth import OBJECT_THEMES, PEOPLE_THEMES
from fairview.core import HAIR_PATTERN, SKIN_TONE

SMALL = WorldParameters(items=400, people=60, days=2, requests_per_day=50)


def test_the_same_parameters_give_the_same_items() -> None:
    first, second = generate_items(SMALL), generate_items(SMALL)
    for field in dataclasses.fields(first):
        np.testing.assert_array_equal(getattr(first, field.name), getattr(second, field.name))
    other = generate_items(dataclasses.replace(SMALL, seed=8))
    assert not np.array_equal(first.theme, other.theme)


def test_scenes_hold_together() -> None:
    items = generate_items(SMALL)
    for item in range(len(items)):
        scene = items.scene(item)
        assert (len(scene.people) > 0) == (scene.theme in PEOPLE_THEMES)
        assert len(scene.people) <= (2 if scene.theme == "wedding" else 1)
        subject = SUBJECTS[items.subject[item]]
        assert (subject.theme, subject.name) == (scene.theme, scene.subject)
        for person in scene.people:
            assert 1 <= person.monk <= 10
            assert 1 <= person.body_type <= 4
            assert person.hair_pattern in HAIR_PATTERN.names
            if scene.theme == "hair":
                assert person.hair_pattern == subject.pattern
            if "glasses" in scene.subject:
                assert person.occlusion != "sunglasses"


def test_the_subjects_are_those_that_the_artist_draws() -> None:
    from fairview.catalog.world.draw import STYLES as DRAWN_STYLES
    from fairview.catalog.world.draw import SUBJECTS as DRAWN
    from fairview.catalog.world.lexicon import STYLES

    named = {theme: tuple(s.name for s in SUBJECTS if s.theme == theme) for theme in THEMES}
    assert named == dict(DRAWN)
    assert STYLES == DRAWN_STYLES


def test_membership_shares_out_the_people() -> None:
    items = generate_items(dataclasses.replace(SMALL, items=4000))
    membership = items.membership()
    np.testing.assert_allclose(membership.sum(axis=1), 1)
    nobody = np.isin(items.theme, [THEMES.index(theme) for theme in OBJECT_THEMES])
    np.testing.assert_array_equal(membership[:, NO_RANGE] == 1, nobody)
    couple = np.flatnonzero(
        (items.people == 2) & (items.tone_range[:, 0] != items.tone_range[:, 1])
    )
    assert len(couple)
    assert set(membership[couple[0]]) == {0.0, 0.5}


def test_supply_follows_the_planted_log_ratio() -> None:
    parameters = WorldParameters(supply_skew=1.2)
    shares = supply_shares(parameters)
    outfit = shares[THEMES.index("outfit")]
    assert np.log(outfit[0] / outfit[3]) == pytest.approx(1.2)
    np.testing.assert_allclose(shares[: len(PEOPLE_THEMES)].sum(axis=1), 1)
    assert shares[len(PEOPLE_THEMES) :].sum() == 0
    assert theme_shares(parameters).sum() == pytest.approx(1)


def test_realised_shares_are_within_four_standard_errors() -> None:
    """Over 40,000 items: themes, ranges per theme, tones within a range, and providers."""
    parameters = WorldParameters(items=40_000)
    items = generate_items(parameters)
    _close(np.bincount(items.theme, minlength=9), theme_shares(parameters))
    _close(np.bincount(items.provider, minlength=60), provider_shares(parameters))
    shares = supply_shares(parameters)
    for code in range(len(PEOPLE_THEMES)):
        for slot in range(2):
            of_theme = (items.theme == code) & (items.people > slot)
            if not of_theme.any():
                continue
            counts = np.bincount(items.tone_range[of_theme, slot], minlength=4)
            _close(counts, shares[code])
    couples = items.people[items.theme == THEMES.index("wedding")] == 2
    _close(np.bincount(couples), np.array([1 - TWO_PEOPLE_SHARE, TWO_PEOPLE_SHARE]))
    light = items.monk[items.tone_range[:, 0] == 0, 0]
    _close(np.bincount(light, minlength=4)[1:], np.full(3, 1 / 3))


def test_no_association_means_hair_is_independent_of_tone() -> None:
    items = generate_items(WorldParameters(items=40_000, hair_association=0.0))
    shows = items.people > 0
    overall = np.bincount(items.hair[shows, 0], minlength=6) / shows.sum()
    for code in range(NO_RANGE):
        rows = shows & (items.tone_range[:, 0] == code)
        _close(np.bincount(items.hair[rows, 0], minlength=6), overall, within=5)


def test_readings_follow_the_planted_confusion() -> None:
    parameters = WorldParameters(items=60_000, supply_skew=0.0)
    items = generate_items(parameters)
    reading = read_tones(parameters, items)
    table = tone_confusion(parameters)
    for monk in range(1, 11):
        rows = items.monk[:, 0] == monk
        _close(np.bincount(reading[rows, 0], minlength=11), table[monk - 1], within=5)
    assert (reading[items.monk == 0] == -1).all()


def test_range_confusion_is_the_mean_over_the_tones_of_a_range() -> None:
    parameters = WorldParameters()
    by_tone, by_range = tone_confusion(parameters), range_confusion(parameters)
    np.testing.assert_allclose(by_range.sum(axis=1), 1)
    first = by_tone[:3, 1:4].sum() / 3
    assert by_range[0, 0] == pytest.approx(first)
    assert by_range[3, 4] == pytest.approx(np.mean(parameters.signal_abstention[7:]))
    assert SKIN_TONE.groups["1-3"] == (1, 2, 3)


def test_a_world_of_any_seed_keeps_its_sizes() -> None:
    for seed in range(3):
        world = World.generate(dataclasses.replace(SMALL, seed=seed))
        assert (len(world.items), len(world.people)) == (400, 60)
        assert len(set(world.item_ids)) == 400


def _close(
    counts: np.ndarray[tuple[int, ...], np.dtype[np.int64]],
    shares: np.ndarray[tuple[int, ...], np.dtype[np.float64]],
    within: float = 4.0,
) -> None:
    """Compare counts with shares in binomial standard errors."""
    n = counts.sum()
    error = np.sqrt(np.maximum(shares * (1 - shares), 1e-9) / n)
    assert (np.abs(counts / n - shares) / error).max() < within, (counts / n, shares)
