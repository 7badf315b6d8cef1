"""Turns what was taken in into rows, and commits them a batch at a time."""

from __future__ import annotations

from collections.abc import Set
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pyarrow as pa

from fairview.catalog.entries import Problem
from fairview.catalog.items import Catalog
from fairview.catalog.origin import ORIGIN
from fairview.catalog.schema import QUARANTINE_SCHEMA, STORED_SCHEMA
from fairview.catalog.segments import append_segment, newest_rows, read_segments
from fairview.catalog.taking import Taken
from fairview.catalog.workspace import Workspace

PICTURE_NOTE = "picture_note"
"""The attribute that holds a remark on how a picture was read."""


class ItemWriter:
    """Writes one source's rows to a workspace.

    Parameters
    ----------
    workspace
        Where to.
    source_name
        What the items' `source` begins with.
    """

    def __init__(self, workspace: Workspace, source_name: str) -> None:
        self._workspace = workspace
        self._source_name = source_name
        self._batch = workspace.settings.catalog.batch
        self._rows: list[dict[str, Any]] = []
        self._set_aside: list[dict[str, Any]] = []
        digests = Catalog(workspace).row_digests()
        pairs: Any = zip(*(column.to_pylist() for column in digests.columns), strict=True)
        self._stored: dict[str, str] = dict(pairs)
        self._refused = _refused(workspace)

    def stored_digest(self, item_id: str) -> str | None:
        """Return the digest of the row that is stored of an item, None where there is none."""
        return self._stored.get(item_id)

    def add(self, taken: Taken) -> None:
        """Take what became of an entry; a full batch is committed."""
        now = self._workspace.clock()
        before = self._refused.get(taken.task.item_id)
        if taken.problem:
            if before is None or before.differs(taken.problem.reason, taken.content_hash):
                self._set_aside.append(self._refusal(taken, taken.problem, now))
            return
        if before:
            self._set_aside.append(_mended(before, taken.task.item_id, now, "it has been read"))
        if taken.media is not None or not taken.unchanged:
            self._rows.append(self._row(taken, now))
        if len(self._rows) >= self._batch or len(self._set_aside) >= self._batch:
            self.commit()

    def finish(self, seen: Set[str]) -> None:
        """Commit the rest, and let go of refusals of entries that the source no longer has."""
        for item_id, refusal in self._refused.items():
            if refusal.source.startswith(f"{self._source_name}/") and item_id not in seen:
                gone = _mended(refusal, item_id, self._workspace.clock(), "its source lacks it now")
                self._set_aside.append(gone)
        self.commit()

    def commit(self) -> None:
        """Write what has gathered; after this, a crash loses none of it."""
        if self._set_aside:
            table = pa.Table.from_pylist(self._set_aside, QUARANTINE_SCHEMA)
            append_segment(self._workspace.quarantine_dir, table)
        if self._rows:
            table = pa.Table.from_pylist(self._rows, STORED_SCHEMA)
            append_segment(self._workspace.items_dir, table)
        self._set_aside, self._rows = [], []

    def _row(self, taken: Taken, now: datetime) -> dict[str, Any]:
        entry = taken.task.entry
        attributes = dict(entry.attributes)
        if taken.note:
            attributes[PICTURE_NOTE] = taken.note
        if taken.origin:
            attributes.setdefault(ORIGIN, taken.origin)
        return {
            "item_id": taken.task.item_id,
            "kind": "text" if entry.picture is None else "image",
            "title": entry.title,
            "description": entry.description,
            "tags": list(entry.tags),
            "source": f"{self._source_name}/{entry.key}",
            "content_hash": taken.content_hash,
            "width": taken.width,
            "height": taken.height,
            "media": taken.media,
            "provider": entry.provider,
            "attributes": sorted(attributes.items()),
            "synthetic": taken.task.synthetic,
            "ingest_time": now,
            "row_digest": taken.row_digest,
        }

    def _refusal(self, taken: Taken, problem: Problem, now: datetime) -> dict[str, Any]:
        return {
            "item_id": taken.task.item_id,
            "source": f"{self._source_name}/{taken.task.entry.key}",
            "reason": problem.reason,
            "detail": problem.detail,
            "content_hash": taken.content_hash,
            "ingest_time": now,
        }


@dataclass(frozen=True)
class _Refusal:
    source: str
    reason: str
    content_hash: str

    def differs(self, reason: str, content_hash: str) -> bool:
        return (self.reason, self.content_hash) != (reason, content_hash)


def _mended(refusal: _Refusal, item_id: str, now: datetime, detail: str) -> dict[str, Any]:
    return {
        "item_id": item_id,
        "source": refusal.source,
        "reason": None,
        "detail": detail,
        "content_hash": refusal.content_hash,
        "ingest_time": now,
    }


def _refused(workspace: Workspace) -> dict[str, _Refusal]:
    """Return the entries that are quarantined now, by item id."""
    table = read_segments(workspace.quarantine_dir, QUARANTINE_SCHEMA)
    newest = table.take(newest_rows(table, "item_id"))
    return {
        row["item_id"]: _Refusal(row["source"], row["reason"], row["content_hash"])
        for row in newest.to_pylist()
        if row["reason"] is not None
    }
