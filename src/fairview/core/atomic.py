"""Atomic files: a killed process leaves all of a write or none.

A file is written beside its place under a hidden name, flushed to the disk, and only then given
its own name.
"""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from fairview.core.errors import DataError

_PARTIAL = ".partial-"


@contextmanager
def partial_of(path: Path) -> Iterator[Path]:
    """Give a hidden path beside `path`; whatever happens, nothing stays under it.

    Raises
    ------
    DataError
        Where what is done with it fails for want of space or of the right to write.
    """
    partial = path.with_name(f"{_PARTIAL}{uuid.uuid4().hex}")
    try:
        yield partial
    except OSError as error:
        raise DataError(
            f"{path} can't be written ({error.strerror or error}); make space, or give the right "
            f"to write, and run the same command again."
        ) from error
    finally:
        with suppress(FileNotFoundError):
            partial.unlink()


def write_bytes(path: Path, data: bytes) -> None:
    """Write a file atomically: it holds all of `data` or what it held before."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with partial_of(path) as partial:
        with partial.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        partial.replace(path)
        flush_folder(path.parent)


def remove_partials(folder: Path) -> int:
    """Remove what killed writers left under `folder`; return how many files that were.

    Call it only where no other writer can be at work.
    """
    count = 0
    for path in folder.rglob(f"{_PARTIAL}*"):
        with suppress(FileNotFoundError):
            path.unlink()
            count += 1
    return count


def flush_folder(folder: Path) -> None:
    """Make what was renamed or linked in a folder last through a loss of power."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
