"""Which pixels of a face are skin: not eyes, brows, lips, hair, highlights or deep shadow."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from fairview.signals.batch import Picture
from fairview.signals.faces import Face
from fairview.signals.light import Light, Linear, luminance, with_eyes
from fairview.signals.monk import TONES, Lab, linear_to_lab, to_linear
from fairview.signals.pixels import scaled

_BANDWIDTH = 12.0
_LIGHTNESS_WEIGHT = 0.6
_ROUNDS = 6
_SAMPLE = 500
_FAR_FROM_SKIN = 12.0
_LIGHTER_THAN_SKIN = 12.0
_FLUSH = (0.0, 0.05, 0.10)
_RATIOS = np.stack([TONES[:, 1:] / (TONES[:, :1] + 16) + (red, -0.2 * red) for red in _FLUSH])
_SIDE = 96
_SHARP = 90
_TILTED = 0.028
_LEVELS, _KEPT = (35.0, 55.0, 75.0, 85.0), (0.2, 0.5, 0.55, 0.8)
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
        The face's square in CIELAB, corrected for the light there, at most 96 pixels wide.
    mask
        Which of them are skin.
    share
        Share of the face's oval that is skin, 0 to 1.
    light
        The light at the face.
    tilt
        How much lighter one side of it is than the other, relative to both.
    """

    lab: Lab
    mask: Mask
    share: float
    light: Light
    tilt: float = 0.0


def face_skin(picture: Picture, face: Face, light: Light) -> FaceSkin:
    """Return the skin of one face in a picture under a light.

    The commonest colour among forehead, nose and cheeks that could be skin is followed to its
    mode (mean shift, Comaniciu and Meer, 2002); skin is what is near it in the face's oval, without
    its shaded side and its highlights.
    """
    rows = slice(face.top, face.top + face.size)
    crop = picture[rows, face.left : face.left + face.size]
    local = _light_at(to_linear(crop), light, sharp=face.size >= _SHARP)
    square = to_linear(scaled(crop, _SIDE) if face.size > _SIDE else crop)
    across, down = _places(square.shape[:2])
    oval = (across / 0.36) ** 2 + ((down - 0.04) / 0.46) ** 2 < 1
    lab = linear_to_lab(np.clip(square * local.gains, 0, 1))
    mode = _skin_mode(lab, across, down, oval)
    if mode is None:
        return FaceSkin(lab, np.zeros_like(oval), 0.0, local)
    mask = oval & (_distance(lab, mode) < 1.3 * _BANDWIDTH) & ~_between(across, down)
    share = float(mask.sum() / max(int(oval.sum()), 1))
    tilt = _tilt(lab[..., 0], across, mask)
    return FaceSkin(lab, _evenly_lit(lab[..., 0], across, mask, tilt), share, local, abs(tilt))


def skin_doubt(lab: Lab) -> float:
    """Return how far a colour is from any skin of its lightness, in CIELAB units of a* and b*.

    Shade dims light, which scales L* + 16, a* and b* alike, so a colour could be skin where its
    a* and b* relative to L* + 16 lie near those of a tone that is not much darker than it. Blood
    makes skin redder than the tones are, so redder ones than they are count too.
    """
    level = lab[0] + 16
    ratio = lab[1:] / level
    light_enough = TONES[:, 0] >= min(lab[0] - _LIGHTER_THAN_SKIN, TONES[0, 0])
    offset = _RATIOS[:, light_enough] - ratio
    return float(np.hypot(offset[..., 0], offset[..., 1]).min() * level)


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


def _light_at(square: Linear, light: Light, *, sharp: bool) -> Light:
    """Return the light at a face, from the whites of its eyes in full detail."""
    across, down = _places(square.shape[:2])
    eyes = square[(np.abs(down + 0.1) < 0.12) & (np.abs(across) < 0.34)]
    if len(eyes) < 30:
        return light
    level = luminance(eyes)
    whites = eyes[level >= np.percentile(level, 97)]
    cheeks = square[(np.abs(down - 0.12) < 0.06) & (np.abs(across) < 0.3)]
    return with_eyes(light, whites, np.median(cheeks, axis=0), sharp=sharp)


def _distance(lab: Lab, centre: Lab) -> npt.NDArray[np.float64]:
    offset = (lab - centre) * np.array([_LIGHTNESS_WEIGHT, 1.0, 1.0])
    distance: npt.NDArray[np.float64] = np.sqrt((offset**2).sum(axis=-1))
    return distance


def _skin_mode(lab: Lab, across: Linear, down: Linear, oval: Mask) -> Lab | None:
    """Return the colour mode that most of the oval shares and that could be skin."""
    pixels = lab[oval]
    if len(pixels) == 0:
        return None
    pixels = pixels[:: 1 + len(pixels) // _SAMPLE]
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


def _tilt(lightness: npt.NDArray[np.float64], across: Linear, mask: Mask) -> float:
    """Return how much lighter the right side of a face is than the left, relative to both."""
    left, right = mask & (across < -0.06), mask & (across > 0.06)
    if min(left.sum(), right.sum()) < _FEWEST:
        return 0.0
    sides = np.median(lightness[right]) + 16, np.median(lightness[left]) + 16
    return float(2 * (sides[0] - sides[1]) / (sides[0] + sides[1]))


def _evenly_lit(
    lightness: npt.NDArray[np.float64], across: Linear, mask: Mask, tilt: float
) -> Mask:
    """Return the part of a mask that shows the skin's own colour.

    Highlights add about the same light to any skin, so they stand out on dark skin, where the
    darker part is kept; shade takes a share of the light, so it shows on light skin, where the
    lighter part is kept. Of a face that is lit from one side only the lit side is.
    """
    lit = mask
    if abs(tilt) >= _TILTED:
        lit = mask & ((across > 0.06) if tilt > 0 else (across < -0.06))
    if lit.sum() < _FEWEST:
        return lit
    middle = float(np.interp(np.median(lightness[lit]), _LEVELS, _KEPT))
    if abs(tilt) >= _TILTED:
        middle = max(middle, _KEPT[-1])
    low, high = np.percentile(lightness[lit], (100 * (middle - 0.15), 100 * (middle + 0.15)))
    kept: Mask = lit & (lightness >= low) & (lightness <= high)
    return kept
