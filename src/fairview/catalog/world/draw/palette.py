"""Colour stories: the small harmonious palettes that pictures are composed in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np

from fairview.core.errors import UsageError

T = TypeVar("T")


@dataclass(frozen=True)
class Story:
    """One colour story: `wall` and `haze` for grounds, `main`, `second` and `pop`, `deep`."""

    name: str
    wall: str
    haze: str
    main: str
    second: str
    pop: str
    deep: str

    @property
    def cloths(self) -> tuple[str, ...]:
        """Colours that garments take in this story, the main ones first."""
        return (self.main, self.second, self.pop, self.deep, "#f4efe6")


_STORIES = (
    Story("sage", "#dfe6d8", "#f3f4ea", "#8fa88b", "#c9d4b8", "#d98f6c", "#3f5646"),
    Story("terracotta", "#f1d9c9", "#fbf1e7", "#c8694a", "#e3a581", "#4f7a7a", "#6f3527"),
    Story("ocean", "#cfe2e8", "#eef6f6", "#3c7f99", "#86b9c4", "#f0b27a", "#1f4257"),
    Story("blush", "#f6dcdc", "#fdf3f0", "#d98a94", "#efb9b4", "#8c6a8f", "#7a3b4c"),
    Story("mustard", "#f4e4b9", "#fcf6e3", "#d9a22f", "#ecc876", "#4d6f86", "#6b4a17"),
    Story("lilac", "#e3dbf0", "#f6f2fb", "#9a83bf", "#c7b7df", "#e9a48f", "#4b3a6b"),
    Story("charcoal", "#d5d6d8", "#efefee", "#4b5058", "#8d939b", "#e0a552", "#25282d"),
    Story("sand", "#ecdfcb", "#f9f3e8", "#c4a57b", "#dcc7a4", "#5f8a8b", "#6d5536"),
    Story("emerald", "#cfe5da", "#eef7f1", "#1f7a5c", "#79b79c", "#f0a78c", "#0f4636"),
    Story("coral", "#fbd8cb", "#fef2ec", "#ee7660", "#f7ab95", "#3f8f96", "#8a342c"),
    Story("sky", "#d3e4f5", "#f0f6fc", "#6aa0d8", "#a9cbee", "#f4c36a", "#2d4f7c"),
    Story("plum", "#e6d3de", "#f7eef3", "#84486e", "#b98aa8", "#e5b36b", "#45213a"),
    Story("olive", "#e3e2c8", "#f6f5e8", "#8a8a4b", "#bfbd86", "#cf6f4f", "#464723"),
    Story("peach", "#fce0cb", "#fff5ec", "#f2a277", "#f8c8a5", "#6f9a8d", "#8d4f31"),
    Story("mint", "#d3efe4", "#f1fbf7", "#6fc0a4", "#aadfcb", "#f29b8e", "#28614f"),
    Story("cocoa", "#e4d5c9", "#f6eee7", "#7d5a46", "#b2927c", "#c9a34c", "#3e2a20"),
    Story("indigo", "#d6d8ee", "#f1f2fa", "#4a519c", "#9196cc", "#f3b562", "#25295c"),
    Story("rose", "#f7d6e0", "#fdf0f4", "#cf5f85", "#eaa0b8", "#5f8f7d", "#742846"),
)
_BY_NAME = {story.name: story for story in _STORIES}

STYLES: tuple[str, ...] = tuple(_BY_NAME)
"""Names of the colour stories, the words that text and picture share."""


def story_of(style: str) -> Story:
    """Return the colour story called `style`; an unknown name is a `UsageError`.

    >>> story_of("sage").main
    '#8fa88b'
    """
    try:
        return _BY_NAME[style]
    except KeyError:
        raise UsageError(
            f"style {style!r} is not a colour story; use one of {', '.join(STYLES)}."
        ) from None


def pick(rng: np.random.Generator, choices: Sequence[T]) -> T:
    """One of `choices`, each equally likely."""
    return choices[int(rng.integers(len(choices)))]
