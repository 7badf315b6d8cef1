"""The job that computes signals: only what is missing, in several processes, nothing lost."""

from __future__ import annotations

import os
import time
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, partial
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from fairview.catalog import Catalog, SignalStore, Workspace
from fairview.catalog.workers import Workers
from fairview.core import RANGES, Contract, DataError, GroupColumn, SignalColumn, State, UsageError
from fairview.signals.base import GroupReadings, Producer, Readings, producers
from fairview.signals.batch import ItemBatch, Picture, Progress, item_text
from fairview.signals.fitted import fitted_producer, open_producer

_CHUNK = 32
_FLUSH = 1024
_FEW = 96
_LONGEST_REASON = 200
_NEEDS_PICTURE = ("picture", "both")


@dataclass(frozen=True)
class SignalReport:
    """What a run did.

    Parameters
    ----------
    items
        How many items the catalogue has.
    computed
        Per signal, how many items were computed now.
    states
        Per signal, how many of the computed items are in each state, by its word.
    failures
        Per signal, why items failed, with counts.
    milliseconds
        Per signal, the mean time of an item in its producer.
    seconds
        How long the run took.
    """

    items: int
    computed: dict[str, int]
    states: dict[str, dict[str, int]]
    failures: dict[str, dict[str, int]]
    milliseconds: dict[str, float]
    seconds: float

    @property
    def items_per_second(self) -> float:
        """How many items were gone through per second, 0 where nothing was to do."""
        return max(self.computed.values(), default=0) / self.seconds if self.seconds > 0 else 0.0

    def to_dict(self) -> dict[str, Any]:
        """Return plain data, ready for JSON."""
        return {
            "items": self.items,
            "computed": self.computed,
            "states": self.states,
            "failures": self.failures,
            "milliseconds": {name: round(ms, 3) for name, ms in self.milliseconds.items()},
            "seconds": round(self.seconds, 3),
            "items_per_second": round(self.items_per_second, 1),
        }


@dataclass(frozen=True)
class _Piece:
    """One item, and the signals that it lacks."""

    item_id: str
    media: str | None
    text: str
    attributes: Mapping[str, str]
    names: tuple[str, ...]


@dataclass(frozen=True)
class _Row:
    """What one producer gave for one item: a row, or why it failed."""

    readings: Readings | None
    reason: str = ""
    seconds: float = 0.0


@dataclass
class _Pending:
    """Rows of one signal that aren't stored yet, and counts of those that are."""

    contract: Contract
    item_ids: list[str] = field(default_factory=list)
    readings: list[Readings] = field(default_factory=list)
    states: Counter[str] = field(default_factory=Counter)
    failures: Counter[str] = field(default_factory=Counter)
    seconds: float = 0.0

    def add(self, item_id: str, row: _Row) -> None:
        if row.readings is None:
            self.failures[row.reason] += 1
        readings = row.readings if row.readings is not None else _failed(self.contract)
        self.item_ids.append(item_id)
        self.readings.append(readings)
        self.states[State(int(readings.state[0])).word] += 1
        self.seconds += row.seconds

    def store(self, store: SignalStore) -> None:
        if not self.item_ids:
            return
        joined = _joined(self.readings)
        if isinstance(joined, GroupReadings):
            store.write_groups(
                self.contract, self.item_ids, joined.column, joined.confidence, state=joined.state
            )
        else:
            store.write(self.contract, self.item_ids, joined)
        self.item_ids, self.readings = [], []


