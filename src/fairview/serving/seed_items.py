"""The item that a page of related items starts from: its title, its picture, its source."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from fairview.catalog import Catalog, Workspace
from fairview.core import MissingError
from fairview.serving.media import WIDTHS, picture_address

READ_AGAIN_AFTER_S = 10.0
_COLUMNS = (
    "item_id", "title", "description", "tags", "media", "width", "height", "provider", "synthetic",
)  # fmt: skip


@dataclass(frozen=True)
class SeedItem:
    """What a page shows of the item that it starts from."""

    id: str
    title: str
    description: str
    tags: tuple[str, ...]
    address: str
    width: int | None
    height: int | None
    provider: str | None
    synthetic: bool

    @property
    def alt(self) -> str:
        """What stands for its picture."""
        return f"Synthetic picture: {self.title}" if self.synthetic else self.title


class SeedItems:
    """The catalogue's items by id; read when first asked, and again for an id that isn't there.

    Parameters
    ----------
    workspace
        Whose items they are.
    clock
        Monotonic seconds.
    """

    def __init__(
        self, workspace: Workspace, *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._catalog = Catalog(workspace)
        self._clock = clock
        self._lock = threading.Lock()
        self._place: Mapping[str, int] = {}
        self._columns: Mapping[str, list[Any]] = {}
        self._read_at = float("-inf")

    def get(self, item_id: str) -> SeedItem:
        """Return an item; one that doesn't exist is a `MissingError`."""
        with self._lock:
            due = self._clock() - self._read_at > READ_AGAIN_AFTER_S
            if item_id not in self._place and due:
                self._read()
            if item_id not in self._place:
                raise MissingError("There is no item of that id.")
            row = self._place[item_id]
            found = {name: self._columns[name][row] for name in _COLUMNS}
        media = found["media"]
        return SeedItem(
            item_id,
            found["title"] or "Untitled",
            found["description"] or "",
            tuple(found["tags"] or ()),
            picture_address(media, WIDTHS[-1]) if media else "",
            found["width"],
            found["height"],
            found["provider"],
            bool(found["synthetic"]),
        )

    def _read(self) -> None:
        table: Any = self._catalog.items(list(_COLUMNS))
        self._columns = {name: table[name].to_pylist() for name in _COLUMNS}
        self._place = {item_id: row for row, item_id in enumerate(self._columns["item_id"])}
        self._read_at = self._clock()
