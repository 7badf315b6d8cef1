"""What makes one drawn person this person: features, hair colour, make-up and adornment."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from fairview.catalog.world.draw.colour import luminance, mix
from fairview.catalog.world.draw.palette import Story, pick
from fairview.catalog.world.draw.skin import Skin, mix_skin
from fairview.catalog.world.truth import PersonTruth

HAIR_COLOURS: tuple[str, ...] = (
    "#1d1817",
    "#241a16",
    "#2e1f19",
    "#3a261c",
    "#523322",
    "#6b4226",
    "#8a5a33",
    "#b98a52",
    "#d8b67c",
    "#8e3f23",
    "#b5582f",
    "#5a2326",
    "#8b8783",
    "#c9c5c0",
)
_EYES_LIGHT = ("#5b3a22", "#6e4a2b", "#7b6a3a", "#5e7d5a", "#5d8199", "#7d93a0")
_EYES_DARK = ("#3a2115", "#4a2b18", "#5b3a22", "#2c1a12")


@dataclass(frozen=True)
class MakeUp:
    """Colours put on a face; an empty string is none, `strength` 0 to 1."""

    lip: str = ""
    lid: str = ""
    liner: float = 0.0
    shimmer: bool = False
    gloss: float = 0.35
    cheek: float = 0.5
    wing: bool = False


@dataclass(frozen=True)
class Look:
    """One person as drawn; lengths are in head units, a hundred to a face's width."""

    skin: Skin
    pattern: str
    body_type: int
    occlusion: str
    hair: str
    hair_glow: str
    hair_deep: str
    iris: str
    brow: float
    brow_tint: str
    jaw: float
    chin: float
    length: float
    lips: float
    nose: float
    eye: float
    smile: float
    freckles: bool
    beard: bool
    glasses: str
    earring: str
    metal: str
    makeup: MakeUp


def _hair_shades(colour: str) -> tuple[str, str]:
    """Highlight and depth of a hair colour."""
    dark = luminance(colour) < 0.04
    return mix(colour, "#c9a27e", 0.30 if dark else 0.34), mix(colour, "#0c0809", 0.5)


def _brow_tint(hair: str, skin: Skin) -> str:
    """Colour of brows and beard: the hair's, but always clearly darker than the skin."""
    tint = mix(hair, "#2a1a14", 0.35)
    return tint if luminance(tint) < 0.45 * luminance(skin.base) else mix(skin.line, "#14100e", 0.6)


def _hair_colour(monk: int, pattern: str, rng: np.random.Generator) -> str:
    """Return a hair colour; dark ones are likelier for deep skin and tight patterns."""
    roll = rng.random()
    if roll < 0.10:
        return pick(rng, HAIR_COLOURS)
    if monk >= 6 or pattern in ("protective", "coily"):
        return pick(rng, HAIR_COLOURS[:5] if roll < 0.8 else HAIR_COLOURS[4:12])
    return pick(rng, HAIR_COLOURS[:12])


def dress_face(truth: PersonTruth, story: Story, rng: np.random.Generator) -> Look:
    """Draw the lots of one person's features, so that truth decides what truth names."""
    skin = mix_skin(truth.monk, rng)
    hair = _hair_colour(truth.monk, truth.hair_pattern, rng)
    glow, deep = _hair_shades(hair)
    iris = pick(rng, _EYES_LIGHT if truth.monk <= 5 and rng.random() < 0.6 else _EYES_DARK)
    beard = bool(rng.random() < 0.42)
    fuller = (truth.body_type - 2) * 1.3
    return Look(
        skin=skin,
        pattern=truth.hair_pattern,
        body_type=truth.body_type,
        occlusion=truth.occlusion,
        hair=hair,
        hair_glow=glow,
        hair_deep=deep,
        iris=iris,
        brow_tint=_brow_tint(hair, skin),
        brow=float(rng.uniform(0.85, 1.3)),
        jaw=float(rng.uniform(36.5, 40.5)) + fuller + (1.5 if beard else 0.0),
        chin=float(rng.uniform(13, 18)) + fuller * 0.6,
        length=float(rng.uniform(70, 75)),
        lips=float(rng.uniform(0.85, 1.25)),
        nose=float(rng.uniform(0.88, 1.2)),
        eye=float(rng.uniform(0.96, 1.1)),
        smile=float(rng.uniform(0.1, 1.0)),
        freckles=bool(rng.random() < (0.22 if truth.monk <= 7 else 0.05)),
        beard=beard,
        glasses=pick(rng, ("round", "square")) if rng.random() < 0.12 else "",
        earring=pick(rng, ("hoop", "stud", "drop", "disc")) if rng.random() < 0.55 else "",
        metal=pick(rng, ("#d9a941", "#e2b95c", "#cfd2d6", "#c98a5b")),
        makeup=MakeUp(
            lip=pick(rng, ("", "", "", "#b5394a", "#a34a55", "#b8606a")) if not beard else "",
            liner=float(rng.uniform(0.1, 0.6)) if not beard else 0.0,
            cheek=float(rng.uniform(0.25, 0.7)),
        ),
    )


def with_makeup(look: Look, makeup: MakeUp) -> Look:
    """Return the same person wearing `makeup`, without a beard."""
    return replace(look, makeup=makeup, beard=False)
