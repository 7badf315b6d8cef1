"""The doctor: looks a workspace over and says what is well, what to know, and what to mend."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

import pyarrow as pa
import pyarrow.compute as pc

from fairview.catalog.event_store import EventStore
from fairview.catalog.items import Catalog
from fairview.catalog.schema import REASONS
from fairview.catalog.signal_store import SignalStore
from fairview.catalog.workspace import Workspace
from fairview.core import FairviewError, State

Level = Literal["ok", "note", "problem"]

_LITTLE_SPACE = 1 << 30


@dataclass(frozen=True)
class Finding:
    """One thing that the doctor found.

    Parameters
    ----------
    level
        ``ok``, ``note`` (worth knowing) or ``problem`` (mend it).
    what
        What was found, in a sentence.
    what_to_do
        What mends it; empty where nothing needs to be done.
    """

    level: Level
    what: str
    what_to_do: str = ""


def doctor(workspace: Workspace) -> list[Finding]:
    """Look a workspace's catalogue over: settings, items, pictures, quarantine, events, signals.

    A check that can't be made is a finding of its own; nothing is raised and nothing is changed.
    """
    findings: dict[Finding, None] = {}
    for check in _CHECKS:
        try:
            findings.update(dict.fromkeys(check(workspace)))
        except FairviewError as error:
            findings[Finding("problem", str(error), "Mend what the sentence names.")] = None
    return list(findings)


def _settings(workspace: Workspace) -> Iterator[Finding]:
    name = workspace.settings.name
    kind = "synthetic " if workspace.settings.synthetic else ""
    yield Finding("ok", f"The settings of the {kind}workspace {name!r} are valid.")


def _items(workspace: Workspace) -> Iterator[Finding]:
    table = Catalog(workspace).items(["kind", "synthetic", "duplicate_of"])
    if not table.num_rows:
        yield Finding("note", "The catalogue is empty.", "Run: fairview ingest PATH")
        return
    kinds = Counter(table["kind"].to_pylist())
    told = ", ".join(f"{count} {kind}" for kind, count in sorted(kinds.items()))
    yield Finding("ok", f"The catalogue has {table.num_rows} items ({told}).")
    synthetic = pc.sum(table["synthetic"]).as_py()
    if synthetic:
        yield Finding("note", f"{synthetic} items are synthetic; every page says so.")
    linked = table.num_rows - table["duplicate_of"].null_count
    if linked:
        yield Finding("note", f"{linked} items are exact duplicates and linked to their first.")


def _media(workspace: Workspace) -> Iterator[Finding]:
    media = Catalog(workspace).items(["media"])["media"].drop_null()
    wanted = set(media.to_pylist())
    folder = workspace.media_dir
    there = {path.relative_to(folder).as_posix() for path in folder.glob("*/*.jpg")}
    lacking = sorted(str(each) for each in wanted - there)
    if lacking:
        yield Finding(
            "problem",
            f"{len(lacking)} pictures are missing, such as {lacking[0]}.",
            "Take their sources in again: fairview ingest PATH",
        )
    elif wanted:
        yield Finding("ok", f"All {len(wanted)} pictures are there.")
    if there - wanted:
        yield Finding("note", f"{len(there - wanted)} pictures belong to no item any more.")


def _quarantine(workspace: Workspace) -> Iterator[Finding]:
    table = Catalog(workspace).quarantine()
    counts = Counter(map(str, table["reason"].to_pylist()))
    if not counts:
        yield Finding("ok", "Nothing is quarantined.")
    for reason, count in counts.most_common():
        rows = table.filter(pc.equal(table["reason"], pa.scalar(reason)))
        example = f"{rows['source'][0]}: {rows['detail'][0]}"
        meaning = REASONS.get(reason, "unknown reason")
        yield Finding(
            "note",
            f"{count} entries are quarantined as {reason} ({meaning}), such as {example}.",
            "Mend the files or leave them out, and run: fairview ingest PATH",
        )


def _events(workspace: Workspace) -> Iterator[Finding]:
    store = EventStore(workspace)
    count = store.count()
    if count:
        yield Finding("ok", f"{count} events are stored.")
    else:
        yield Finding(
            "note",
            "There are no events, so nothing can be learned from what people did.",
            "Run: fairview events PATH",
        )
    reasons = Counter(store.quarantine()["reason"].to_pylist())
    for reason, number in reasons.most_common():
        yield Finding(
            "note",
            f"{number} rows of events are set aside as {reason}.",
            f"They lie in {store.quarantine_folder.relative_to(workspace.root)}; mend them at "
            f"their source and take them in again.",
        )


def _signals(workspace: Workspace) -> Iterator[Finding]:
    summary = SignalStore(workspace).summary()
    expected = set(workspace.settings.signals.producers)
    for name in sorted(expected - set(summary)):
        yield Finding("note", f"Signal {name} isn't computed.", f"Run: fairview signals run {name}")
    for name, counts in summary.items():
        missing, failed = counts[State.MISSING.word], counts[State.FAILED.word]
        level: Level = "note" if missing or failed else "ok"
        action = f"Run: fairview signals run {name}" if missing else ""
        yield Finding(level, f"Signal {name}: {_states_in_words(counts) or 'no items'}.", action)


def _space(workspace: Workspace) -> Iterator[Finding]:
    free = shutil.disk_usage(workspace.root).free
    told = f"{free / 1e9:.1f} GB are free on the workspace's disk."
    if free < _LITTLE_SPACE:
        yield Finding("problem", told, "Make space: writes fail on a full disk.")
    else:
        yield Finding("ok", told)


def _states_in_words(counts: Mapping[str, int]) -> str:
    """Return counts of states as a phrase.

    Examples
    --------
    >>> _states_in_words({"present": 3, "missing": 1, "failed": 0})
    '3 present, 1 missing'
    """
    return ", ".join(f"{n} {word.replace('_', ' ')}" for word, n in counts.items() if n)


_CHECKS: tuple[Callable[[Workspace], Iterator[Finding]], ...] = (
    _settings,
    _items,
    _media,
    _quarantine,
    _events,
    _signals,
    _space,
)
