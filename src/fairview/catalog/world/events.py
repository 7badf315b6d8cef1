"""Logged days as tables of schema v1: events, sampled candidates, and saves to boards."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from fairview.catalog.world.history import Day
from fairview.catalog.world.identity import item_ids
from fairview.catalog.world.items import Items
from fairview.catalog.world.logging_policy import BASELINE, RANDOMISED, Pools, random_propensity
from fairview.catalog.world.parameters import WorldParameters, stream
from fairview.catalog.world.people import BOARDS, People
from fairview.catalog.world.queries import QUERIES
from fairview.core.events import CANDIDATE_FIELDS, EVENT_FIELDS, arrow_schema

FIRST_DAY = datetime(2025, 3, 3, tzinfo=UTC)
"""Day 0 of every world, a Monday."""

SURFACE = "search"
VERSIONS = {"world": "1", "ranker": "world_baseline.1"}

_ACTIONS = ("impression", "click", "save", "hide")
_SECONDS_PER_POSITION = 1.4
_REACTION_SECONDS = (0.0, 0.9, 2.6, 1.7)
_MICROSECONDS = 1_000_000
_DAY_MICROSECONDS = 86_400 * _MICROSECONDS


@dataclass(frozen=True)
class LogNames:
    """Everything that the log calls by a name, as Arrow arrays that rows are taken from."""

    item: pa.StringArray
    person: pa.StringArray
    board: pa.StringArray
    query: pa.StringArray

    @classmethod
    def of_world(cls, parameters: WorldParameters, people: People) -> LogNames:
        """Return the names of one world; items by the catalogue's ids."""
        return cls(
            pa.array(item_ids(parameters), pa.string()),
            pa.array(people.cluster_ids(), pa.string()),
            pa.array(people.board_ids(), pa.string()),
            pa.array([query.text for query in QUERIES], pa.string()),
        )


def request_ids(parameters: WorldParameters, day: Day) -> pa.StringArray:
    """Return a day's request ids, unique over days and worlds."""
    numbers = pa.array([f"{n:07d}" for n in range(len(day.query))], pa.string())
    return _join(f"w{parameters.seed}d{day.number:03d}", numbers)


def event_table(parameters: WorldParameters, names: LogNames, day: Day) -> pa.Table:
    """Return a day's events: one impression per shown item, and what followed it."""
    rows, k = day.item.shape
    did = np.stack([np.ones((rows, k), np.bool_), *_followed(day)], axis=2)
    flat = np.flatnonzero(did)
    action = flat % len(_ACTIONS)
    cell = flat // len(_ACTIONS)
    request, column = np.divmod(cell, k)
    requests = request_ids(parameters, day)
    event_time = _start(day) + _micro(
        day.seconds[request]
        + _SECONDS_PER_POSITION * column * (action > 0)
        + np.array(_REACTION_SECONDS)[action]
    )
    delay = stream(parameters.seed, "delay", day.number).integers(1, 60, len(flat))
    random = day.randomised[request]
    request_id = requests.take(request)
    columns: dict[str, Any] = {
        "event_id": _join(
            request_id,
            _take([f"{p:02d}" for p in range(1, k + 1)], column),
            _take([name[0] for name in _ACTIONS], action),
        ),
        "request_id": request_id,
        "slate_id": _join("s", request_id),
        "surface": _constant(SURFACE, len(flat)),
        "cluster_id": names.person.take(day.person[request]),
        "query": names.query.take(day.query[request]),
        "item_id": names.item.take(day.item.ravel()[cell]),
        "position": (column + 1).astype(np.int32),
        "viewed": day.reactions.viewed.ravel()[cell],
        "action": _take(_ACTIONS, action),
        "event_time": event_time,
        "ingest_time": event_time + delay * _MICROSECONDS,
        "policy": _take((BASELINE, RANDOMISED), random),
        "versions": _versions(len(flat)),
        "rng_key": _where(f"world/{parameters.seed}/day/{day.number}", random),
        "propensity": np.where(random, random_propensity(day.ranking, parameters), 1.0),
        "propensity_kind": _take(("deterministic", "marginal"), random),
    }
    return _table(columns, arrow_schema(EVENT_FIELDS))


