"""The ten tones of the Monk scale as published, and the nearest tone to a measured colour.

Source of the palette: Ellis Monk, *Monk Skin Tone Scale*, 2019 (skintone.google). The palette
names how a picture looks. It doesn't name who is in it.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from fairview.core import SKIN_TONE

PALETTE = (
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
)
"""Tones 1 to 10 as sRGB."""

Lab = npt.NDArray[np.float64]
"""CIELAB under D65: L* from 0 to 100, a* and b* about -100 to 100; the last axis is 3."""

_TO_XYZ = np.array(
    [
        [0.4124564, 0.3575761, 0.1804375],
        [0.2126729, 0.7151522, 0.0721750],
        [0.0193339, 0.1191920, 0.9503041],
    ]
)
_WHITE = _TO_XYZ.sum(axis=1)
_CHROMA_WEIGHT = 0.8


def to_linear(rgb: npt.NDArray[np.uint8]) -> npt.NDArray[np.float64]:
    """Return sRGB bytes as linear light in [0, 1] (IEC 61966-2-1)."""
    linear: npt.NDArray[np.float64] = _LINEAR[rgb]
    return linear


def _linear_table() -> npt.NDArray[np.float64]:
    value = np.arange(256) / 255
    linear: npt.NDArray[np.float64] = ((value + 0.055) / 1.055) ** 2.4
    dark = value <= 0.04045
    linear[dark] = value[dark] / 12.92
    return linear


_LINEAR = _linear_table()


def linear_to_lab(linear: npt.NDArray[np.float64]) -> Lab:
    """Return linear sRGB light (last axis 3) in CIELAB under D65 (CIE 15:2004).

    Examples
    --------
    >>> linear_to_lab(np.ones(3)).round(3).tolist()
    [100.0, 0.0, 0.0]
    """
    ratio = np.maximum(linear @ _TO_XYZ.T, 0) / _WHITE
    f = np.where(ratio > (6 / 29) ** 3, np.cbrt(ratio), ratio * (29 / 6) ** 2 / 3 + 4 / 29)
    x, y, z = f[..., 0], f[..., 1], f[..., 2]
    return np.stack([116 * y - 16, 500 * (x - y), 200 * (y - z)], axis=-1)


def rgb_to_lab(rgb: npt.NDArray[np.uint8]) -> Lab:
    """Return sRGB bytes (last axis 3) in CIELAB under D65."""
    return linear_to_lab(to_linear(rgb))


def _palette_lab() -> Lab:
    rgb = [[int(tone[i : i + 2], 16) for i in (1, 3, 5)] for tone in PALETTE]
    return rgb_to_lab(np.array(rgb, np.uint8))


TONES = _palette_lab()
"""The ten tones in CIELAB, 10 x 3."""


def hue_angle(lab: Lab) -> float:
    """Return the CIELAB hue angle in degrees, 0 (red) to 90 (yellow) for skin."""
    return float(np.degrees(np.arctan2(lab[2], lab[1])))


def typology_angle(lab: Lab) -> float:
    """Return the individual typology angle in degrees (Chardon et al., 1991).

    It is atan((L* - 50) / b*): above 55 is very light, below -30 is dark.
    """
    return float(np.degrees(np.arctan2(lab[0] - 50, lab[2])))


def tone_distances(lab: Lab) -> npt.NDArray[np.float64]:
    """Return the distance of one colour to each of the ten tones.

    Lightness counts in full and chroma at eight tenths, because a light's colour moves a* and b*
    more than the tone of skin does.

    Examples
    --------
    >>> int(tone_distances(TONES[6]).argmin()) + 1
    7
    """
    scale = np.array([1.0, _CHROMA_WEIGHT, _CHROMA_WEIGHT])
    distances: npt.NDArray[np.float64] = np.sqrt((((TONES - lab) * scale) ** 2).sum(axis=1))
    return distances


def range_probabilities(lab: Lab, spread: float) -> npt.NDArray[np.float64]:
    """Return the probability of each skin tone range, for a colour known up to `spread`.

    Each tone stands for the stretch of the scale around it, so its Gaussian likelihood is
    weighted by the distance between its neighbours: tones that lie close together don't add
    up to more than one that stands alone.

    Parameters
    ----------
    lab
        One colour in CIELAB.
    spread
        Standard deviation of its error in `tone_distances` units, above 0.
    """
    likelihood = _REACH * np.exp(-0.5 * (tone_distances(lab) / spread) ** 2)
    total = likelihood.sum()
    share = likelihood / total if total > 0 else _one_hot(tone_distances(lab))
    tones = [np.array(SKIN_TONE.groups[name], int) - 1 for name in SKIN_TONE.names]
    return np.array([share[index].sum() for index in tones])


def _one_hot(distances: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    one_hot = np.zeros(len(distances))
    one_hot[distances.argmin()] = 1
    return one_hot


def _reach() -> npt.NDArray[np.float64]:
    gaps = np.array([tone_distances(a)[i + 1] for i, a in enumerate(TONES[:-1])])
    return np.concatenate([gaps[:1], (gaps[:-1] + gaps[1:]) / 2, gaps[-1:]])


_REACH = _reach()
