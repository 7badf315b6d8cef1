"""How many refined requests there were, per day and surface: all that is kept of them."""

from __future__ import annotations

import json
import threading
from pathlib import Path

from fairview.core import Clock, Observer, Slates
from fairview.core.atomic import write_bytes

COUNTS_FILE = "refined_requests.json"


class RefinedCounts:
    """Counts per day and surface. One below the minimum cell is never written.

    Parameters
    ----------
    folder
        The workspace's log folder.
    minimum_cell
        The smallest count that is written; what a process counts below it is forgotten when it
        ends.
    """

    def __init__(self, folder: Path, minimum_cell: int) -> None:
        self._path = folder / COUNTS_FILE
        self._minimum = minimum_cell
        self._lock = threading.Lock()
        self._waiting: dict[tuple[str, str], int] = {}

    def add(self, day: str, surface: str, requests: int) -> None:
        """Count refined requests."""
        with self._lock:
            key = (day, surface)
            self._waiting[key] = self._waiting.get(key, 0) + requests

    def flush(self) -> None:
        """Write the counts that reach the minimum cell, added to those written before."""
        with self._lock:
            ready = {key: n for key, n in self._waiting.items() if n >= self._minimum}
            if not ready:
                return
            written = self.written()
            for (day, surface), n in ready.items():
                surfaces = written.setdefault(day, {})
                surfaces[surface] = surfaces.get(surface, 0) + n
                del self._waiting[(day, surface)]
            write_bytes(self._path, json.dumps(written, sort_keys=True).encode())

    def written(self) -> dict[str, dict[str, int]]:
        """Return what is written: day to surface to count."""
        if not self._path.is_file():
            return {}
        counts: dict[str, dict[str, int]] = json.loads(self._path.read_text(encoding="utf-8"))
        return counts


class RefinedCounter(Observer):
    """Hands the number of refined requests to the counts.

    Parameters
    ----------
    counts
        Where numbers are kept.
    surface
        The page that this pipeline serves.
    clock
        Gives the day, in UTC.
    """

    name = "refined counter"

    def __init__(self, counts: RefinedCounts, *, surface: str, clock: Clock) -> None:
        self.counts = counts
        self.surface = surface
        self.clock = clock

    def observe(self, slates: Slates) -> None:
        """Do nothing: unrefined requests are the exposure log's."""

    def count_refined(self, requests: int) -> None:
        """Count them."""
        self.counts.add(self.clock().date().isoformat(), self.surface, requests)
