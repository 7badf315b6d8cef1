"""The words of the world: its themes, its colour stories, and what its pictures show."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from fairview.catalog.world.truth import OBJECT_THEMES, PEOPLE_THEMES, Theme

THEMES: tuple[Theme, ...] = (*PEOPLE_THEMES, *OBJECT_THEMES)
"""All themes, in the order of their codes; the first six show people."""

RELATED: Mapping[Theme, tuple[Theme, ...]] = {
    "portrait": ("makeup", "hair"),
    "makeup": ("portrait",),
    "hair": ("portrait",),
    "outfit": ("streetwear", "wedding"),
    "streetwear": ("outfit",),
    "wedding": ("outfit",),
    "nails": ("makeup",),
    "home": (),
    "food": (),
}
"""Themes whose items can still be of some use to a query of another theme."""


@dataclass(frozen=True)
class StyleWords:
    """A colour story in words: the `colours` it is called, its `season` and its `mood`."""

    colours: tuple[str, ...]
    season: str
    mood: str


STYLE_WORDS: Mapping[str, StyleWords] = {
    "sage": StyleWords(("sage", "sage green"), "spring", "calm"),
    "terracotta": StyleWords(("terracotta", "burnt orange"), "autumn", "earthy"),
    "ocean": StyleWords(("ocean blue", "ocean"), "summer", "fresh"),
    "blush": StyleWords(("blush", "blush pink"), "spring", "romantic"),
    "mustard": StyleWords(("mustard", "mustard yellow"), "autumn", "earthy"),
    "lilac": StyleWords(("lilac", "soft lilac"), "spring", "romantic"),
    "charcoal": StyleWords(("charcoal", "charcoal grey"), "winter", "minimal"),
    "sand": StyleWords(("sand", "warm sand"), "summer", "minimal"),
    "emerald": StyleWords(("emerald", "emerald green"), "winter", "bold"),
    "coral": StyleWords(("coral", "bright coral"), "summer", "bold"),
    "sky": StyleWords(("sky blue", "clear sky blue"), "summer", "fresh"),
    "plum": StyleWords(("plum", "deep plum"), "winter", "bold"),
    "olive": StyleWords(("olive", "olive green"), "autumn", "earthy"),
    "peach": StyleWords(("peach", "soft peach"), "summer", "romantic"),
    "mint": StyleWords(("mint", "mint green"), "spring", "fresh"),
    "cocoa": StyleWords(("cocoa", "warm cocoa"), "autumn", "calm"),
    "indigo": StyleWords(("indigo", "inky indigo"), "winter", "minimal"),
    "rose": StyleWords(("rose", "dusty rose"), "spring", "romantic"),
}
"""What each colour story is called in titles, descriptions and queries."""

STYLES: tuple[str, ...] = tuple(STYLE_WORDS)
"""The colour stories, in the order of their codes."""

SEASONS = ("spring", "summer", "autumn", "winter")
MOODS = ("calm", "earthy", "fresh", "romantic", "minimal", "bold")
