"""The engine as the server sees it, and the slot that opens it when there is something to open."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol

from fairview.core import MissingError, Refinement

if TYPE_CHECKING:
    from fairview.discovery import Answer

RETRY_AFTER_S = 2.0
"""After a failed opening, requests within this time get the same answer without another try."""


class Engine(Protocol):
    """What answers: the part of `fairview.discovery.SearchEngine` that pages need."""

    def search(
        self,
        query: str,
        *,
        refine: Refinement | None = None,
        k: int | None = None,
        diversify: bool | None = None,
        log: bool = True,
    ) -> Answer:
        """Answer a search."""
        ...

    def related(
        self, item_id: str, *, k: int | None = None, diversify: bool = True, log: bool = True
    ) -> Answer:
        """Answer with items like this one."""
        ...


class EngineSlot:
    """Holds the engine, or the way to open it.

    A server may start before anything can be searched; it then says what is missing, and works
    as soon as that is there.

    Parameters
    ----------
    engine
        An opened engine, or None.
    opener
        Opens one; it raises `MissingError` while something must be built first.
    clock
        Monotonic seconds.
    """

    def __init__(
        self,
        engine: Engine | None = None,
        opener: Callable[[], Engine] | None = None,
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._engine = engine
        self._opener = opener
        self._clock = clock
        self._lock = threading.Lock()
        self._why_not = "Nothing can be searched yet; run: fairview index"
        self._tried = float("-inf")

    @property
    def ready(self) -> bool:
        """Whether there is an engine; it isn't opened by asking."""
        return self._engine is not None

    def get(self) -> Engine:
        """Return the engine, opening it where that is due; otherwise raise `MissingError`."""
        with self._lock:
            engine = self._engine or self._tried_now()
        if engine is None:
            raise MissingError(self._why_not)
        return engine

    def close(self) -> None:
        """Close the engine, where it can be closed, so that what it holds is written."""
        close = getattr(self._engine, "close", None)
        if callable(close):
            close()

    def _tried_now(self) -> Engine | None:
        now = self._clock()
        if self._opener is None or now - self._tried < RETRY_AFTER_S:
            return None
        self._tried = now
        try:
            self._engine = self._opener()
        except MissingError as error:
            self._why_not = str(error)
        return self._engine