def run_signals(
    workspace: Workspace,
    *,
    names: Sequence[str] | None = None,
    progress: Progress | None = None,
) -> SignalReport:
    """Compute signals of every item that lacks them at their producer's version.

    A run that is killed loses at most the items that weren't stored yet, and the next run
    computes those. An item whose producer breaks is stored as ``failed`` and its reason counted;
    the others of its batch are computed all the same.

    Parameters
    ----------
    workspace
        Whose items; its settings say which producers run, with which backbone, in how many
        processes.
    names
        Which signals; those of the settings where None.
    progress
        Called with how many items are done, and of how many.

    Raises
    ------
    UsageError
        Where no producer has one of the names.
    """
    started = time.perf_counter()
    wanted = tuple(
        dict.fromkeys(names if names is not None else workspace.settings.signals.producers)
    )
    _check_names(wanted)
    columns = ["item_id", "title", "description", "tags", "media", "attributes"]
    items = Catalog(workspace).items(columns)
    made = {name: fitted_producer(workspace, name, items) for name in wanted}
    store = SignalStore(workspace)
    pieces = _pieces(items, store, made)
    pending = {name: _Pending(each.contract) for name, each in made.items()}
    _compute(workspace, pieces, pending, store, progress)
    computed = {name: sum(each.states.values()) for name, each in pending.items()}
    return SignalReport(
        items=items.num_rows,
        computed=computed,
        states={name: dict(each.states) for name, each in pending.items()},
        failures={name: dict(each.failures) for name, each in pending.items() if each.failures},
        milliseconds={
            name: 1e3 * each.seconds / max(computed[name], 1) for name, each in pending.items()
        },
        seconds=time.perf_counter() - started,
    )


def _check_names(names: Iterable[str]) -> None:
    known = producers()
    for name in names:
        if name not in known:
            raise UsageError(f"No producer makes a signal {name!r}; use one of {', '.join(known)}.")


def _pieces(items: pa.Table, store: SignalStore, made: dict[str, Producer]) -> list[_Piece]:
    covered = {name: store.covered(name, each.contract.version) for name, each in made.items()}
    pieces = []
    for row in items.to_pylist():
        names = tuple(name for name in made if row["item_id"] not in covered[name])
        if names:
            text = item_text(row["title"], row["description"], row["tags"])
            said = dict(row["attributes"] or ())
            pieces.append(_Piece(row["item_id"], row["media"], text, said, names))
    return pieces


def _compute(
    workspace: Workspace,
    pieces: list[_Piece],
    pending: dict[str, _Pending],
    store: SignalStore,
    progress: Progress | None,
) -> None:
    versions = tuple((name, each.contract.version) for name, each in pending.items())
    chunks = [pieces[start : start + _CHUNK] for start in range(0, len(pieces), _CHUNK)]
    cores = workspace.settings.signals.processes or len(os.sched_getaffinity(0))
    processes = cores if cores > 1 and len(pieces) > _FEW else 0
    work = partial(_rows, str(workspace.root.resolve()), versions)
    done = 0
    with Workers(work, _crashed, processes=processes, patience=0) as workers:
        for chunk, rows in zip(chunks, workers.results(chunks, here=lambda _: False), strict=True):
            for piece, row in zip(chunk, rows, strict=True):
                for name, each in row.items():
                    pending[name].add(piece.item_id, each)
            done += len(chunk)
            for each_pending in pending.values():
                if len(each_pending.item_ids) >= _FLUSH:
                    each_pending.store(store)
            if progress is not None:
                progress(done, len(pieces))
    for each_pending in pending.values():
        each_pending.store(store)


def _crashed(piece: _Piece) -> dict[str, _Row]:
    return {name: _Row(None, "the process ended while this item was read") for name in piece.names}


@cache
def _opened(
    root: str, versions: tuple[tuple[str, str], ...]
) -> tuple[Catalog, dict[str, Producer]]:
    workspace = Workspace.open(Path(root))
    return Catalog(workspace), {name: open_producer(workspace, name) for name, _ in versions}


