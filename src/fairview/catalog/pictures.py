"""Decode a picture whatever its form, and normalise it: upright sRGB, on white, of bounded size."""

from __future__ import annotations

import io
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt
from PIL import Image, ImageCms, UnidentifiedImageError

from fairview.catalog.entries import Problem

Pixels = npt.NDArray[np.uint8]

JPEG_QUALITY = 88
FORMATS = ("JPEG", "PNG", "GIF", "WEBP", "TIFF", "BMP", "PPM", "AVIF", "JPEG2000")
"""What is decoded. Formats that run a program or a script of their own are not among them."""

_ORIENTATION = 0x0112
_ANIMATED = ("GIF", "WEBP", "PNG", "AVIF")
_SIDEWAYS = (5, 6, 7, 8)


@dataclass(frozen=True)
class Normalised:
    """A picture as it is kept.

    Parameters
    ----------
    jpeg
        The bytes of an sRGB JPEG without any metadata.
    width, height
        Size of the original in pixels, upright.
    note
        What a person should know of the reading, such as that only the first frame is kept;
        empty where there is nothing to say.
    """

    jpeg: bytes
    width: int
    height: int
    note: str = ""


class PictureError(Exception):
    """A picture that can't be read; `problem` says why."""

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(f"{reason}: {detail}")
        self.problem = Problem(reason, detail)


def normalise(data: bytes, *, side: int, max_pixels: int) -> Normalised:
    """Return the picture in `data`, normalised.

    Parameters
    ----------
    data
        The bytes of a picture file.
    side
        The longest side that is kept, in pixels; smaller pictures keep their size.
    max_pixels
        Larger pictures are refused by their header, before they are decoded.

    Raises
    ------
    PictureError
        Where the bytes aren't a picture, or one that is broken or too large.

    Examples
    --------
    >>> file = io.BytesIO()
    >>> Image.new("RGB", (40, 20), "red").save(file, "PNG")
    >>> picture = normalise(file.getvalue(), side=10, max_pixels=1000)
    >>> picture.width, picture.height
    (40, 20)
    """
    if not data:
        raise PictureError("empty_file", "0 bytes")
    with _quiet():
        image = _open(data)
        if image.width * image.height > max_pixels:
            raise PictureError(
                "too_many_pixels", f"{image.width} x {image.height}, more than {max_pixels}"
            )
        return _decoded(image, side)


def _open(data: bytes) -> Image.Image:
    try:
        return Image.open(io.BytesIO(data), formats=FORMATS)
    except UnidentifiedImageError:
        raise PictureError("not_an_image", f"starts with {data[:8]!r}") from None
    except Exception as error:
        raise PictureError("corrupt", _told(error)) from error


def _decoded(image: Image.Image, side: int) -> Normalised:
    try:
        note = _note(image)
        orientation = _orientation(image)
        width, height = image.size
        if orientation in _SIDEWAYS:
            width, height = height, width
        if image.format in ("JPEG", "MPO"):
            image.draft(None, _draft_size(image, side))
        image.load()
        pixels = _upright(_shrunk(_rgb(image), side), orientation)
        return Normalised(encode_jpeg(pixels), width, height, note)
    except PictureError:
        raise
    except Exception as error:
        cut = "truncated" in str(error) or isinstance(error, EOFError)
        raise PictureError("truncated" if cut else "corrupt", _told(error)) from error


def encode_jpeg(pixels: Pixels) -> bytes:
    """Return height x width x 3 RGB pixels as the bytes of a JPEG."""
    done, data = cv2.imencode(
        ".jpg",
        cv2.cvtColor(pixels, cv2.COLOR_RGB2BGR),
        [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY],
    )
    if not done:
        raise PictureError("corrupt", "the decoded picture can't be encoded again")
    return bytes(data.tobytes())


def _note(image: Image.Image) -> str:
    if image.format in _ANIMATED and getattr(image, "is_animated", False):
        return f"animated: the first of {getattr(image, 'n_frames', 2)} frames is kept"
    if image.format == "TIFF" and getattr(image, "n_frames", 1) > 1:
        return f"several pages: the first of {getattr(image, 'n_frames', 2)} is kept"
    return ""


