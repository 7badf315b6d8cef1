"""One entry of a source, before it is an item: its text, and where its picture's bytes are."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol


@dataclass(frozen=True)
class Problem:
    """Why something can't be taken in: a code of `schema.REASONS`, and what was seen."""

    reason: str
    detail: str


@dataclass(frozen=True)
class FileRange:
    """Bytes in a file: all of it, or `length` bytes from `start`."""

    path: Path
    start: int = 0
    length: int | None = None


@dataclass(frozen=True)
class Entry:
    """What a source says about one item.

    Parameters
    ----------
    key
        Names the entry in its source.
    title, description, tags, provider, attributes
        Its text, as given.
    picture
        Where its picture is, its bytes, or None for a text item.
    synthetic
        Whether the source says that it is synthetic; None where it doesn't say.
    problem
        Why it can't be taken in, where that is known already.
    """

    key: str
    title: str = ""
    description: str = ""
    tags: tuple[str, ...] = ()
    provider: str | None = None
    attributes: Mapping[str, str] = field(default_factory=dict)
    picture: FileRange | bytes | None = None
    synthetic: bool | None = None
    problem: Problem | None = None

    def text_hash(self) -> str:
        """Return a sha256 of all of the entry's text, as hex."""
        parts = [
            self.title,
            self.description,
            list(self.tags),
            self.provider,
            sorted(self.attributes.items()),
        ]
        return hash_of(json.dumps(parts, ensure_ascii=True).encode())


class EntrySource(Protocol):
    """Something that entries come from: a folder, a tar, a manifest.

    `total` is how many entries there are, None where that isn't known before they are read;
    `hidden` counts the files that were passed over because their name begins with a dot.
    """

    name: str
    total: int | None
    hidden: int

    def entries(self) -> Iterator[Entry]:
        """Give the entries, always in the same order."""


def row_digest_of(
    text_hash: str, content_hash: str, *, synthetic: bool, picture_side: int | None
) -> str:
    """Return a digest of everything that decides an item's row.

    The side that a picture is normalised to is part of it (None for a text item), so that
    changing that setting brings every picture in again.
    """
    parts = [text_hash, content_hash, synthetic, picture_side]
    return hash_of(json.dumps(parts).encode())[:32]


def hash_of(data: bytes) -> str:
    """Return the sha256 of bytes as hex."""
    return hashlib.sha256(data).hexdigest()
