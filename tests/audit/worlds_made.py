"""Synthetic worlds as logs and as workspaces, with the true tones as the signal."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from fairview.catalog import EventStore, SignalStore, Workspace, ingest
from fairview.catalog.world import Day, World, WorldParameters
from fairview.core import (
    RANGES,
    Candidates,
    Contract,
    GroupColumn,
    Requests,
    Slates,
    State,
)

SMALL = WorldParameters(
    seed=5, items=600, people=200, days=2, requests_per_day=120, candidate_sampling=0.3
)


def contract(**given: object) -> Contract:
    fields: dict[str, object] = {
        "name": "skin_tone",
        "version": "1",
        "describes": "true tones of a synthetic world",
        "value": "groups",
        "ranges": "skin_tone",
        "may_abstain": True,
        "coverage": 0.1,
        "calibration": "exact",
        "freshness": "fixed",
        "latency_ms": 1.0,
        "intended_use": ("audit",),
        "owner": "tests",
        "consumers": ("tests",),
        **given,
    }
    return Contract.model_validate(fields)


def true_tones(world: World) -> GroupColumn:
    """The true skin tone ranges of all items; those without people have no readings."""
    monk, people = world.items.monk, world.items.people
    shown = np.arange(monk.shape[1])[None, :] < people[:, None]
    readings = monk[shown]
    offsets = np.concatenate([[0], np.cumsum(people)]).astype(np.int64)
    states = np.full(len(readings), State.PRESENT)
    return GroupColumn.from_readings(RANGES["skin_tone"], readings, states, offsets)


def workspace_of(world: World, root: Path, *, events: bool = True, **promised: object) -> Workspace:
    """A workspace that holds a world as text items, its true tones and its log."""
    folder = root / "source"
    world.write_catalogue(folder, pictures=False)
    workspace = Workspace.create(root / "workspace", name="A world", synthetic=True)
    ingest(workspace, folder / "manifest.parquet", synthetic=True)
    column = true_tones(world)
    confidence = np.ones(len(column), np.float32)
    SignalStore(workspace).write_groups(contract(**promised), world.item_ids, column, confidence)
    if events:
        world.write_events(root / "events.parquet", candidates=root / "candidates.parquet")
        store = EventStore(workspace)
        report = store.ingest(root / "events.parquet")
        assert report.set_aside == 0, report
        store.write_candidates(pq.read_table(root / "candidates.parquet"))
    return workspace


def slates_of(world: World, query: np.ndarray, person: np.ndarray, item: np.ndarray) -> Slates:
    """R slates of k items each, with the items' true tones."""
    rows, k = item.shape
    ids = np.array(world.item_ids)
    requests = Requests(
        np.array([f"r{i:06d}" for i in range(rows)]),
        {
            "cluster_id": np.array(world.people.cluster_ids())[person],
            "query": np.array([q.text for q in world.queries])[query],
        },
    )
    flat = item.ravel()
    candidates = Candidates(
        requests,
        np.arange(rows + 1) * k,
        ids[flat],
        ("world",),
        np.ones(len(flat), np.uint64),
        groups={"skin_tone": true_tones(world).take(flat)},
    )
    return Slates(candidates, (), ())


def day_slates(world: World, day: Day) -> Slates:
    """The slates of one simulated day."""
    return slates_of(world, day.query, day.person, day.item)


def events_table(rows: list[tuple[str, str, str, int, str]]) -> pa.Table:
    """Events of (request, person, item, position, action), a second apart."""
    import datetime as dt

    start = dt.datetime(2025, 3, 3, tzinfo=dt.UTC)
    return pa.table(
        {
            "event_id": [f"e{i}" for i in range(len(rows))],
            "request_id": [r[0] for r in rows],
            "slate_id": [f"s-{r[0]}" for r in rows],
            "surface": ["search"] * len(rows),
            "cluster_id": [r[1] for r in rows],
            "query": ["looks"] * len(rows),
            "item_id": [r[2] for r in rows],
            "position": pa.array([r[3] for r in rows], pa.int32()),
            "action": [r[4] for r in rows],
            "event_time": [start + dt.timedelta(seconds=i) for i in range(len(rows))],
            "policy": ["made"] * len(rows),
        }
    )
