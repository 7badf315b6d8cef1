"""Pictures: by the hash in their name, in two sizes, kept by browsers for good.

A picture's address is its content, so its bytes never change: it is answered as immutable, with
an ETag. Only names of the form that the catalogue gives are looked up, so no path can lead out of
the media folder.
"""

from __future__ import annotations

import re
import threading
from collections import OrderedDict
from dataclasses import dataclass
from pathlib import Path

import cv2

from fairview.core import MissingError

NAME = re.compile(r"[0-9a-f]{64}(-\d{1,5})?")
WIDTHS = (320, 640)
"""Widths that are served; a picture that is smaller is served as it is."""

JPEG_QUALITY = 84
CACHE_BYTES = 64 * 1024 * 1024


def picture_name(media: str) -> str:
    """Return the name that a picture is served under: its file's name without the ending.

    Examples
    --------
    >>> picture_name("b1/b143-640.jpg")
    'b143-640'
    """
    return Path(media).stem


def picture_address(media: str, width: int) -> str:
    """Return where a picture is served in this width."""
    return f"/media/{picture_name(media)}?w={width}"


@dataclass(frozen=True)
class Picture:
    """The bytes of one picture in one width, and their ETag."""

    data: bytes
    etag: str


class Pictures:
    """Reads pictures and makes thumbnails; the latest stay in memory, at most `CACHE_BYTES`.

    Parameters
    ----------
    folder
        The workspace's media folder.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lock = threading.Lock()
        self._kept: OrderedDict[tuple[str, int], Picture] = OrderedDict()
        self._bytes = 0

    def get(self, name: str, width: int) -> Picture:
        """Return a picture of at most this width.

        Raises
        ------
        MissingError
            Where the name isn't a picture's, or the picture isn't there.
        """
        if not NAME.fullmatch(name) or width not in WIDTHS:
            raise MissingError("There is no picture of that name.")
        with self._lock:
            found = self._kept.get((name, width))
            if found is not None:
                self._kept.move_to_end((name, width))
                return found
        made = Picture(_thumbnail(self._path(name), width), etag_of(name, width))
        self._keep((name, width), made)
        return made

    def _path(self, name: str) -> Path:
        path = self._folder / name[:2] / f"{name}.jpg"
        if not path.is_file():
            raise MissingError("There is no picture of that name.")
        return path

    def _keep(self, key: tuple[str, int], picture: Picture) -> None:
        with self._lock:
            if key in self._kept:
                return
            self._kept[key] = picture
            self._bytes += len(picture.data)
            while self._bytes > CACHE_BYTES:
                _, old = self._kept.popitem(last=False)
                self._bytes -= len(old.data)


def etag_of(name: str, width: int) -> str:
    """Return the ETag of a picture in a width; the name holds the hash of its content."""
    return f'"{name}-w{width}"'


def _thumbnail(path: Path, width: int) -> bytes:
    data = path.read_bytes()
    if width >= max(WIDTHS):
        return data
    pixels = cv2.imread(str(path), cv2.IMREAD_COLOR)
    if pixels is None:
        raise MissingError("The picture can't be read; take its source in again.")
    height, full = pixels.shape[:2]
    if full <= width:
        return data
    size = (width, max(1, round(height * width / full)))
    small = cv2.resize(pixels, size, interpolation=cv2.INTER_AREA)
    done, encoded = cv2.imencode(".jpg", small, [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY])
    return bytes(encoded.tobytes()) if done else data