def candidate_table(
    parameters: WorldParameters, names: LogNames, pools: Pools, day: Day
) -> pa.Table:
    """Return the candidates of a day's sampled requests, each kept or removed with a reason."""
    rng = stream(parameters.seed, "candidates", day.number)
    sampled = np.flatnonzero(rng.random(len(day.query)) < parameters.candidate_sampling)
    pool = pools.item[day.query[sampled]]
    kept = (pool[:, :, None] == day.item[sampled][:, None, :]).any(axis=2).ravel()
    request = np.repeat(sampled, pool.shape[1])
    columns: dict[str, Any] = {
        "request_id": request_ids(parameters, day).take(request),
        "surface": _constant(SURFACE, len(request)),
        "cluster_id": names.person.take(day.person[request]),
        "item_id": names.item.take(pool.ravel()),
        "stage": _constant("world_ranker", len(request)),
        "kept": kept,
        "reason": _where("Ranked below the slate.", ~kept),
        "sampling_rate": np.full(len(request), parameters.candidate_sampling),
        "event_time": _start(day) + _micro(day.seconds[request]),
    }
    return _table(columns, arrow_schema(CANDIDATE_FIELDS))


def save_table(
    parameters: WorldParameters, names: LogNames, items: Items, people: People, day: Day
) -> pa.Table:
    """Return which board each of a day's saves went to: owner, board, item and event."""
    request, column = np.nonzero(day.reactions.save)
    item, person = day.item[request, column], day.person[request]
    board = person * BOARDS + people.board_of(person, items.theme[item])
    events = _join(
        request_ids(parameters, day).take(request),
        _take([f"{p:02d}" for p in range(1, day.item.shape[1] + 1)], column),
        "s",
    )
    return pa.table(
        {
            "event_id": events,
            "board_id": names.board.take(board.astype(np.int64)),
            "cluster_id": names.person.take(person),
            "item_id": names.item.take(item),
        }
    )


def _followed(day: Day) -> list[npt.NDArray[np.bool_]]:
    return [day.reactions.click, day.reactions.save, day.reactions.hide]


def _start(day: Day) -> int:
    return int(FIRST_DAY.timestamp()) * _MICROSECONDS + day.number * _DAY_MICROSECONDS


def _micro(seconds: npt.NDArray[np.floating]) -> npt.NDArray[np.int64]:
    return np.round(seconds * _MICROSECONDS).astype(np.int64)


def _join(*parts: Any) -> pa.StringArray:
    """Join arrays and words row by row, with a dash between them."""
    joined: pa.StringArray = pc.binary_join_element_wise(*parts, "-")
    return joined


def _take(words: Sequence[str], codes: npt.NDArray[Any]) -> pa.StringArray:
    return pa.array(list(words), pa.string()).take(codes.astype(np.int64))


def _constant(word: str, rows: int) -> pa.StringArray:
    return _take([word], np.zeros(rows))


def _where(word: str, mask: npt.NDArray[np.bool_]) -> pa.StringArray:
    """Return the word where the mask is true and null elsewhere."""
    rows: Any = pa.array(np.zeros(len(mask), np.int64), mask=~mask)
    return pa.array([word], pa.string()).take(rows)


def _versions(rows: int) -> Any:
    one = pa.array([list(VERSIONS.items())], pa.map_(pa.string(), pa.string()))
    return one.take(np.zeros(rows, np.int64))


def _table(columns: dict[str, Any], schema: pa.Schema) -> pa.Table:
    """Return the columns in the schema's order and types."""
    arrays = []
    for field in schema:
        column = columns[field.name]
        array = pa.array(column) if isinstance(column, np.ndarray) else column
        arrays.append(array.cast(field.type))
    return pa.Table.from_arrays(arrays, schema=schema)
