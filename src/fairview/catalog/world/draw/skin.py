"""Skin as the artist mixes it: ten tones as OKLCH, and the shades that light makes of each."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from fairview.catalog.world.draw.colour import from_linear, lit, mix, oklch
from fairview.core.errors import UsageError

_TONES: tuple[tuple[float, float, float], ...] = (
    (0.9507, 0.0155, 67.6),
    (0.9342, 0.0207, 67.6),
    (0.9406, 0.0370, 84.6),
    (0.8931, 0.0459, 84.6),
    (0.8108, 0.0600, 77.8),
    (0.6162, 0.0695, 70.5),
    (0.5087, 0.0624, 54.2),
    (0.4068, 0.0484, 43.6),
    (0.3206, 0.0178, 60.0),
    (0.2644, 0.0105, 61.0),
)
"""OKLCH (lightness, chroma, hue in degrees) of the ten tones of the Monk scale."""

_FREEDOM = (0.002, 0.002, 0.003, 0.006, 0.015, 0.022, 0.018, 0.015, 0.009, 0.008)
"""How far a person's lightness may lie from the tone: a third of the way to a neighbour at most."""


@dataclass(frozen=True)
class Skin:
    """One person's skin: `base` under even light and what shade, glow and blood make of it."""

    monk: int
    base: str
    glow: str
    shade: str
    deep: str
    line: str
    blush: str
    lip: str
    lip_deep: str
    nail: str


def mix_skin(monk: int, rng: np.random.Generator) -> Skin:
    """Mix the skin of one person whose tone is `monk`, 1 to 10, with a little variation.

    The base colour stays nearest to its own tone of the ten; shades are the base times a
    warm factor in linear light. Another tone than 1 to 10 is a `UsageError`.
    """
    if not 1 <= monk <= len(_TONES):
        raise UsageError(f"monk is {monk}, outside the scale; give a tone from 1 to 10.")
    lightness, chroma, hue = _TONES[monk - 1]
    drift = float(rng.uniform(-0.7, 1)) * _FREEDOM[monk - 1]
    spread = 1 + float(rng.uniform(-0.06, 0.06))
    base = from_linear(oklch(lightness + drift, chroma * spread, hue + float(rng.uniform(-2, 2))))
    pale = min(max((lightness - 0.26) / 0.69, 0.0), 1.0)
    return Skin(
        monk=monk,
        base=base,
        glow=mix(
            lit(base, 1.12 + 1.5 * (1 - pale), 1.10 + 1.05 * (1 - pale), 1.06 + 0.75 * (1 - pale)),
            "#fff0e0",
            0.10,
        ),
        shade=lit(base, 0.80, 0.62 + 0.04 * pale, 0.54 + 0.04 * pale),
        deep=lit(base, 0.56, 0.36 + 0.02 * pale, 0.30 + 0.02 * pale),
        line=lit(base, 0.30, 0.15, 0.12) if pale > 0.2 else lit(base, 0.22, 0.16, 0.15),
        blush=mix(base, "#d9564f", 0.34) if pale > 0.4 else mix(base, "#9c4238", 0.34),
        lip=mix(lit(base, 0.86, 0.56, 0.54), "#b4525a", 0.30 + 0.22 * (1 - pale)),
        lip_deep=mix(lit(base, 0.62, 0.34, 0.33), "#7c2a33", 0.34),
        nail=mix(base, "#f1b9ac", 0.4),
    )
