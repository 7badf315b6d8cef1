"""What the generator decided about each item: the truth that audits are checked against."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Theme = Literal[
    "portrait", "makeup", "hair", "outfit", "streetwear", "wedding", "nails", "home", "food"
]
"""What a picture is of; the first six show one or more people."""

Lighting = Literal["even", "dim", "bright", "warm", "cool", "side"]
"""The light that the picture is drawn under; a condition that signals are evaluated by."""

Occlusion = Literal["none", "sunglasses", "mask", "hand", "hat"]
"""What hides part of a face."""

PEOPLE_THEMES: tuple[Theme, ...] = ("portrait", "makeup", "hair", "outfit", "streetwear", "wedding")
OBJECT_THEMES: tuple[Theme, ...] = ("nails", "home", "food")
LIGHTINGS: tuple[Lighting, ...] = ("even", "dim", "bright", "warm", "cool", "side")
OCCLUSIONS: tuple[Occlusion, ...] = ("none", "sunglasses", "mask", "hand", "hat")


@dataclass(frozen=True)
class PersonTruth:
    """One drawn person: `monk` 1 to 10, one of six hair patterns, `body_type` 1 to 4."""

    monk: int
    hair_pattern: str
    body_type: int
    occlusion: Occlusion = "none"


@dataclass(frozen=True)
class SceneTruth:
    """Everything that decides what one picture shows.

    `people` is empty for objects; `style` is a word that text and picture share (a colour
    story such as ``"sage"``); `garment` or `subject` names what is shown in plain words.
    """

    theme: Theme
    people: tuple[PersonTruth, ...]
    lighting: Lighting
    style: str
    subject: str
