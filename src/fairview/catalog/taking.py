"""What a worker process does with an entry: read its bytes, decode them, keep the picture."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from fairview.catalog.entries import Entry, FileRange, Problem, hash_of, row_digest_of
from fairview.catalog.origin import origin_of
from fairview.catalog.pictures import PictureError, normalise
from fairview.core.atomic import write_bytes


@dataclass(frozen=True)
class Task:
    """An entry to take in, and the digest of the row that is stored of it, if one is."""

    entry: Entry
    item_id: str
    synthetic: bool
    stored_digest: str | None


@dataclass(frozen=True)
class Taken:
    """What became of an entry: a row to store, nothing new, or a problem."""

    task: Task
    content_hash: str = ""
    row_digest: str = ""
    width: int | None = None
    height: int | None = None
    media: str | None = None
    note: str = ""
    origin: str = ""
    problem: Problem | None = None

    @property
    def unchanged(self) -> bool:
        """Whether what is stored already says the same."""
        return self.problem is None and self.row_digest == self.task.stored_digest


@dataclass(frozen=True)
class Taker:
    """Takes entries in; small and picklable, so that it travels to worker processes.

    Parameters
    ----------
    media_dir
        Where normalised pictures are kept, named by their content.
    picture_side
        The longest side that is kept.
    max_pixels
        Larger pictures are refused.
    """

    media_dir: Path
    picture_side: int
    max_pixels: int

    @property
    def max_bytes(self) -> int:
        """No picture of the allowed size is larger than this: 8 bytes a pixel, and its metadata."""
        return 8 * self.max_pixels + 64 * 1024 * 1024

    def take_all(self, tasks: Sequence[Task]) -> list[Taken]:
        """Take in several entries, in order."""
        return [self.take(task) for task in tasks]

    def take(self, task: Task) -> Taken:
        """Take in one entry; what is wrong with it is in the answer, never raised."""
        if task.entry.problem:
            return Taken(task, problem=task.entry.problem)
        if task.entry.picture is None:
            text = task.entry.text_hash()
            digest = row_digest_of(text, text, synthetic=task.synthetic, picture_side=None)
            return Taken(task, text, digest)
        data = self._read(task.entry.picture)
        if isinstance(data, Problem):
            return Taken(task, problem=data)
        return self._picture(task, data)

    def _picture(self, task: Task, data: bytes) -> Taken:
        content_hash = hash_of(data)
        row_digest = row_digest_of(
            task.entry.text_hash(),
            content_hash,
            synthetic=task.synthetic,
            picture_side=self.picture_side,
        )
        media = f"{content_hash[:2]}/{content_hash}-{self.picture_side}.jpg"
        kept = (self.media_dir / media).is_file()
        if kept and row_digest == task.stored_digest:
            return Taken(task, content_hash, row_digest)
        try:
            picture = normalise(data, side=self.picture_side, max_pixels=self.max_pixels)
        except PictureError as error:
            return Taken(task, content_hash, problem=error.problem)
        except MemoryError:
            return Taken(task, content_hash, problem=Problem("corrupt", "it needs too much memory"))
        if not kept:
            write_bytes(self.media_dir / media, picture.jpeg)
        return Taken(
            task,
            content_hash,
            row_digest,
            picture.width,
            picture.height,
            media,
            picture.note,
            origin_of(data),
        )

    def _read(self, picture: FileRange | bytes) -> bytes | Problem:
        if isinstance(picture, bytes):
            return picture
        try:
            with picture.path.open("rb") as file:
                length = picture.length
                if length is None:
                    length = os.fstat(file.fileno()).st_size
                if length > self.max_bytes:
                    return Problem("too_many_bytes", f"{length} bytes")
                file.seek(picture.start)
                data = file.read(length)
        except OSError as error:
            return Problem("unreadable", str(error.strerror))
        if len(data) < length:
            return Problem("truncated", f"{len(data)} of {length} bytes are there")
        return data
