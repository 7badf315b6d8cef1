"""What is written down about answered requests: exposure, and a sample of all candidates.

The pipeline hands observers unrefined requests only; of refined ones they get a number.
"""

from __future__ import annotations

import hashlib
import threading
import time
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pyarrow as pa

from fairview.catalog import EventStore
from fairview.core import (
    CANDIDATE_FIELDS,
    EVENT_FIELDS,
    Clock,
    DataError,
    Observer,
    Slates,
    arrow_schema,
)
from fairview.slate.stage import DRAWN

EVENTS = arrow_schema(EVENT_FIELDS)
CANDIDATES = arrow_schema(CANDIDATE_FIELDS)

FLUSH_AFTER = 64
"""Requests whose rows are held before they are written together."""

MOST_WAITING = 2_000
"""Requests whose rows are kept in memory while the log can't be written; older ones are lost."""

FLUSH_SECONDS = 10.0
"""How long rows are held where requests are few."""

LAST_STAGE = "slate"


class LogBuffer:
    """Rows that wait to be written together, because each write is flushed to the disk.

    They are written once `FLUSH_AFTER` requests wait, or when a request comes and the oldest has
    waited for `FLUSH_SECONDS`. A crash loses what waits: impressions, never what a person did.

    Parameters
    ----------
    store
        Where they go.
    clock
        Seconds, monotonic.
    """

    def __init__(self, store: EventStore, clock: Callable[[], float] = time.monotonic) -> None:
        self._store = store
        self._clock = clock
        self._since = 0.0
        self._lock = threading.Lock()
        self._events: list[pa.Table] = []
        self._candidates: list[pa.Table] = []
        self._requests = 0

    def add_events(self, table: pa.Table, requests: int) -> None:
        """Hold rows of exposure; write everything where enough requests wait."""
        with self._lock:
            now = self._clock()
            self._since = self._since if self._events else now
            self._events.append(table)
            self._requests += requests
            full = self._requests >= FLUSH_AFTER or now - self._since >= FLUSH_SECONDS
        if full:
            self.flush()

    def add_candidates(self, table: pa.Table) -> None:
        """Hold rows of the candidate log."""
        with self._lock:
            self._candidates.append(table)

    def flush(self) -> None:
        """Write what waits; what can't be written waits on, up to `MOST_WAITING` tables each."""
        with self._lock:
            self._requests = 0
            self._since = self._clock()
            self._events = _written(self._events, self._store.write)
            self._candidates = _written(self._candidates, self._store.write_candidates)


def _written(waiting: list[pa.Table], write: Callable[[pa.Table], None]) -> list[pa.Table]:
    """Write these rows and return an empty list; where that fails, the rows stay in the list."""
    if waiting:
        try:
            write(pa.concat_tables(waiting))
        except OSError as error:
            lost = len(waiting) - MOST_WAITING
            del waiting[: max(lost, 0)]
            raise DataError(
                f"The log can't be written ({error.strerror}); free space or mend the folder. "
                f"{len(waiting)} requests' rows wait"
                + (f", and those of {lost} are lost." if lost > 0 else ".")
            ) from error
    return []


