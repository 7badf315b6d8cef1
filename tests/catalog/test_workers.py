from __future__ import annotations

import os
import signal
from collections.abc import Sequence

from fairview.catalog.workers import Workers


def _double(chunk: Sequence[int]) -> list[int]:
    """Doubles; 13 ends its process as a broken decoder would."""
    if 13 in chunk:
        os.kill(os.getpid(), signal.SIGSEGV)
    return [2 * n for n in chunk]


def _crashed(_: int) -> int:
    return -1


def _chunks(n: int, size: int = 4) -> list[list[int]]:
    return [list(range(start, min(start + size, n))) for start in range(0, n, size)]


def _run(n: int, processes: int, patience: int) -> list[int]:
    with Workers(_double, _crashed, processes=processes, patience=patience) as workers:
        found = workers.results(_chunks(n), here=lambda chunk: chunk[0] == 4)
        return [value for chunk in found for value in chunk]


def test_results_come_in_order_from_here_and_from_other_processes() -> None:
    assert _run(12, processes=2, patience=0) == [2 * n for n in range(12)]
    assert _run(12, processes=0, patience=0) == [2 * n for n in range(12)]
    assert _run(12, processes=2, patience=99) == [2 * n for n in range(12)]


def test_a_crash_costs_only_the_piece_that_caused_it() -> None:
    found = _run(32, processes=2, patience=0)
    assert found == [-1 if n == 13 else 2 * n for n in range(32)]
