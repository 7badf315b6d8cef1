"""A made catalogue of 200,000 items with vectors, groups and a log: for timing pages at size."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from fairview.catalog import Catalog, EventStore, SignalStore, Workspace, ingest
from fairview.core import EVENT_FIELDS, SKIN_TONE, Contract, GroupColumn, SignalColumn, arrow_schema
from fairview.core.contract import ALWAYS_PROHIBITED
from fairview.discovery import train_ranker
from fairview.retrieval import build_index
from fairview.signals import run_signals

ITEMS = 200_000
DIMENSION = 128
WORDS = 3_000
TOPICS = 400
REQUESTS = 3_000
MARK = "bench-large-catalogue"


def vocabulary(rng: np.random.Generator) -> np.ndarray:
    """Return made words of six to nine letters."""
    letters = np.array(list("bdfgklmnprstvz")), np.array(list("aeiou"))
    made = [
        "".join(rng.choice(letters[place % 2]) for place in range(rng.integers(6, 10)))
        for _ in range(WORDS)
    ]
    return np.array(sorted(set(made)))


def queries(count: int, seed: int = 1) -> list[str]:
    """Return queries of one to three of the catalogue's words, frequent ones more often."""
    rng = np.random.default_rng(seed)
    words = vocabulary(np.random.default_rng(0))
    chance = 1 / np.arange(2, len(words) + 2)
    chance /= chance.sum()
    return [
        " ".join(rng.choice(words, rng.integers(1, 4), replace=False, p=chance))
        for _ in range(count)
    ]


def build(folder: Path, items: int = ITEMS) -> Workspace:
    """Make the workspace, or open the one that was made before in the same folder."""
    root = folder / "workspace"
    if (folder / MARK).is_file():
        return Workspace.open(root)
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    rng = np.random.default_rng(0)
    words = vocabulary(np.random.default_rng(0))
    chance = 1 / np.arange(2, len(words) + 2)
    topic = rng.integers(TOPICS, size=items)
    own = rng.choice(words, (TOPICS, 12), p=chance / chance.sum())
    title = own[topic[:, None], rng.integers(12, size=(items, 4))]
    extra = rng.choice(words, (items, 2), p=chance / chance.sum())
    table = pa.table(
        {
            "item_key": [f"item-{number:07d}" for number in range(items)],
            "title": [" ".join(row) for row in np.concatenate([title, extra], axis=1).tolist()],
            "tags": [";".join(row) for row in own[topic, :3].tolist()],
        }
    )
    pq.write_table(table, folder / "items.parquet")
    workspace = Workspace.create(root, synthetic=True, signals={"processes": 1})
    ingest(workspace, folder / "items.parquet", synthetic=True)
    run_signals(workspace, names=["text_embedding"])
    ids, code = _codes(workspace)
    _write_signals(workspace, ids, topic[code], rng)
    build_index(workspace)
    _write_events(workspace, ids, topic[code], own, rng)
    train_ranker(workspace)
    (folder / MARK).write_text("Made by a benchmark; it may be removed.\n")
    return workspace


def _codes(workspace: Workspace) -> tuple[list[str], np.ndarray]:
    table = Catalog(workspace).items(["item_id", "source"])
    code = [int(source.rpartition("-")[2]) for source in table["source"].to_pylist()]
    return [str(i) for i in table["item_id"].to_pylist()], np.array(code)


def _contract(name: str, value: str, **given: object) -> Contract:
    fields = {
        "name": name,
        "version": "1",
        "describes": "made for a benchmark",
        "value": value,
        "coverage": 0.5,
        "calibration": "none",
        "freshness": "once",
        "latency_ms": 1.0,
        "intended_use": ("retrieval", "ranking", "diversification", "refinement", "audit"),
        "prohibited_use": ALWAYS_PROHIBITED,
        "owner": "bench",
        "consumers": ("bench",),
    }
    return Contract.model_validate({**fields, **given})


def _write_signals(
    workspace: Workspace, ids: list[str], topic: np.ndarray, rng: np.random.Generator
) -> None:
    centre = rng.standard_normal((TOPICS, DIMENSION)).astype(np.float32)
    vectors = centre[topic] + 0.8 * rng.standard_normal((len(ids), DIMENSION), dtype=np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    store = SignalStore(workspace)
    made = _contract("picture_embedding", "vector", dimension=DIMENSION, minimum=-1, maximum=1)
    store.write(made, ids, SignalColumn.present("picture_embedding", "1", vectors))
    groups = rng.choice([*SKIN_TONE.names, "unknown"], len(ids), p=[0.35, 0.25, 0.15, 0.1, 0.15])
    people = _contract(
        "skin_tone",
        "groups",
        ranges="skin_tone",
        intended_use=("diversification", "refinement", "audit"),
    )
    column = GroupColumn.from_groups(SKIN_TONE, groups.tolist())
    store.write_groups(people, ids, column, np.ones(len(ids), np.float32))


def _write_events(
    workspace: Workspace,
    ids: list[str],
    topic: np.ndarray,
    own: np.ndarray,
    rng: np.random.Generator,
) -> None:
    """Write pages whose clicks follow the topic and the position."""
    start = datetime.now(UTC) - timedelta(days=20)
    rows = []
    by_topic = [np.flatnonzero(topic == t) for t in range(TOPICS)]
    for request in range(REQUESTS):
        about = int(rng.integers(60))
        shown = rng.choice(by_topic[about], min(12, len(by_topic[about])), replace=False)
        for position, row in enumerate(shown, start=1):
            clicked = rng.random() < (0.35 if row % 5 == 0 else 0.12) * position**-0.4
            for action in ("impression", *(("click",) if clicked else ())):
                rows.append(
                    {
                        "event_id": f"{request}-{position}-{action}",
                        "request_id": f"r{request}",
                        "slate_id": f"s{request}",
                        "surface": "search",
                        "cluster_id": f"c{request % 300}",
                        "query": f"{own[about, 0]} {own[about, 1]}",
                        "item_id": ids[row],
                        "position": position,
                        "viewed": True,
                        "action": action,
                        "event_time": start + timedelta(minutes=9 * request),
                        "policy": "random",
                        "propensity": 0.1,
                        "propensity_kind": "marginal",
                    }
                )
    EventStore(workspace).write(pa.Table.from_pylist(rows, schema=arrow_schema(EVENT_FIELDS)))
