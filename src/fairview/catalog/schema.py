"""What is stored of an item, of a quarantined entry, and how an item gets its id."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow as pa

from fairview.core import digest_of

_ITEM_FIELDS: list[Any] = [
    pa.field("item_id", pa.string(), nullable=False),
    pa.field("kind", pa.string(), nullable=False),
    pa.field("title", pa.string(), nullable=False),
    pa.field("description", pa.string(), nullable=False),
    pa.field("tags", pa.list_(pa.string()), nullable=False),
    pa.field("source", pa.string(), nullable=False),
    pa.field("content_hash", pa.string(), nullable=False),
    pa.field("width", pa.int32()),
    pa.field("height", pa.int32()),
    pa.field("media", pa.string()),
    pa.field("provider", pa.string()),
    pa.field("attributes", pa.map_(pa.string(), pa.string()), nullable=False),
    pa.field("synthetic", pa.bool_(), nullable=False),
    pa.field("ingest_time", pa.timestamp("us", tz="UTC"), nullable=False),
]

ITEM_SCHEMA: pa.Schema = pa.schema(_ITEM_FIELDS)
"""One row per item. `source` is the source's name and the item's key in it, never an absolute
path; `content_hash` is the sha256 of the original bytes (of the text, for a text item); `width`
and `height` are those of the original picture, upright; `media` is relative to the media folder."""

ROW_DIGEST = pa.field("row_digest", pa.string(), nullable=False)
"""A digest of everything that decides an item's row; it changes exactly when the item does."""

STORED_SCHEMA: pa.Schema = ITEM_SCHEMA.append(ROW_DIGEST)

_QUARANTINE_FIELDS: list[Any] = [
    pa.field("item_id", pa.string(), nullable=False),
    pa.field("source", pa.string(), nullable=False),
    pa.field("reason", pa.string()),
    pa.field("detail", pa.string(), nullable=False),
    pa.field("content_hash", pa.string(), nullable=False),
    pa.field("ingest_time", pa.timestamp("us", tz="UTC"), nullable=False),
]

QUARANTINE_SCHEMA: pa.Schema = pa.schema(_QUARANTINE_FIELDS)
"""One row per decision about an entry; a null reason means that it has since been read."""

REASONS = {
    "bad_encoding": "the row isn't valid UTF-8",
    "bad_row": "the row can't be parsed",
    "corrupt": "the picture can't be decoded",
    "decoder_crashed": "decoding ended the process that did it",
    "duplicate_key": "an earlier entry of this source has the same key",
    "empty_file": "the file has no bytes",
    "hostile_path": "the path leads out of the source",
    "missing_file": "the picture that the manifest names isn't there",
    "not_a_file": "it is a link, a device or a folder",
    "not_an_image": "the bytes aren't a picture of a supported format",
    "empty_text": "the row has neither a picture nor text",
    "too_many_bytes": "the file is larger than a picture of the allowed size can be",
    "too_many_pixels": "the picture has more pixels than `catalog.max_pixels`",
    "truncated": "the file ends before the picture does",
    "unreadable": "the file system refused to give the bytes",
}
"""Why an entry is quarantined: the code that is stored, and its meaning."""


def source_name_of(path: Path) -> str:
    """Return the name of the source at `path`: its last part.

    Examples
    --------
    >>> source_name_of(Path("photos/train.tar"))
    'train.tar'
    """
    return path.resolve().name or "root"


def item_id_of(source_name: str, key: str) -> str:
    """Return the stable id of an item: 16 hex digits of the sha256 of its source's name and key.

    Parameters
    ----------
    source_name
        The last part of the source's path, for example ``"manifest.parquet"``.
    key
        What names the item in it: the relative path in a folder or tar, the key in a manifest.

    Examples
    --------
    >>> item_id_of("manifest.parquet", "look-1") == item_id_of("manifest.parquet", "look-1")
    True
    >>> len(item_id_of("photos", "dress/1.jpg"))
    16
    """
    return digest_of([source_name, key])[:16]