class ExposureLog(Observer):
    """Writes one impression per shown item.

    Parameters
    ----------
    buffer
        Where rows wait.
    clock
        Gives the time of the events.
    policy
        Name of what makes the slates where they are diversified.
    versions
        Versions of the models and signals used.
    """

    name = "exposure log"

    def __init__(
        self, buffer: LogBuffer, *, clock: Clock, policy: str, versions: Mapping[str, str]
    ) -> None:
        self.buffer = buffer
        self.clock = clock
        self.policy = policy
        self.versions = list(versions.items())

    def observe(self, slates: Slates) -> None:
        """Hold the impressions of these slates."""
        candidates = slates.candidates
        n = len(candidates)
        if not n:
            return
        requests, owner = candidates.requests, candidates.request_of
        request_id = requests.ids[owner].tolist()
        positions = slates.positions
        now = self.clock()
        diversify = requests.columns["diversify"][owner]
        policies = [self.policy if on else "top_k" for on in diversify]
        drawn = candidates.columns.get("drawn", np.zeros(n, np.bool_))
        keys = requests.columns["key"][owner].tolist() if "key" in requests.columns else [None] * n
        columns: dict[str, Any] = {
            "event_id": [
                f"{request}-{position:03d}-impression"
                for request, position in zip(request_id, positions.tolist(), strict=True)
            ],
            "request_id": request_id,
            "slate_id": [f"s-{request}" for request in request_id],
            "surface": requests.columns["surface"][owner].tolist(),
            "cluster_id": requests.columns["cluster_id"][owner].tolist(),
            "query": [text or None for text in requests.columns["query"][owner].tolist()],
            "item_id": candidates.item_ids.tolist(),
            "position": positions.astype(np.int32),
            "viewed": None,
            "action": "impression",
            "event_time": now,
            "ingest_time": now,
            "policy": policies,
            "versions": self.versions,
            "rng_key": [str(k) if on else None for k, on in zip(keys, drawn, strict=True)],
            "propensity": candidates.columns.get("propensity", np.ones(n)),
            "propensity_kind": np.where(drawn, DRAWN, "deterministic").tolist(),
        }
        self.buffer.add_events(_table(columns, EVENTS, n), len(requests))


class CandidateLog(Observer):
    """Writes, for a sample of requests, what became of every candidate.

    Parameters
    ----------
    buffer
        Where rows wait.
    clock
        Gives the time.
    sampling_rate
        Share of requests that are logged, by a hash of the request id.
    """

    name = "candidate log"

    def __init__(self, buffer: LogBuffer, *, clock: Clock, sampling_rate: float) -> None:
        self.buffer = buffer
        self.clock = clock
        self.sampling_rate = sampling_rate

    def observe(self, slates: Slates) -> None:
        """Hold the candidates of the sampled requests."""
        ids = slates.candidates.requests.ids
        chosen = np.array([_share_of(str(i)) < self.sampling_rate for i in ids], np.bool_)
        if not chosen.any():
            return
        sampled = slates.take(chosen)
        requests = sampled.candidates.requests
        shown = sampled.candidates
        parts = [(shown.request_of, shown.item_ids, LAST_STAGE, [None] * len(shown))]
        parts += [(g.request, g.item_ids, g.stage, g.reasons.tolist()) for g in sampled.removed]
        owner = np.concatenate([part[0] for part in parts])
        stages = [part[2] for part in parts for _ in range(len(part[0]))]
        columns: dict[str, Any] = {
            "request_id": requests.ids[owner].tolist(),
            "surface": requests.columns["surface"][owner].tolist(),
            "cluster_id": requests.columns["cluster_id"][owner].tolist(),
            "item_id": np.concatenate([part[1] for part in parts]).tolist(),
            "stage": stages,
            "kept": [stage == LAST_STAGE for stage in stages],
            "reason": [reason for part in parts for reason in part[3]],
            "sampling_rate": self.sampling_rate,
            "event_time": self.clock(),
        }
        self.buffer.add_candidates(_table(columns, CANDIDATES, len(owner)))


def _share_of(request_id: str) -> float:
    """Return a number in [0, 1) that is the same whenever it is asked for this request."""
    head = hashlib.sha256(request_id.encode()).digest()[:8]
    return int.from_bytes(head, "big") / 2.0**64


def _table(columns: Mapping[str, Any], schema: pa.Schema, rows: int) -> pa.Table:
    """Return a table of n rows; what isn't a list or an array is the same in every row."""
    arrays = []
    for field in schema:
        value = columns[field.name]
        if field.name == "versions" or not isinstance(value, list | np.ndarray):
            one: Any = pa.array([value], field.type)
            arrays.append(one.take(pa.array(np.zeros(rows, np.int64))))
        else:
            arrays.append(pa.array(value, field.type))
    return pa.Table.from_arrays(arrays, schema=schema)
