"""From a scene's truth to a picture: composed, painted, then lit."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from fairview.catalog.world.draw.light import light_picture
from fairview.catalog.world.draw.objects_food import draw_food
from fairview.catalog.world.draw.objects_home import draw_home
from fairview.catalog.world.draw.objects_nails import draw_nails
from fairview.catalog.world.draw.palette import pick, story_of
from fairview.catalog.world.draw.people import draw_person
from fairview.catalog.world.draw.raster import Raster
from fairview.catalog.world.draw.subjects import FOODS, HOMES, NAILS
from fairview.catalog.world.draw.wedding import draw_wedding
from fairview.catalog.world.truth import OBJECT_THEMES, PEOPLE_THEMES, SceneTruth
from fairview.core.errors import DataError, UsageError

Image = NDArray[np.uint8]

_FINENESS = 1.5
"""Pixels painted across each final pixel."""

_HEIGHTS: dict[str, tuple[int, ...]] = {
    "portrait": (360, 400, 400, 440),
    "makeup": (320, 360, 400),
    "hair": (360, 400, 440),
    "outfit": (420, 460, 480),
    "streetwear": (400, 460, 480),
    "wedding": (400, 440, 480),
    "nails": (320, 360, 400),
    "home": (360, 400, 440),
    "food": (320, 320, 360, 400),
}
"""Heights that suit each theme at 320 pixels of width."""


def draw_scene(
    scene: SceneTruth, rng: np.random.Generator, *, width: int = 320, height: int | None = None
) -> Image:
    """Draw the picture that a scene's truth describes.

    Parameters
    ----------
    scene
        Theme, people, lighting, colour story and subject. A subject that the theme doesn't
        list is drawn as one that it does; a hair subject of another pattern than the person's
        gives way to the person's pattern.
    rng
        Decides everything that the truth leaves open. The same scene and generator state
        give the same pixels.
    width, height
        Size in pixels; without a height, one that suits the theme is chosen, between
        `width` and one and a half times as much.

    Returns
    -------
    ndarray of uint8, shape (height, width, 3)
        sRGB, in the order red, green, blue.

    Raises
    ------
    UsageError
        If the theme, style or lighting is unknown, a people theme has nobody in it, or an
        object theme has somebody.
    """
    check_scene(scene)
    story = story_of(scene.style)
    if height is None:
        height = round(pick(rng, _HEIGHTS[scene.theme]) * width / 320)
    zoom = width / 320
    canvas = Raster(320, height / zoom, zoom * _FINENESS)
    if scene.theme == "wedding":
        draw_wedding(canvas, scene, story, rng)
    elif scene.theme in PEOPLE_THEMES:
        draw_person(canvas, scene, story, rng)
    else:
        table, draw = {
            "nails": (NAILS, draw_nails),
            "home": (HOMES, draw_home),
            "food": (FOODS, draw_food),
        }[scene.theme]
        draw(canvas, table.get(scene.subject) or pick(rng, tuple(table.values())), story, rng)
    return light_picture(canvas.finished(width, height), scene.lighting, rng)


def check_scene(scene: SceneTruth) -> None:
    """Raise a `UsageError` if a scene can't be drawn."""
    if scene.theme not in PEOPLE_THEMES + OBJECT_THEMES:
        raise UsageError(
            f"theme {scene.theme!r} is unknown; use one of "
            f"{', '.join(PEOPLE_THEMES + OBJECT_THEMES)}."
        )
    if scene.theme in PEOPLE_THEMES and not scene.people:
        raise UsageError(f"theme {scene.theme!r} shows people; give the scene at least one person.")
    if scene.theme in OBJECT_THEMES and scene.people:
        raise UsageError(f"theme {scene.theme!r} shows objects; give the scene no people.")


def encode_jpeg(image: Image, quality: int) -> bytes:
    """Encode an sRGB picture, H × W × 3 of uint8, as a JPEG of `quality` 1 to 100.

    Raises
    ------
    UsageError
        If the quality is outside 1 to 100.
    """
    if not 1 <= quality <= 100:
        raise UsageError(f"quality is {quality}; give a number from 1 to 100.")
    done, buffer = cv2.imencode(
        ".jpg", cv2.cvtColor(image, cv2.COLOR_RGB2BGR), [cv2.IMWRITE_JPEG_QUALITY, quality]
    )
    if not done:
        raise DataError("the picture could not be encoded as JPEG; give H × W × 3 of uint8.")
    return bytes(buffer.tobytes())
