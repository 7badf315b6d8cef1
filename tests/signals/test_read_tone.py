"""Reading a tone under a given mask: right on all ten flat swatches of the Monk scale."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fairview.core import SKIN_TONE, DataError, State
from fairview.signals import read_tone
from fairview.signals.monk import (
    PALETTE,
    TONES,
    hue_angle,
    linear_to_lab,
    range_probabilities,
    rgb_to_lab,
    to_linear,
    typology_angle,
)

SWATCHES = [
    "#f6ede4",
    "#f3e7db",
    "#f7ead0",
    "#eadaba",
    "#d7bd96",
    "#a07e56",
    "#825c43",
    "#604134",
    "#3a312a",
    "#292420",
]


def swatch(tone: int, side: int = 32) -> np.ndarray:
    text = SWATCHES[tone - 1]
    colour = [int(text[i : i + 2], 16) for i in (1, 3, 5)]
    return np.full((side, side, 3), colour, np.uint8)


def everywhere(pixels: np.ndarray) -> np.ndarray:
    return np.ones(pixels.shape[:2], bool)


@pytest.mark.parametrize("tone", range(1, 11))
def test_each_flat_swatch_is_read_as_its_tone(tone: int) -> None:
    pixels = swatch(tone)
    reading = read_tone(pixels, everywhere(pixels))
    assert reading.state is State.PRESENT
    assert reading.tone == tone
    assert reading.confidence > 0.5
    assert reading.lightness == pytest.approx(TONES[tone - 1, 0], abs=0.01)


@pytest.mark.parametrize("tone", range(1, 11))
@pytest.mark.parametrize("seed", range(3))
def test_each_swatch_is_read_through_noise(tone: int, seed: int) -> None:
    noise = np.random.default_rng(seed).normal(0, 5, (48, 48, 3))
    pixels = np.clip(swatch(tone, 48) + noise, 0, 255).round().astype(np.uint8)
    assert read_tone(pixels, everywhere(pixels)).tone == tone


@pytest.mark.parametrize("tone", range(1, 11))
def test_highlights_and_shadows_do_not_change_the_tone(tone: int) -> None:
    pixels = swatch(tone, 40)
    pixels[:4] = 255
    pixels[-4:] = 0
    assert read_tone(pixels, everywhere(pixels)).tone == tone


def test_only_masked_pixels_are_read() -> None:
    pixels = np.concatenate([swatch(2), swatch(9)])
    mask = np.zeros(pixels.shape[:2], bool)
    mask[32:] = True
    assert read_tone(pixels, mask).tone == 9


def test_too_few_pixels_abstain() -> None:
    pixels = swatch(5)
    mask = np.zeros(pixels.shape[:2], bool)
    mask[0, :20] = True
    reading = read_tone(pixels, mask)
    assert reading.state is State.ABSTAINED
    assert (reading.tone, reading.confidence) == (0, 0.0)


def test_a_less_certain_light_gives_a_less_certain_reading() -> None:
    pixels = swatch(7)
    sure = read_tone(pixels, everywhere(pixels))
    unsure = read_tone(pixels, everywhere(pixels), doubt=2.0)
    assert unsure.confidence < sure.confidence


def test_a_mask_of_another_shape_is_refused() -> None:
    with pytest.raises(DataError, match="mask of its height and width"):
        read_tone(swatch(1), np.ones((3, 3), bool))


def test_the_palette_is_the_published_one() -> None:
    assert list(PALETTE) == SWATCHES


def test_lab_agrees_with_an_independent_conversion(rng: np.random.Generator) -> None:
    cv2 = pytest.importorskip("cv2")
    pixels = rng.integers(0, 256, (20, 20, 3), dtype=np.uint8)
    theirs = cv2.cvtColor(pixels.astype(np.float32) / 255, cv2.COLOR_RGB2LAB)
    assert np.abs(rgb_to_lab(pixels) - theirs).max() < 0.6


def test_the_typology_angle_orders_the_tones() -> None:
    angles = [typology_angle(tone) for tone in TONES[[0, 4, 5, 6, 7, 8, 9]]]
    assert angles == sorted(angles, reverse=True)
    assert all(0 <= hue_angle(tone) <= 90 for tone in TONES)


@given(st.integers(0, 255), st.integers(0, 255), st.integers(0, 255), st.floats(0.5, 30))
@settings(max_examples=60, deadline=None)
def test_range_probabilities_are_probabilities(r: int, g: int, b: int, spread: float) -> None:
    lab = linear_to_lab(to_linear(np.array([r, g, b], np.uint8)))
    shares = range_probabilities(lab, spread)
    assert shares.shape == (len(SKIN_TONE.names),)
    assert shares.min() >= 0
    assert shares.sum() == pytest.approx(1)
