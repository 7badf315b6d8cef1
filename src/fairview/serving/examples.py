"""Example queries: what a catalogue is known to have, so that a first search finds something."""

from __future__ import annotations

import threading
from collections import Counter
from typing import Any

from fairview.catalog import Catalog, Workspace

MOST = 24
LONGEST = 40


class Examples:
    """The example queries of a workspace; read once, when first asked.

    A synthetic catalogue is searched with the queries that its people ask. Any other suggests its
    most frequent tags, or, without tags, its most frequent titles.

    Parameters
    ----------
    workspace
        Whose catalogue it is.
    """

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._lock = threading.Lock()
        self._queries: tuple[str, ...] | None = None

    def queries(self) -> tuple[str, ...]:
        """Return up to 24 queries, the most promising first; none for an empty catalogue."""
        with self._lock:
            if self._queries is None:
                found = self._read()
                if not found:
                    return ()
                self._queries = found
            return self._queries

    def _read(self) -> tuple[str, ...]:
        catalog = Catalog(self._workspace)
        if self._workspace.settings.synthetic and catalog.count():
            from fairview.catalog.world import QUERIES

            return tuple(query.text for query in QUERIES[:MOST])
        table: Any = catalog.items(["title", "tags"])
        tags = [tag for tags in table["tags"].to_pylist() for tag in tags or ()]
        return frequent(tags) or frequent(table["title"].to_pylist())


def frequent(texts: list[str]) -> tuple[str, ...]:
    """Return the most frequent short texts, ties in alphabetical order.

    Examples
    --------
    >>> frequent(["dress", "shoe", "dress", "  "])
    ('dress', 'shoe')
    """
    shown = (text.strip() for text in texts if text)
    counts = Counter(text for text in shown if text and len(text) <= LONGEST)
    ranked = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
    return tuple(text for text, _ in ranked[:MOST])
