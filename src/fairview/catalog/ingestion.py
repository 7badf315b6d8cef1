"""Take a source into the catalogue: repeatable, resumable, and nothing is dropped in silence."""

from __future__ import annotations

import fcntl
import os
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from itertools import islice
from pathlib import Path
from typing import Any

import pyarrow.compute as pc

from fairview.catalog.entries import Entry, EntrySource, Problem
from fairview.catalog.item_writer import ItemWriter
from fairview.catalog.items import Catalog
from fairview.catalog.joins import Join
from fairview.catalog.manifests import Manifest
from fairview.catalog.places import check_place
from fairview.catalog.schema import item_id_of
from fairview.catalog.sources import open_source
from fairview.catalog.taking import Taken, Taker, Task
from fairview.catalog.workers import Workers
from fairview.catalog.workspace import Workspace
from fairview.core import UsageError
from fairview.core.atomic import remove_partials

_CHUNK = 32
_EXAMPLES = 5


@dataclass
class IngestReport:
    """What one run of `ingest` did.

    Parameters
    ----------
    source
        The source's name.
    added, updated, unchanged
        Items that are new, changed under the same key, or as they were.
    quarantined
        Reason to the number of entries that couldn't be taken in.
    examples
        Reason to a few of those entries.
    duplicates
        Items of this source whose content another item has too (and are linked to it).
    notes
        What was read with a remark (such as animated) and how often.
    hidden
        Files that were passed over because their name begins with a dot.
    unnamed
        Files of the folder that its manifest doesn't name; they were passed over.
    seconds, items_per_second
        Time that it took, and entries per second.
    """

    source: str
    added: int = 0
    updated: int = 0
    unchanged: int = 0
    quarantined: dict[str, int] = field(default_factory=dict)
    examples: dict[str, list[str]] = field(default_factory=dict)
    duplicates: int = 0
    notes: dict[str, int] = field(default_factory=dict)
    hidden: int = 0
    unnamed: int = 0
    seconds: float = 0.0
    items_per_second: float = 0.0

    @property
    def seen(self) -> int:
        """How many entries the source had."""
        return self.added + self.updated + self.unchanged + sum(self.quarantined.values())

    def to_dict(self) -> dict[str, Any]:
        """Return plain data, ready for JSON."""
        return {**asdict(self), "seen": self.seen}

    def count(self, taken: Taken) -> None:
        """Count what became of one entry."""
        if taken.problem:
            reason = taken.problem.reason
            self.quarantined[reason] = self.quarantined.get(reason, 0) + 1
            examples = self.examples.setdefault(reason, [])
            if len(examples) < _EXAMPLES:
                examples.append(f"{taken.task.entry.key}: {taken.problem.detail}")
        elif taken.unchanged and taken.media is None:
            self.unchanged += 1
        elif taken.task.stored_digest is None:
            self.added += 1
        else:
            self.updated += 1
        if taken.note:
            kind = taken.note.partition(":")[0]
            self.notes[kind] = self.notes.get(kind, 0) + 1


