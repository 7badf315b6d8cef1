"""How a refinement is offered: a palette of groups that are shown, not described.

Skin tone ranges are drawn as the swatches of their Monk tones. An attribute whose groups have no
swatches is offered by its groups' names. Accessible names count the ranges: there are no words for
skin.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from fairview.core import RANGES
from fairview.signals.monk import PALETTE

if TYPE_CHECKING:
    from fairview.discovery import RefinementOffer

TITLES: Mapping[str, str] = {
    "skin_tone": "Skin tone",
    "hair_pattern": "Hair pattern",
    "body_type": "Body type",
}
RANGE_LABELS: Mapping[str, str] = {
    "skin_tone": "Skin tone range",
    "body_type": "Body type",
}
"""Attributes whose groups are numbered rather than named."""


@dataclass(frozen=True)
class Option:
    """One group of a palette.

    Parameters
    ----------
    value
        Its index from 1, which is what the page sends.
    label
        Its accessible name.
    swatches
        Its colours as sRGB, lightest first; empty where it isn't shown by colour.
    name
        What is written where there are no swatches.
    count
        How many well matching items show it, in words.
    """

    value: int
    label: str
    swatches: tuple[str, ...]
    name: str
    count: str

    @property
    def count_short(self) -> str:
        """The count where there is little room: ``<10`` for ``fewer than 10``."""
        return self.count.replace("fewer than ", "<")


@dataclass(frozen=True)
class Palette:
    """One attribute that a person may choose a group of."""

    attribute: str
    title: str
    options: tuple[Option, ...]
    of: int


def palette_of(offer: RefinementOffer) -> Palette:
    """Return how an offered refinement is shown."""
    ranges = RANGES[offer.attribute]
    total = len(ranges.names)
    options = []
    for index, name in enumerate(ranges.names, start=1):
        numbered = RANGE_LABELS.get(offer.attribute)
        label = f"{numbered} {index} of {total}" if numbered else name.capitalize()
        swatches = swatches_of(offer.attribute, name)
        count = offer.groups.get(name, "0")
        options.append(Option(index, label, swatches, name, count))
    title = TITLES.get(offer.attribute, offer.attribute.replace("_", " ").capitalize())
    return Palette(offer.attribute, title, tuple(options), offer.of)


def swatches_of(attribute: str, group: str) -> tuple[str, ...]:
    """Return the colours that a group is shown by; none where it isn't shown by colour.

    Examples
    --------
    >>> swatches_of("skin_tone", "4-5")
    ('#eadaba', '#d7bd96')
    """
    if attribute != "skin_tone":
        return ()
    tones = RANGES[attribute].groups[group]
    return tuple(PALETTE[int(str(tone)) - 1] for tone in tones)
