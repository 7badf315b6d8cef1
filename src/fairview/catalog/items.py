"""The catalogue as it is read: the newest row of every item, its duplicates, its quarantine."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from fairview.catalog.schema import ITEM_SCHEMA, QUARANTINE_SCHEMA, STORED_SCHEMA
from fairview.catalog.segments import newest_rows, read_segments, rows_of
from fairview.catalog.workspace import Workspace
from fairview.core import MissingError, UsageError, digest_of

DUPLICATE_OF = "duplicate_of"


class Catalog:
    """The items of a workspace.

    Parameters
    ----------
    workspace
        Whose items they are. Every call reads what is stored at that moment.
    """

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace

    def items(self, columns: Sequence[str] | None = None) -> pa.Table:
        """Return one row per item, its newest, sorted by item id.

        Parameters
        ----------
        columns
            Columns of `ITEM_SCHEMA`, or ``duplicate_of``; all of them where None.

        Returns
        -------
        pa.Table
            ``duplicate_of`` is the smallest item id with the same content, null for that item
            itself and for content that is there once.

        Raises
        ------
        UsageError
            Where a column doesn't exist.
        """
        offered = [*ITEM_SCHEMA.names, DUPLICATE_OF]
        wanted = list(columns) if columns is not None else offered
        unknown = [name for name in wanted if name not in offered]
        if unknown:
            raise UsageError(f"Items have no column {unknown[0]!r}; use {', '.join(offered)}.")
        table = self._newest([name for name in wanted if name != DUPLICATE_OF], wanted)
        if DUPLICATE_OF in wanted:
            table = table.append_column(DUPLICATE_OF, _duplicates(table))
        return table.select(wanted)

    def count(self) -> int:
        """Return how many items there are."""
        return int(pc.count_distinct(self._stored(["item_id"])["item_id"]).as_py())

    def digest(self) -> str:
        """Return a sha256 over all items; segment boundaries and times of ingest don't matter."""
        table = self.row_digests()
        return digest_of(str(value) for column in table.columns for value in column.to_pylist())

    def row_digests(self) -> pa.Table:
        """Return ``item_id`` and ``row_digest`` of every item, sorted; a change changes it."""
        table = self._stored(["item_id", "row_digest"])
        return table.take(newest_rows(table, "item_id"))

    def quarantine(self) -> pa.Table:
        """Return the entries that couldn't be taken in: ``source``, ``reason`` and ``detail``."""
        table = read_segments(self.workspace.quarantine_dir, QUARANTINE_SCHEMA)
        newest = table.take(newest_rows(table, "item_id"))
        still = newest.filter(pc.is_valid(newest["reason"]))
        return still.select(["source", "reason", "detail"]).sort_by("source")

    def picture(self, media: str) -> npt.NDArray[np.uint8]:
        """Return the normalised picture as height x width x 3 RGB.

        Raises
        ------
        UsageError
            Where `media` leads out of the media folder.
        MissingError
            Where the picture isn't there or can't be read.
        """
        import cv2

        pixels: Any = cv2.imread(str(self.media_path(media)), cv2.IMREAD_COLOR)
        if pixels is None:
            raise MissingError(f"Picture {media} is missing; take its source in again.")
        rgb: npt.NDArray[np.uint8] = cv2.cvtColor(pixels, cv2.COLOR_BGR2RGB)
        return rgb

    def media_path(self, media: str) -> Path:
        """Return where a picture lies; a path that leads out of the folder is a `UsageError`."""
        if Path(media).is_absolute() or ".." in Path(media).parts:
            raise UsageError(f"{media!r} leads out of the media folder.")
        return self.workspace.media_dir / media

    def _stored(self, columns: Sequence[str]) -> pa.Table:
        return read_segments(self.workspace.items_dir, STORED_SCHEMA, columns)

    def _newest(self, columns: list[str], wanted: list[str]) -> pa.Table:
        needed = ["content_hash"] if DUPLICATE_OF in wanted else []
        names = list(dict.fromkeys(["item_id", *columns, *needed]))
        table = self._stored(names)
        return table.take(newest_rows(table, "item_id"))


def _duplicates(table: pa.Table) -> Any:
    first = table.group_by("content_hash").aggregate([("item_id", "min")])
    rows = rows_of(first["content_hash"].combine_chunks(), table["content_hash"])
    smallest = first["item_id_min"].take(rows)
    same = pc.equal(smallest, table["item_id"])
    return pc.if_else(same, pa.scalar(None, pa.string()), smallest)
