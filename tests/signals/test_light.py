"""Estimating a picture's light, and how the correction undoes it."""

from __future__ import annotations

import numpy as np
import pytest

from fairview.signals.light import Light, estimate_light, with_eyes

GREY = np.array([0.2, 0.5, 0.9])


@pytest.fixture
def scene(rng: np.random.Generator) -> np.ndarray:
    """Patches of many colours, a white one among them."""
    patches = rng.uniform(0.05, 0.7, (12, 12, 3))
    patches[0] = 0.9
    return np.repeat(np.repeat(patches, 8, axis=0), 8, axis=1)


@pytest.mark.parametrize("light", [(1, 1, 1), (0.4, 0.4, 0.4), (1, 0.8, 0.5), (0.7, 0.85, 1.0)])
def test_the_correction_brings_white_back(scene: np.ndarray, light: tuple[float, ...]) -> None:
    seen = scene * np.array(light)
    corrected = seen * estimate_light(seen).gains
    assert corrected[0, 0] == pytest.approx([0.9] * 3, rel=0.02)


def test_a_coloured_light_has_a_cast_and_a_white_one_none(scene: np.ndarray) -> None:
    assert estimate_light(scene).cast == pytest.approx(0, abs=0.05)
    assert estimate_light(scene * np.array([1, 0.7, 0.4])).cast > 1


def test_the_correction_is_bounded() -> None:
    assert max(Light((0.01, 0.01, 0.01), 0.0).gains) <= 3.5


def test_clipped_colours_darken_the_correction(scene: np.ndarray) -> None:
    plain = estimate_light(scene)
    clipped = estimate_light(np.minimum(scene * 2.2, 1))
    assert clipped.overexposed > 0.05 > plain.overexposed
    assert max(clipped.gains) < max(Light(clipped.white, 0.0).gains)


def test_light_is_looked_for_outside_of_faces(scene: np.ndarray) -> None:
    lamp = scene.copy()
    lamp[40:, 40:] = (1.0, 0.6, 0.2)
    outside = np.ones(scene.shape[:2], bool)
    outside[40:, 40:] = False
    assert estimate_light(lamp, outside).cast < 0.1 < estimate_light(lamp).cast


def test_whites_of_eyes_tell_a_darker_local_light() -> None:
    light = Light((0.9, 0.9, 0.9), 0.0)
    eyes = np.full((20, 3), 0.5)
    local = with_eyes(light, eyes, np.full(3, 0.2))
    assert max(local.white) < 0.9
    assert local.doubt > light.doubt


@pytest.mark.parametrize("skin", [0.5, 0.9])
def test_eyes_that_are_no_brighter_than_skin_tell_nothing(skin: float) -> None:
    light = Light((0.9, 0.9, 0.9), 0.0)
    assert with_eyes(light, np.full((20, 3), 0.5), np.full(3, skin)) == light
    assert with_eyes(light, np.zeros((0, 3)), np.full(3, skin)) == light


def test_white_is_no_darker_than_the_whites_of_eyes() -> None:
    dark_room = Light((0.3, 0.2, 0.1), 0.0)
    eyes = np.full((20, 3), 0.7)
    for sharp in (True, False):
        local = with_eyes(dark_room, eyes, np.full(3, 0.1), sharp=sharp)
        assert local.cast == pytest.approx(0)
        assert min(local.white) > 0.7


def test_blurred_eyes_do_not_darken_the_light() -> None:
    light = Light((0.9, 0.9, 0.9), 0.0)
    assert with_eyes(light, np.full((20, 3), 0.5), np.full(3, 0.2), sharp=False) == light