def _orientation(image: Image.Image) -> int:
    try:
        return int(image.getexif().get(_ORIENTATION, 1))
    except Exception:
        return 1


def _draft_size(image: Image.Image, side: int) -> tuple[int, int]:
    """Return the size to ask a JPEG's decoder for: at least what is kept, in its own shape."""
    scale = min(1.0, side / max(image.size))
    return max(1, round(image.width * scale)), max(1, round(image.height * scale))


def _rgb(image: Image.Image) -> Pixels:
    if image.mode in ("I", "F") or image.mode.startswith("I;16"):
        grey = _eight_bits(np.asarray(image), image.mode)
        return np.repeat(grey[:, :, None], 3, axis=2)
    profile = image.info.get("icc_profile")
    if image.has_transparency_data:
        image = _on_white(image.convert("RGBA"))
    if image.mode not in ("RGB", "L", "CMYK"):
        image = image.convert("RGB")
    if profile:
        image = _in_srgb(image, profile)
    return np.asarray(image if image.mode == "RGB" else image.convert("RGB"))


def _eight_bits(grey: npt.NDArray[Any], mode: str) -> Pixels:
    """Return deep grey levels as 8 bits: integers by their range, floats by what they hold."""
    values: npt.NDArray[np.float32] = np.nan_to_num(grey.astype(np.float32), posinf=0.0, neginf=0.0)
    if mode == "F":
        low, high = float(values.min()), float(values.max())
        if low >= 0 and high <= 1:
            low, high = 0.0, 1.0
        elif low >= 0 and high <= 255:
            low, high = 0.0, 255.0
    else:
        low, high = 0.0, 255.0 if mode == "I" and values.max() <= 255 else 65535.0
    scaled = (values - low) * (255.0 / max(high - low, 1e-12))
    levels: Pixels = np.clip(np.rint(scaled), 0, 255).astype(np.uint8)
    return levels


def _on_white(image: Image.Image) -> Image.Image:
    white = Image.new("RGBA", image.size, "white")
    return Image.alpha_composite(white, image).convert("RGB")


def _in_srgb(image: Image.Image, profile: bytes) -> Image.Image:
    transform = _transform(bytes(profile), image.mode)
    if transform is None:
        return image
    changed = ImageCms.applyTransform(image, transform)
    return changed if changed is not None else image


@lru_cache(maxsize=32)
def _transform(profile: bytes, mode: str) -> ImageCms.ImageCmsTransform | None:
    """Return the way from an embedded profile to sRGB; None where it is sRGB, or unusable."""
    try:
        source = ImageCms.getOpenProfile(io.BytesIO(profile))
        if mode != "CMYK" and "srgb" in ImageCms.getProfileDescription(source).lower():
            return None
        target = ImageCms.createProfile("sRGB")
        return ImageCms.buildTransform(source, target, mode, "RGB")
    except (ImageCms.PyCMSError, OSError, ValueError):
        return None


def _shrunk(pixels: Pixels, side: int) -> Pixels:
    height, width = pixels.shape[:2]
    scale = side / max(height, width)
    if scale >= 1:
        return pixels
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    return np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA), np.uint8)


def _upright(pixels: Pixels, orientation: int) -> Pixels:
    """Undo an EXIF orientation (1 to 8)."""
    if orientation in _SIDEWAYS:
        pixels = pixels.transpose(1, 0, 2)
    if orientation in (2, 3, 6, 7):
        pixels = pixels[:, ::-1]
    if orientation in (3, 4, 7, 8):
        pixels = pixels[::-1]
    return np.ascontiguousarray(pixels)


def _told(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"[:200]


@contextmanager
def _quiet() -> Iterator[None]:
    """Leave the size check to `max_pixels`, and don't print what Pillow warns of."""
    before = Image.MAX_IMAGE_PIXELS
    Image.MAX_IMAGE_PIXELS = None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        Image.MAX_IMAGE_PIXELS = before


__all__ = ["FORMATS", "JPEG_QUALITY", "Normalised", "PictureError", "encode_jpeg", "normalise"]
