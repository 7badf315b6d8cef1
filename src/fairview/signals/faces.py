"""Where the faces of a picture are, found with the cascades that come with OpenCV.

Cascades (Viola and Jones, 2001) expect eyes darker than cheeks. On dark skin the whites of the
eyes turn that around, and less of the picture's scale is left for the face, so a plain pass finds
far fewer dark faces than light ones. Two more passes look at the shadows alone: small bright
things are eroded away and the darkest part of the scale is stretched over all of it.
Where nothing is found, a last pass looks at the picture with its contrast evened out.
"""

from __future__ import annotations

import importlib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, cast

import cv2
import numpy as np
import numpy.typing as npt

from fairview.signals.batch import Picture
from fairview.signals.pixels import scaled, to_grey

_SIDE = 288
_SMALLEST = 27
_STEP, _NEIGHBOURS = 1.3, 1
_FINE_STEP, _FINE_NEIGHBOURS = 1.2, 2
_SHADOW_LEVELS = (64, 48)
_CASCADE = "haarcascade_frontalface_alt2.xml"

Grey = npt.NDArray[np.uint8]


@dataclass(frozen=True)
class Face:
    """A square around a face, in the picture's pixels, and how many passes found it."""

    left: int
    top: int
    size: int
    passes: int = 1

    def overlaps(self, other: Face) -> bool:
        """Return whether the two squares share over a third of the smaller one."""
        width = min(self.left + self.size, other.left + other.size) - max(self.left, other.left)
        height = min(self.top + self.size, other.top + other.size) - max(self.top, other.top)
        shared = max(width, 0) * max(height, 0)
        return 3 * shared > min(self.size, other.size) ** 2


def find_faces(picture: Picture) -> list[Face]:
    """Return the faces of a picture, from left to right; none is an empty list."""
    height, width = picture.shape[:2]
    scale = _SIDE / max(height, width)
    grey = to_grey(scaled(picture, _SIDE))
    found: list[Face] = []
    boxes = _detect(grey, _STEP, _NEIGHBOURS)
    for view in _shadow_views(grey):
        boxes += _detect(view, _FINE_STEP, _NEIGHBOURS)
    if not boxes:
        boxes = _detect(_equalised(grey), _FINE_STEP, _FINE_NEIGHBOURS)
    for left, top, size, _ in boxes:
        _add(found, Face(round(left / scale), round(top / scale), round(size / scale)))
    inside = (_clipped(face, width, height) for face in found)
    kept = [face for face in inside if face.size >= _SMALLEST / 2]
    return sorted(kept, key=lambda face: (face.left, face.top))


def _shadow_views(grey: Grey) -> list[Grey]:
    """Return views in which dark faces have the contrast that cascades expect."""
    element = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (5, 5))
    eroded = cv2.erode(grey, element)
    return [cast(Grey, cv2.convertScaleAbs(eroded, alpha=255 / level)) for level in _SHADOW_LEVELS]


def _equalised(grey: Grey) -> Grey:
    """Return a view with its contrast evened out place by place (CLAHE, Zuiderveld, 1994)."""
    return cv2.createCLAHE(2.0, (4, 4)).apply(grey).astype(np.uint8)


def _detect(view: Grey, step: float, neighbours: int) -> list[list[int]]:
    smallest = (_SMALLEST, _SMALLEST)
    boxes = _cascade().detectMultiScale(view, step, neighbours, minSize=smallest)
    return [[int(value) for value in box] for box in boxes]


def _add(found: list[Face], face: Face) -> None:
    """Add a face, or count another pass for one that is already there."""
    for index, other in enumerate(found):
        if face.overlaps(other):
            found[index] = Face(other.left, other.top, other.size, other.passes + 1)
            return
    found.append(face)


def _clipped(face: Face, width: int, height: int) -> Face:
    left, top = max(face.left, 0), max(face.top, 0)
    size = min(face.size, width - left, height - top)
    return Face(left, top, size, face.passes)


@cache
def _cascade() -> cv2.CascadeClassifier:
    data: Any = importlib.import_module("cv2.data")
    folder = Path(data.haarcascades)
    return cv2.CascadeClassifier(str(folder / _CASCADE))
