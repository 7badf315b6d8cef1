"""Worker processes that survive a decoder's crash and never outlive the process that began them."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from multiprocessing import resource_tracker
from types import TracebackType
from typing import Generic, TypeVar

T = TypeVar("T")
R = TypeVar("R")


class Workers(Generic[T, R]):
    """Applies a function to chunks of work in several processes, and keeps the order.

    Parameters
    ----------
    function
        Gives one result per piece of a chunk; must be picklable.
    crashed
        Gives the result of a piece whose processing ended its process.
    processes
        How many processes; 0 does the work in this one.
    patience
        How many pieces are done in this process before others are started: few pieces aren't
        worth their start.
    """

    def __init__(
        self,
        function: Callable[[Sequence[T]], list[R]],
        crashed: Callable[[T], R],
        *,
        processes: int,
        patience: int = 64,
    ) -> None:
        self._function = function
        self._crashed = crashed
        self._processes = processes
        self._patience = patience
        self._pool: ProcessPoolExecutor | None = None

    def __enter__(self) -> Workers[T, R]:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._pool:
            self._pool.shutdown(wait=True, cancel_futures=True)

    def results(
        self, chunks: Iterable[Sequence[T]], *, here: Callable[[Sequence[T]], bool]
    ) -> Iterator[list[R]]:
        """Give the results of each chunk, in order.

        Parameters
        ----------
        chunks
            The work.
        here
            Whether a chunk is too light to be worth sending to another process.
        """
        waiting: deque[tuple[Sequence[T], Future[list[R]] | list[R]]] = deque()
        for chunk in chunks:
            if here(chunk) or not self._ready(len(chunk)):
                waiting.append((chunk, self._function(chunk)))
            else:
                waiting.append((chunk, self._submit(chunk)))
            while len(waiting) > 3 * max(1, self._processes):
                yield self._next(waiting)
        while waiting:
            yield self._next(waiting)

    def _next(self, waiting: deque[tuple[Sequence[T], Future[list[R]] | list[R]]]) -> list[R]:
        chunk, result = waiting.popleft()
        if isinstance(result, list):
            return result
        try:
            return result.result()
        except BrokenProcessPool:
            self._restart()
            done = self._one_by_one(chunk)
            for index, (later, broken) in enumerate(waiting):
                if not isinstance(broken, list):
                    waiting[index] = (later, self._submit(later))
            return done

    def _one_by_one(self, chunk: Sequence[T]) -> list[R]:
        done: list[R] = []
        for piece in chunk:
            try:
                done.extend(self._submit([piece]).result())
            except BrokenProcessPool:
                self._restart()
                done.append(self._crashed(piece))
        return done

    def _submit(self, chunk: Sequence[T]) -> Future[list[R]]:
        try:
            with _interrupts_held():
                return self._running().submit(self._function, chunk)
        except BrokenProcessPool as error:
            broken: Future[list[R]] = Future()
            broken.set_exception(error)
            return broken

    def _ready(self, size: int) -> bool:
        """Tell whether other processes should work; where none can be started, this one does."""
        self._patience -= size
        if self._patience >= 0 or self._processes == 0:
            return False
        if self._pool is None:
            try:
                with _interrupts_held():
                    begun = self._running().submit(os.getpid)
                begun.result()
            except (BrokenProcessPool, OSError):
                self._pool = None
                self._processes = 0
                return False
        return True

    def _running(self) -> ProcessPoolExecutor:
        if self._pool is None:
            self._pool = ProcessPoolExecutor(
                max(1, self._processes),
                mp_context=multiprocessing.get_context("spawn"),
                initializer=_begin_worker,
            )
        return self._pool

    def _restart(self) -> None:
        if self._pool:
            self._pool.shutdown(wait=False, cancel_futures=True)
        self._pool = None


@contextmanager
def _interrupts_held() -> Iterator[None]:
    """Let processes that are started in here never see Ctrl-C, not even while they start.

    They inherit the held signal; this process gets it a moment later.
    """
    # Starting it would let the signal through again.
    resource_tracker.ensure_running()
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _begin_worker() -> None:
    """Prepare a worker: Ctrl-C is its parent's business, and it ends when its parent does."""
    import cv2

    cv2.setNumThreads(1)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
