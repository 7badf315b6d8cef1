"""Colour words of a query, as places in CIELAB, and how near a picture's colours come to them."""

from __future__ import annotations

import re
from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from fairview.core.columns import Array

COLOURS: Mapping[str, tuple[float, float, float]] = {
    "black": (15, 0, 0),
    "white": (96, 0, 0),
    "grey": (58, 0, 0),
    "gray": (58, 0, 0),
    "silver": (76, 0, -1),
    "red": (46, 64, 42),
    "burgundy": (28, 40, 16),
    "pink": (74, 34, 3),
    "orange": (68, 40, 66),
    "peach": (84, 14, 24),
    "yellow": (86, 2, 78),
    "gold": (72, 10, 56),
    "beige": (88, 2, 14),
    "cream": (94, 0, 12),
    "brown": (38, 18, 26),
    "green": (50, -42, 36),
    "olive": (52, -10, 42),
    "mint": (86, -22, 8),
    "teal": (48, -28, -8),
    "turquoise": (74, -36, -6),
    "blue": (42, 12, -52),
    "navy": (18, 10, -32),
    "purple": (36, 44, -42),
    "lilac": (76, 18, -20),
    "lavender": (80, 12, -18),
}
"""Typical CIELAB values (D65) of colour words; signals about people aren't described here."""

_WORD = re.compile(r"[a-z]+")
_LONGEST = 2_000

SPREAD = 22.0
"""CIELAB distance at which a colour counts for 1/e."""


def targets_of(query: str) -> npt.NDArray[np.float64]:
    """Return the places of a query's colour words, c x 3.

    Examples
    --------
    >>> targets_of("a Red dress").tolist()
    [[46.0, 64.0, 42.0]]
    """
    words = _WORD.findall(query[:_LONGEST].casefold())
    found = [COLOURS[word] for word in dict.fromkeys(words) if word in COLOURS]
    return np.array(found, np.float64).reshape(-1, 3)


def colour_match(colours: Array, targets: Array) -> npt.NDArray[np.float64]:
    """Return how much of each picture has one of the colours asked for, n floats in [0, 1].

    Parameters
    ----------
    colours
        n x 20: five times (L*, a*, b*, share), as the signal ``dominant_colours`` gives them.
    targets
        c x 3 places in CIELAB, at least one.
    """
    parts = colours.reshape(len(colours), -1, 4).astype(np.float64)
    gaps = parts[:, :, None, :3] - targets[None, None]
    near = np.exp(-np.sqrt((gaps**2).sum(axis=3)) / SPREAD).max(axis=2)
    match: npt.NDArray[np.float64] = (near * parts[:, :, 3]).sum(axis=1)
    return match