def ingest(
    workspace: Workspace,
    path: Path,
    *,
    mapping: Mapping[str, str] | None = None,
    join: Sequence[Join] = (),
    source: str | None = None,
    synthetic: bool = False,
    progress: bool | None = None,
) -> IngestReport:
    """Take in a folder, a tar or a manifest.

    Every entry becomes an item, stays one, or is quarantined with a reason. Run again, it
    changes nothing; killed at any moment and run again, it ends in the same catalogue.

    Parameters
    ----------
    workspace
        Where to.
    path
        A folder of pictures, a tar (packed or not), or a manifest (CSV, JSONL, Parquet) whose
        rows may name a picture each, relative to the manifest.
    mapping
        Field to column of a manifest: ``{"title": "caption"}``; see `manifests.FIELDS`.
    join
        Tables of facts about providers; see `Join`.
    source
        The source's name, part of the items' ids; the last part of `path` where None.
    synthetic
        Whether the items are synthetic, where the manifest doesn't say it of each.
    progress
        Whether to show a bar on stderr; only on a terminal where None.

    Raises
    ------
    MissingError, UsageError, DataError
        Where nothing is at `path`, it is of no known kind, another place's source has the same
        name, another ingest is at work, or a manifest lacks a mapped column.
    """
    began = time.perf_counter()
    if Path(path).resolve() == workspace.root.resolve():
        raise UsageError(f"{path} is the workspace itself; give the folder of your pictures.")
    settings = workspace.settings
    taker = Taker(workspace.media_dir, settings.catalog.picture_side, settings.catalog.max_pixels)
    with _alone(workspace):
        opened = open_source(
            Path(path),
            mapping=mapping or {},
            joins=join,
            name=source,
            max_bytes=taker.max_bytes,
            apart_from=workspace.root,
        )
        check_place(workspace, opened.name, Path(path), given=source is not None)
        report = IngestReport(opened.name)
        writer = ItemWriter(workspace, opened.name)
        seen: set[str] = set()
        tasks = _tasks(opened, writer, seen, synthetic or settings.synthetic)
        for taken in _shown(_taken(tasks, taker, _processes(workspace)), opened.total, progress):
            report.count(taken)
            writer.add(taken)
        writer.finish(seen)
        report.hidden = opened.hidden
        if Path(path).is_dir() and isinstance(opened, Manifest):
            report.unnamed = opened.unnamed()
        report.duplicates = _duplicates(workspace, seen)
    report.seconds = time.perf_counter() - began
    report.items_per_second = report.seen / report.seconds
    return report


def _tasks(
    source: EntrySource, writer: ItemWriter, seen: set[str], synthetic: bool
) -> Iterator[Task]:
    again: Counter[str] = Counter()
    for given in source.entries():
        entry = given
        item_id = item_id_of(source.name, entry.key)
        if item_id in seen:
            again[entry.key] += 1
            detail = f"{entry.key!r} comes a {again[entry.key] + 1}. time; the first is kept"
            entry = replace(entry, problem=Problem("duplicate_key", detail))
            item_id = item_id_of(source.name, f"{entry.key}\x00{again[entry.key]}")
        elif entry.problem is None and not _says_something(entry):
            entry = replace(entry, problem=Problem("empty_text", "nothing to show or to find"))
        seen.add(item_id)
        said = entry.synthetic
        yield Task(
            entry, item_id, synthetic if said is None else said, writer.stored_digest(item_id)
        )


def _says_something(entry: Entry) -> bool:
    return bool(entry.picture is not None or entry.title or entry.description or entry.tags)


def _taken(tasks: Iterable[Task], taker: Taker, processes: int) -> Iterator[Taken]:
    with Workers(taker.take_all, _crashed, processes=processes) as workers:
        for done in workers.results(_chunks(tasks), here=_without_pictures):
            yield from done


def _chunks(tasks: Iterable[Task]) -> Iterator[list[Task]]:
    rest = iter(tasks)
    while chunk := list(islice(rest, _CHUNK)):
        yield chunk


def _without_pictures(chunk: Sequence[Task]) -> bool:
    return all(task.entry.picture is None for task in chunk)


def _crashed(task: Task) -> Taken:
    return Taken(task, problem=Problem("decoder_crashed", "the decoding process ended"))


def _processes(workspace: Workspace) -> int:
    return workspace.settings.signals.processes or len(os.sched_getaffinity(0))


def _shown(taken: Iterable[Taken], total: int | None, progress: bool | None) -> Iterable[Taken]:
    from tqdm import tqdm

    hide = None if progress is None else not progress
    return tqdm(taken, "ingest", total, unit=" items", disable=hide, mininterval=0.2)


def _duplicates(workspace: Workspace, seen: set[str]) -> int:
    table = Catalog(workspace).items(["item_id", "duplicate_of"])
    linked = table.filter(pc.is_valid(table["duplicate_of"]))
    return sum(item_id in seen for item_id in linked["item_id"].to_pylist())


@contextmanager
def _alone(workspace: Workspace) -> Iterator[None]:
    """Hold the workspace's lock; the system lets go of it when the process ends in any way."""
    with (workspace.root / ".ingest.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise UsageError(
                f"Another ingest is at work in {workspace.root}; wait until it has ended."
            ) from error
        for folder in (workspace.items_dir, workspace.media_dir, workspace.quarantine_dir):
            remove_partials(folder)
        yield
