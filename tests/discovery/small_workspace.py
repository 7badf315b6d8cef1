"""A small workspace made by hand: three themes, planted groups, planted behaviour."""

from __future__ import annotations

import csv
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pyarrow as pa

from fairview.catalog import Catalog, EventStore, SignalStore, Workspace, ingest
from fairview.core import (
    EVENT_FIELDS,
    SKIN_TONE,
    Contract,
    GroupColumn,
    SignalColumn,
    State,
    arrow_schema,
)

THEMES = ("makeup", "coat", "lamp")
COLOURS = ("red", "blue", "green", "golden")
NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)
DIMENSION = 16


def contract(name: str, value: str, **given: object) -> Contract:
    return Contract.model_validate(
        {
            "name": name,
            "version": "1",
            "describes": "made by hand",
            "value": value,
            "coverage": 0.5,
            "calibration": "none",
            "freshness": "once",
            "latency_ms": 1.0,
            "intended_use": (
                "retrieval",
                "ranking",
                "diversification",
                "refinement",
                "filtering",
                "audit",
            ),
            "owner": "tests",
            "consumers": ("tests",),
            **given,
        }
    )


PEOPLE_USES = ("diversification", "refinement", "filtering", "audit")


def make(root: Path, items: int = 240, **settings: object) -> Workspace:
    """Return a workspace with items and no signals; item i is of theme i mod 3."""
    workspace = Workspace.create(root / "workspace", clock=lambda: NOW, synthetic=True, **settings)
    path = root / "looks.csv"
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["item_key", "title", "description", "tags"])
        for number in range(items):
            theme, colour = THEMES[number % 3], COLOURS[number // 3 % 4]
            writer.writerow(
                [
                    f"item-{number:04d}",
                    f"{colour.title()} {theme} number {number}",
                    f"A {theme} for every evening.",
                    f"{theme};{colour}",
                ]
            )
    ingest(workspace, path, synthetic=True)
    return workspace


def numbers_of(workspace: Workspace) -> dict[str, int]:
    """Return item id to the number in its title."""
    items = Catalog(workspace).items(["item_id", "title"])
    titles = items["title"].to_pylist()
    return {
        item: int(title.rsplit(" ", 1)[1])
        for item, title in zip(items["item_id"].to_pylist(), titles, strict=True)
    }


def add_vectors(workspace: Workspace, name: str = "picture_embedding") -> None:
    """Write vectors in which items of a theme lie close together."""
    numbers = numbers_of(workspace)
    rng = np.random.default_rng(3)
    centres = rng.normal(size=(3, DIMENSION))
    own = rng.normal(size=(max(numbers.values()) + 1, DIMENSION))
    vectors = np.array([centres[n % 3] * 2 + own[n] for n in numbers.values()])
    vectors = (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)
    SignalStore(workspace).write(
        contract(name, "vector", dimension=DIMENSION, minimum=-1, maximum=1),
        list(numbers),
        SignalColumn.present(name, "1", vectors),
    )


def group_of(number: int) -> str | None:
    """Return the planted skin tone range: most items of people are 1-3, few 8-10."""
    if number % 3 == 2:
        return None
    draw = (number * 7919) % 100
    return "1-3" if draw < 60 else "4-5" if draw < 75 else "6-7" if draw < 88 else "8-10"


def is_abstained(number: int) -> bool:
    return number % 3 != 2 and number % 11 == 0


def add_people(workspace: Workspace, **given: object) -> None:
    """Write skin tones: some abstain, lamps aren't applicable."""
    numbers = numbers_of(workspace)
    groups = [None if is_abstained(n) else group_of(n) for n in numbers.values()]
    column = GroupColumn.from_groups(SKIN_TONE, groups)
    states = [
        State.NOT_APPLICABLE
        if n % 3 == 2
        else State.ABSTAINED
        if is_abstained(n)
        else State.PRESENT
        for n in numbers.values()
    ]
    SignalStore(workspace).write_groups(
        contract(
            "skin_tone", "groups", ranges="skin_tone", **{"intended_use": PEOPLE_USES, **given}
        ),
        list(numbers),
        column,
        np.array([float(s is State.PRESENT) for s in states], np.float32),
        state=np.array(states, np.int8),
    )


def is_liked(number: int) -> bool:
    """Some items are clicked far more often than others of their theme."""
    return number % 5 == 0


def add_events(workspace: Workspace, requests: int = 900, seed: int = 0) -> None:
    """Write search pages whose clicks follow theme, liking and position."""
    rng = np.random.default_rng(seed)
    numbers = numbers_of(workspace)
    ids, number = np.array(list(numbers)), np.array(list(numbers.values()))
    rows: list[dict[str, object]] = []
    for request in range(requests):
        theme = request % 3
        time = NOW - timedelta(days=20) + timedelta(minutes=request * 20)
        shown = rng.permutation(np.flatnonzero(number % 3 == theme))[:10]
        for position, row in enumerate(shown, start=1):
            liked = is_liked(int(number[row]))
            chance = (0.6 if liked else 0.1) * position**-0.5
            clicked = rng.random() < chance
            actions = ["impression", *(["click"] if clicked else [])]
            actions += ["save"] if clicked and rng.random() < 0.4 else []
            for action in actions:
                rows.append(
                    {
                        "event_id": f"{request}-{position}-{action}",
                        "request_id": f"r{request}",
                        "slate_id": f"s{request}",
                        "surface": "search",
                        "cluster_id": f"c{request % 50}",
                        "query": THEMES[theme],
                        "item_id": str(ids[row]),
                        "position": position,
                        "viewed": True,
                        "action": action,
                        "event_time": time,
                        "policy": "random",
                        "propensity": 0.1,
                        "propensity_kind": "marginal",
                    }
                )
    EventStore(workspace).write(pa.Table.from_pylist(rows, schema=arrow_schema(EVENT_FIELDS)))
