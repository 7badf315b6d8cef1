"""Which pixels of a face are skin: not eyes, brows, lips, hair, highlights or deep shadow."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from fairview.signals.batch import Picture
from fairview.signals.faces import Face
from fairview.signals.light import Light, Linear, luminance, with_eyes
from fairview.signals.monk import TONES, Lab, linear_to_lab, to_linear

_BANDWIDTH = 12.0
_LIGHTNESS_WEIGHT = 0.6
_ROUNDS = 6
_FAR_FROM_SKIN = 12.0
_LIGHTER_THAN_SKIN = 12.0
_RATIOS = TONES[:, 1:] / (TONES[:, :1] + 16)
_TILTED = 5.0
_FEWEST = 30
_PATCHES = ((0.0, -0.3), (-0.2, 0.14), (0.2, 0.14), (0.0, 0.06), (-0.15, -0.25), (0.15, -0.25))
_PATCH = 0.07

Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class FaceSkin:
    """The skin of one face.

    Parameters
    ----------
    lab
        The face's square in CIELAB, corrected for the light there.
    mask
        Which of them are skin.
    share
        Share of the face's oval that is skin, 0 to 1.
    light
        The light at the face.
    """

    lab: Lab
    mask: Mask
    share: float
    light: Light


def face_skin(picture: Picture, face: Face, light: Light) -> FaceSkin:
    """Return the skin of one face in a picture under a light.

    The commonest colour among forehead, nose and cheeks that could be skin is followed to its
    mode (mean shift, Comaniciu and Meer, 2002); skin is what is near it in the face's oval. Where
    light falls from one side the darker half of that is left out.
    """
    rows = slice(face.top, face.top + face.size)
    square = to_linear(picture[rows, face.left : face.left + face.size])
    across, down = _places(square.shape[:2])
    oval = (across / 0.36) ** 2 + ((down - 0.04) / 0.46) ** 2 < 1
    local = _light_at(square, across, down, light)
    lab = linear_to_lab(np.clip(square * local.gains, 0, 1))
    mode = _skin_mode(lab, across, down, oval)
    if mode is None:
        return FaceSkin(lab, np.zeros_like(oval), 0.0, local)
    mask = oval & (_distance(lab, mode) < 1.3 * _BANDWIDTH) & ~_between(across, down)
    share = float(mask.sum() / max(int(oval.sum()), 1))
    return FaceSkin(lab, _without_shadow(lab[..., 0], across, mask), share, local)


def skin_doubt(lab: Lab) -> float:
    """Return how far a colour is from any skin of its lightness, in CIELAB units of a* and b*.

    Shade dims light, which scales L* + 16, a* and b* alike, so a colour could be skin where its
    a* and b* relative to L* + 16 lie near those of a tone that is not much darker than it.
    """
    level = lab[0] + 16
    ratio = lab[1:] / level
    possible = _RATIOS[TONES[:, 0] >= lab[0] - _LIGHTER_THAN_SKIN]
    if len(possible) == 0:
        possible = _RATIOS[:3]
    return float(np.sqrt(((possible - ratio) ** 2).sum(axis=1)).min() * level)


def _places(shape: tuple[int, ...]) -> tuple[Linear, Linear]:
    """Return each pixel's place in its square, from -0.5 to 0.5 across and down."""
    down = (np.arange(shape[0]) + 0.5) / shape[0] - 0.5
    across = (np.arange(shape[1]) + 0.5) / shape[1] - 0.5
    return np.broadcast_to(across, shape), np.broadcast_to(down[:, None], shape)


def _between(across: Linear, down: Linear) -> Mask:
    """Return where eyes, brows and lips are."""
    eyes = (np.abs(down + 0.1) < 0.09) & (np.abs(across) < 0.32)
    lips = (np.abs(down - 0.3) < 0.08) & (np.abs(across) < 0.2)
    return eyes | lips


def _light_at(square: Linear, across: Linear, down: Linear, light: Light) -> Light:
    eyes = square[(np.abs(down + 0.1) < 0.12) & (np.abs(across) < 0.34)]
    if len(eyes) < 30:
        return light
    level = luminance(eyes)
    whites = eyes[level >= np.percentile(level, 97)]
    cheeks = square[(np.abs(down - 0.12) < 0.06) & (np.abs(across) < 0.3)]
    return with_eyes(light, whites, np.median(cheeks, axis=0))


def _distance(lab: Lab, centre: Lab) -> npt.NDArray[np.float64]:
    offset = (lab - centre) * np.array([_LIGHTNESS_WEIGHT, 1.0, 1.0])
    distance: npt.NDArray[np.float64] = np.sqrt((offset**2).sum(axis=-1))
    return distance


def _skin_mode(lab: Lab, across: Linear, down: Linear, oval: Mask) -> Lab | None:
    """Return the colour mode that most of the oval shares and that could be skin."""
    pixels = lab[oval]
    if len(pixels) == 0:
        return None
    best, most = None, 0.0
    for x, y in _PATCHES:
        patch = lab[(np.abs(across - x) < _PATCH) & (np.abs(down - y) < _PATCH)]
        if len(patch) == 0:
            continue
        mode = _shift(pixels, np.median(patch, axis=0))
        support = float((_distance(pixels, mode) < _BANDWIDTH).mean())
        support *= np.exp(-0.5 * (skin_doubt(mode) / (_FAR_FROM_SKIN / 2)) ** 2)
        if support > most and skin_doubt(mode) < _FAR_FROM_SKIN:
            best, most = mode, support
    return best


def _shift(pixels: Lab, start: Lab) -> Lab:
    centre = start
    for _ in range(_ROUNDS):
        near = pixels[_distance(pixels, centre) < _BANDWIDTH]
        if len(near) == 0:
            break
        moved: Lab = near.mean(axis=0)
        if np.abs(moved - centre).max() < 0.1:
            break
        centre = moved
    return centre


def _without_shadow(lightness: npt.NDArray[np.float64], across: Linear, mask: Mask) -> Mask:
    """Return the mask without the far side of a face that is lit from one side."""
    left, right = mask & (across < -0.06), mask & (across > 0.06)
    if min(left.sum(), right.sum()) < _FEWEST:
        return mask
    tilt = float(np.median(lightness[right]) - np.median(lightness[left]))
    if abs(tilt) < _TILTED:
        return mask
    lit = right if tilt > 0 else left
    return lit & (lightness >= np.percentile(lightness[lit], 40))