def _rows(
    root: str, versions: tuple[tuple[str, str], ...], chunk: Sequence[_Piece]
) -> list[dict[str, _Row]]:
    """Return each item's rows by signal; runs in a worker."""
    catalog, made = _opened(root, versions)
    rows: list[dict[str, _Row]] = [{} for _ in chunk]
    pictures, unread = _pictures(catalog, chunk, made)
    for name, each in made.items():
        asked = [index for index, piece in enumerate(chunk) if name in piece.names]
        if each.needs in _NEEDS_PICTURE:
            for index in asked:
                if index in unread:
                    rows[index][name] = _Row(None, unread[index])
            asked = [index for index in asked if index not in unread]
        batch = ItemBatch(
            [chunk[index].item_id for index in asked],
            [pictures.get(index) for index in asked],
            [chunk[index].text for index in asked],
            [chunk[index].attributes for index in asked],
        )
        for index, row in zip(asked, _produced(each, batch), strict=True):
            rows[index][name] = row
    return rows


def _pictures(
    catalog: Catalog, chunk: Sequence[_Piece], made: dict[str, Producer]
) -> tuple[dict[int, Picture], dict[int, str]]:
    """Return the pictures that any producer needs, and why others can't be read."""
    pictures: dict[int, Picture] = {}
    unread: dict[int, str] = {}
    for index, piece in enumerate(chunk):
        if piece.media is None or not any(
            made[name].needs in _NEEDS_PICTURE for name in piece.names
        ):
            continue
        try:
            pictures[index] = catalog.picture(piece.media)
        except Exception as error:
            unread[index] = f"the picture can't be read ({type(error).__name__})"
    return pictures, unread


def _produced(made: Producer, batch: ItemBatch) -> list[_Row]:
    """Return one row per item; where the batch breaks, its items are tried one by one."""
    if not len(batch):
        return []
    started = time.perf_counter()
    try:
        readings = made.produce(batch)
        _check(made, readings, len(batch))
    except Exception as error:
        if len(batch) > 1:
            return [row for i in range(len(batch)) for row in _produced(made, batch.take([i]))]
        reason = f"{type(error).__name__}: {error}"[:_LONGEST_REASON]
        return [_Row(None, reason, time.perf_counter() - started)]
    seconds = (time.perf_counter() - started) / len(batch)
    return [_Row(_taken(readings, i), seconds=seconds) for i in range(len(batch))]


def _check(made: Producer, readings: Readings, n: int) -> None:
    if len(readings) != n:
        raise DataError(
            f"Producer {made.contract.name!r} gave {len(readings)} rows for {n} items; give one "
            f"per item."
        )


def _taken(readings: Readings, row: int) -> Readings:
    index = np.array([row])
    if isinstance(readings, SignalColumn):
        return readings.take(index)
    return GroupReadings(
        readings.column.take(index), readings.state[index], readings.confidence[index]
    )


def _failed(contract: Contract) -> Readings:
    if contract.value == "groups":
        column = GroupColumn.from_groups(RANGES[contract.ranges or ""], [None])
        return GroupReadings(column, np.full(1, State.FAILED, np.int8), np.zeros(1, np.float32))
    if contract.value == "category":
        like: Any = np.array([""])
    else:
        like = np.zeros((1, contract.dimension) if contract.value == "vector" else 1, np.float32)
    return SignalColumn.absent(contract.name, contract.version, like, State.FAILED)


def _joined(parts: list[Readings]) -> Readings:
    states = np.concatenate([part.state for part in parts])
    confidences = np.concatenate([part.confidence for part in parts])
    columns = [part for part in parts if isinstance(part, SignalColumn)]
    if columns:
        values = np.concatenate([column.values for column in columns])
        return SignalColumn(columns[0].name, columns[0].version, values, states, confidences)
    groups = [part.column for part in parts if isinstance(part, GroupReadings)]
    lengths = np.concatenate([np.diff(group.offsets) for group in groups])
    column = GroupColumn(
        groups[0].ranges,
        np.concatenate([group.probabilities for group in groups]),
        np.concatenate([group.contains for group in groups]),
        np.concatenate([group.readings for group in groups]),
        np.concatenate([group.reading_state for group in groups]),
        np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64),
    )
    return GroupReadings(column, states, confidences)
