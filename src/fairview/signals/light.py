"""The light of a picture: how bright and of what colour its white is, and a correction for it.

The white is estimated from the brightest places (the white patch of Land and McCann, 1971) and,
where a face is found, from the whites of its eyes.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Linear = npt.NDArray[np.float64]
"""Linear light of sRGB in [0, 1]; the last axis is 3."""

WHITE_LEVEL = 0.90
"""Linear light that a white surface gives in a well exposed picture."""

_LUMINANCE = np.array([0.2126729, 0.7151522, 0.0721750])
_BRIGHTEST = 99.0
_MOST_GAIN = 3.5
_CLIPPED = 0.985
_EYE_WHITE = 0.85
_EYE_SHARE = 0.3


@dataclass(frozen=True)
class Light:
    """An estimate of a picture's light.

    Parameters
    ----------
    white
        What a white surface gives there: three values of linear light.
    overexposed
        Share of the picture where a colour, not only white, reaches the top of its scale.
    """

    white: tuple[float, float, float]
    overexposed: float

    @property
    def cast(self) -> float:
        """How strongly coloured the light is: its largest over its smallest part, minus one."""
        return max(self.white) / max(min(self.white), 1e-6) - 1

    @property
    def gains(self) -> Linear:
        """What each channel is multiplied by, so that white is as in a well exposed picture.

        Where colours are cut off at the top, the picture is brighter than it should be by an
        amount that can't be seen in it; up to a third of a stop is taken.
        """
        exposure = 2 ** (min(self.overexposed / 0.05, 1.0) / 3)
        gains: Linear = WHITE_LEVEL / exposure / np.maximum(self.white, 1e-3)
        return np.minimum(gains, _MOST_GAIN)

    @property
    def doubt(self) -> float:
        """How far the correction goes, in stops; a larger correction is a less certain one."""
        return float(np.abs(np.log2(self.gains)).mean())


def estimate_light(linear: Linear, outside: npt.NDArray[np.bool_] | None = None) -> Light:
    """Return the light of a picture.

    Parameters
    ----------
    linear
        The picture, height x width x 3.
    outside
        Where to look, such as outside of faces; everywhere where None or hardly anything is left.
    """
    pixels = linear.reshape(-1, 3)
    if outside is not None and outside.mean() > 0.2:
        pixels = linear[outside]
    white = np.percentile(pixels, _BRIGHTEST, axis=0)
    top, bottom = pixels.max(axis=1), pixels.min(axis=1)
    return Light(_triple(white), float(((top > _CLIPPED) & (bottom < 0.85)).mean()))


def with_eyes(light: Light, eyes: Linear, skin: Linear, *, sharp: bool = True) -> Light:
    """Return the light at a face, from the picture's light and the whites of the eyes.

    Parameters
    ----------
    light
        The picture's light.
    eyes
        The brightest places between the brows and the nose, m x 3.
    skin
        The face's skin, 3 values; eyes that aren't brighter than it tell nothing.
    sharp
        Whether the face is large enough for its eyes to have whites of their own. Those of a
        small one are blurred, and only tell that white is no darker than they are.
    """
    if len(eyes) == 0:
        return light
    seen = np.median(eyes, axis=0)
    level, face = float(seen @ _LUMINANCE), float(skin @ _LUMINANCE)
    white = np.array(light.white)
    if level < 1.15 * face:
        return light
    local = np.minimum(np.maximum(seen, 1e-3) / _EYE_WHITE, 1)
    if level > float(white @ _LUMINANCE):
        return Light(_triple(local), light.overexposed)
    if not sharp:
        return light
    blended = np.exp((1 - _EYE_SHARE) * np.log(white) + _EYE_SHARE * np.log(local))
    return Light(_triple(blended), light.overexposed)


def luminance(linear: Linear) -> npt.NDArray[np.float64]:
    """Return the relative luminance Y of linear light."""
    values: npt.NDArray[np.float64] = linear @ _LUMINANCE
    return values


def _triple(values: Linear) -> tuple[float, float, float]:
    red, green, blue = (float(value) for value in np.maximum(values, 1e-3))
    return red, green, blue
