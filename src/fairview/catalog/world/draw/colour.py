"""Colour arithmetic of the artist: light multiplies, paint mixes, OKLCH names hues."""

from __future__ import annotations

import math
from functools import lru_cache

Triple = tuple[float, float, float]


def _decode(channel: float) -> float:
    return channel / 12.92 if channel <= 0.04045 else float(((channel + 0.055) / 1.055) ** 2.4)


def _encode(channel: float) -> float:
    clipped = min(max(channel, 0.0), 1.0)
    return clipped * 12.92 if clipped <= 0.0031308 else 1.055 * clipped ** (1 / 2.4) - 0.055


@lru_cache(maxsize=8192)
def to_linear(colour: str) -> Triple:
    """Linear-light red, green, blue in 0 to 1 of an sRGB colour such as ``"#a07e56"``."""
    r, g, b = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    return _decode(r), _decode(g), _decode(b)


def from_linear(light: Triple) -> str:
    """Return the ``"#rrggbb"`` of linear-light red, green, blue; clipped to 0 to 1."""
    return "#" + "".join(f"{round(_encode(channel) * 255):02x}" for channel in light)


@lru_cache(maxsize=16384)
def mix(first: str, second: str, share: float) -> str:
    """Mix two paints in encoded sRGB: `share` 0 is the first, 1 the second.

    >>> mix("#000000", "#ffffff", 0.5)
    '#808080'
    """
    channels = (
        round(int(first[i : i + 2], 16) * (1 - share) + int(second[i : i + 2], 16) * share)
        for i in (1, 3, 5)
    )
    return "#" + "".join(f"{min(max(channel, 0), 255):02x}" for channel in channels)


@lru_cache(maxsize=16384)
def lit(colour: str, red: float, green: float | None = None, blue: float | None = None) -> str:
    """Multiply a colour in linear light, as a lamp or a shadow does.

    One factor dims or brightens; three also tint.

    >>> lit("#ffffff", 0.5)
    '#bcbcbc'
    """
    light = to_linear(colour)
    green = red if green is None else green
    blue = red if blue is None else blue
    return from_linear((light[0] * red, light[1] * green, light[2] * blue))


def oklch(lightness: float, chroma: float, hue: float) -> Triple:
    """Linear-light sRGB of an OKLCH colour (Ottosson 2020); hue in degrees, not clipped."""
    a = chroma * math.cos(math.radians(hue))
    b = chroma * math.sin(math.radians(hue))
    long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    medium = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    return (
        4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short,
        -1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short,
        -0.0041960863 * long - 0.7034186147 * medium + 1.7076147010 * short,
    )


def luminance(colour: str) -> float:
    """Relative luminance, 0 to 1, of an sRGB colour (Rec. 709 weights)."""
    red, green, blue = to_linear(colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
