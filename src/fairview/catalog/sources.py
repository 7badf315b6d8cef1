"""Where entries come from: a folder or a tar of pictures; manifests are in `manifests`."""

from __future__ import annotations

import os
import re
import stat
import tarfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path, PurePosixPath

from fairview.catalog.entries import Entry, EntrySource, FileRange, Problem
from fairview.catalog.joins import Join
from fairview.catalog.manifests import SUFFIXES, Manifest
from fairview.catalog.schema import source_name_of
from fairview.core import DataError, MissingError, UsageError

_TAR = (".tar", ".tar.gz", ".tgz", ".tar.bz2", ".tbz2", ".tar.xz", ".txz")
_MACHINE_NAME = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9a-f]{16,}|[0-9]+", re.I)


def open_source(
    path: Path,
    *,
    mapping: Mapping[str, str],
    joins: Sequence[Join],
    name: str | None = None,
    max_bytes: int,
    apart_from: Path | None = None,
) -> EntrySource:
    """Return the source at `path`: a folder, a tar, or a manifest (CSV, JSONL, Parquet).

    A folder that holds ``manifest.parquet``, ``manifest.csv`` or ``manifest.jsonl`` is read
    through it.

    Parameters
    ----------
    path
        What to take in.
    mapping, joins
        How a manifest's columns are read; only for manifests.
    name
        The source's name, part of its items' ids; the path's last part where None.
    max_bytes
        Members of a packed tar that are larger are refused before they are unpacked.
    apart_from
        A folder that is no part of the source, should it lie inside: the workspace itself.

    Raises
    ------
    MissingError
        Where nothing is at `path`.
    UsageError
        Where it is of no known kind, or a mapping is given for pictures without a manifest.
    """
    if not path.exists():
        raise MissingError(f"{path} isn't there; give a folder, a tar or a manifest.")
    if path.is_dir():
        inside = [path / f"manifest{suffix}" for suffix in SUFFIXES]
        path = next((each for each in inside if each.is_file()), path)
    name = name or source_name_of(path)
    if path.suffix.lower() in SUFFIXES:
        return Manifest(path, name, mapping=mapping, joins=joins)
    if mapping or joins:
        raise UsageError(f"{path} isn't a manifest, so it has no columns to map or join.")
    if path.is_dir():
        return Folder(path, name, apart_from=apart_from)
    if path.name.lower().endswith(_TAR):
        return Tar(path, name, max_bytes=max_bytes)
    raise UsageError(
        f"{path} is neither a folder, a tar ({', '.join(_TAR)}) nor a manifest "
        f"({', '.join(SUFFIXES)})."
    )


class Folder:
    """Every file below a folder, sorted; titles come from file names, tags from folders."""

    def __init__(self, path: Path, name: str, *, apart_from: Path | None = None) -> None:
        self.name = name
        self.hidden = 0
        self._root = path
        self._apart_from = apart_from.resolve() if apart_from else None
        self._found: list[tuple[str, Path, Problem | None]] = sorted(
            self._walk(), key=lambda each: each[0]
        )
        self.total: int | None = len(self._found)

    def entries(self) -> Iterator[Entry]:
        """Give one entry per file."""
        for key, path, problem in self._found:
            if problem:
                yield Entry(key, problem=problem)
            else:
                yield _named(key, FileRange(path))

    def _walk(self) -> Iterator[tuple[str, Path, Problem | None]]:
        failed: list[OSError] = []
        for folder, folders, files in os.walk(self._root, onerror=failed.append):
            here = Path(folder)
            self.hidden += sum(each.startswith(".") for each in [*folders, *files])
            folders[:] = [each for each in folders if self._is_part(here, each)]
            for each in folders:
                if (here / each).is_symlink():
                    link = here / each
                    yield self._key(link), link, Problem("not_a_file", "a link to a folder")
            for each in files:
                if not each.startswith("."):
                    yield self._key(here / each), here / each, _file_problem(here / each)
        for error in failed:
            folder_path = Path(str(error.filename))
            yield (
                self._key(folder_path),
                folder_path,
                Problem("unreadable", str(error.strerror)),
            )

    def _is_part(self, here: Path, name: str) -> bool:
        return not name.startswith(".") and (here / name).resolve() != self._apart_from

    def _key(self, path: Path) -> str:
        return printable(path.relative_to(self._root).as_posix())


class Tar:
    """Every member of a tar, packed or not; nothing is unpacked to the disk."""

    def __init__(self, path: Path, name: str, *, max_bytes: int) -> None:
        self.name = name
        self.total: int | None = None
        self.hidden = 0
        self._path = path
        self._max_bytes = max_bytes
        try:
            with tarfile.open(path, "r:"):
                self._packed = False
        except tarfile.ReadError:
            self._packed = True
        except OSError as error:
            raise DataError(f"{path} can't be read: {error}.") from error

    def entries(self) -> Iterator[Entry]:
        """Give one entry per member that isn't a folder; a broken tar ends in a problem."""
        try:
            with tarfile.open(self._path, "r:*") as tar:
                for member in tar:
                    entry = self._entry(tar, member)
                    if entry:
                        yield entry
        except (tarfile.TarError, EOFError, OSError, ValueError) as error:
            detail = f"the archive breaks off: {error}"
            yield Entry("(archive)", problem=Problem("truncated", detail))

    def _entry(self, tar: tarfile.TarFile, member: tarfile.TarInfo) -> Entry | None:
        key = printable(member.name)
        path = PurePosixPath(member.name)
        if path.is_absolute() or ".." in path.parts or "\x00" in member.name:
            return Entry(key, problem=Problem("hostile_path", "it isn't inside the archive"))
        if member.isdir():
            return None
        if any(part.startswith(".") for part in path.parts):
            self.hidden += 1
            return None
        if not member.isreg():
            return Entry(key, problem=Problem("not_a_file", "a link or a device"))
        if not self._packed and not member.issparse():
            return _named(key, FileRange(self._path, member.offset_data, member.size))
        if member.size > self._max_bytes:
            return Entry(key, problem=Problem("too_many_bytes", f"{member.size} bytes"))
        file = tar.extractfile(member)
        return _named(key, file.read() if file else b"")


def printable(text: str) -> str:
    """Return a file name as valid Unicode; bytes that aren't UTF-8 are written as escapes."""
    return text.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")


def _named(key: str, picture: FileRange | bytes) -> Entry:
    path = PurePosixPath(key)
    folders = tuple(words_of(part) for part in path.parent.parts)
    title = words_of(path.stem)
    if folders and _MACHINE_NAME.fullmatch(path.stem):
        title = folders[-1]
    return Entry(key, title=title, tags=tuple(dict.fromkeys(folders)), picture=picture)


def words_of(name: str) -> str:
    """Return a file's or folder's name as words.

    Examples
    --------
    >>> words_of("red_summer-dress")
    'red summer dress'
    """
    return " ".join(re.sub(r"[_\-\s]+", " ", name).split()) or name


def _file_problem(path: Path) -> Problem | None:
    try:
        mode = path.stat().st_mode
    except OSError as error:
        return Problem("unreadable", str(error.strerror))
    if not stat.S_ISREG(mode):
        return Problem("not_a_file", "a socket, a pipe or a device")
    return None
