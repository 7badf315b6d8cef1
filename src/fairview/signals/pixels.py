"""Pictures as arrays: sizes and colour spaces, through OpenCV, with their types."""

from __future__ import annotations

from typing import Any, TypeVar, cast

import cv2
import numpy as np
import numpy.typing as npt

from fairview.signals.batch import Picture

Plane = npt.NDArray[np.float32]
"""A map of floats: height x width, or height x width x channels."""

Pixels = TypeVar("Pixels", bound=npt.NDArray[Any])


def resized(pixels: Pixels, width: int, height: int) -> Pixels:
    """Return a picture or map of this size: averaged where it shrinks, else interpolated."""
    shrinks = pixels.shape[0] > height or pixels.shape[1] > width
    method = cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR
    return cast(Pixels, cv2.resize(pixels, (width, height), interpolation=method))


def scaled(picture: Picture, longest: int) -> Picture:
    """Return a picture whose longest side has this many pixels."""
    height, width = picture.shape[:2]
    scale = longest / max(height, width)
    return resized(picture, max(1, round(width * scale)), max(1, round(height * scale)))


def to_lab(picture: Picture) -> Plane:
    """Return a picture in CIELAB under D65, in single precision."""
    return cast(Plane, cv2.cvtColor(picture.astype(np.float32) / 255, cv2.COLOR_RGB2LAB))


def to_grey(picture: Picture) -> npt.NDArray[np.uint8]:
    """Return a picture's luma, height x width."""
    return cast(npt.NDArray[np.uint8], cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY))
