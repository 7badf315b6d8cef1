"""A workspace of small pictures made by hand: three themes, planted groups, every shape."""

from __future__ import annotations

import csv
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from PIL import Image

from fairview.catalog import Catalog, SignalStore, Workspace, ingest
from fairview.core import SKIN_TONE, Contract, GroupColumn, SignalColumn, State
from fairview.retrieval import build_index

THEMES = ("makeup", "coat", "lamp")
COLOURS = {"red": (190, 60, 60), "blue": (70, 90, 190), "green": (80, 150, 90)}
SHAPES = ((80, 100), (80, 80), (80, 118), (80, 160), (100, 60))
NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)
ITEMS = 120
DIMENSION = 8
USES = ("retrieval", "ranking", "diversification", "refinement", "filtering", "audit", "display")


def contract(name: str, value: str, **given: object) -> Contract:
    fields = {
        "name": name,
        "version": "1",
        "describes": "made by hand",
        "value": value,
        "coverage": 0.5,
        "calibration": "none",
        "freshness": "once",
        "latency_ms": 1.0,
        "intended_use": USES,
        "owner": "tests",
        "consumers": ("tests",),
        **given,
    }
    return Contract.model_validate(fields)


def make(root: Path, *, items: int = ITEMS, pictures: bool = True) -> Workspace:
    """Return an ingested workspace without signals; item i is of theme i mod 3."""
    workspace = Workspace.create(
        root / "workspace",
        clock=lambda: NOW,
        name="Looks",
        synthetic=True,
        signals={"processes": 1},
        discovery={"slate_size": 12, "deadline_ms": 60000},
    )
    source = root / "source"
    source.mkdir()
    with (source / "looks.csv").open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["item_key", "file", "title", "description", "tags"])
        for number in range(items):
            theme, colour = THEMES[number % 3], list(COLOURS)[number // 3 % 3]
            name = f"{number}.jpg"
            if pictures:
                _picture(source / name, COLOURS[colour], SHAPES[number % len(SHAPES)], number)
            title = f"{colour.title()} {theme} number {number}"
            row = [f"look-{number}", name if pictures else "", title]
            writer.writerow([*row, f"A {theme} for every evening.", f"{theme};{colour}"])
    ingest(workspace, source / "looks.csv", synthetic=True)
    return workspace


def make_searchable(root: Path) -> Workspace:
    """Return a workspace with vectors, people and an index."""
    workspace = make(root)
    numbers = numbers_of(workspace)
    add_vectors(workspace, numbers)
    add_people(workspace, numbers)
    build_index(workspace)
    return workspace


def numbers_of(workspace: Workspace) -> dict[str, int]:
    """Return item id to the number in its title."""
    items = Catalog(workspace).items(["item_id", "title"]).to_pydict()
    return {
        item: int(title.rsplit(" ", 1)[1])
        for item, title in zip(items["item_id"], items["title"], strict=True)
    }


def group_of(number: int) -> str | None:
    """Return the planted range: coats and makeup show people, lamps don't."""
    if number % 3 == 2:
        return None
    return ("1-3", "1-3", "1-3", "4-5", "6-7", "8-10")[number // 3 % 6]


def is_unread(number: int) -> bool:
    return number % 3 != 2 and number % 10 == 0


def add_vectors(workspace: Workspace, numbers: dict[str, int]) -> None:
    rng = np.random.default_rng(3)
    centres, own = rng.normal(size=(3, DIMENSION)), rng.normal(size=(ITEMS, DIMENSION))
    vectors = np.array([2 * centres[n % 3] + own[n] for n in numbers.values()])
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    SignalStore(workspace).write(
        contract("picture_embedding", "vector", dimension=DIMENSION, minimum=-1, maximum=1),
        list(numbers),
        SignalColumn.present("picture_embedding", "1", vectors.astype(np.float32)),
    )


def add_people(workspace: Workspace, numbers: dict[str, int]) -> None:
    states = [_state(n) for n in numbers.values()]
    groups = [
        group_of(n) if state is State.PRESENT else None
        for n, state in zip(numbers.values(), states, strict=True)
    ]
    uses = ("diversification", "refinement", "filtering", "audit")
    SignalStore(workspace).write_groups(
        contract("skin_tone", "groups", ranges="skin_tone", intended_use=uses),
        list(numbers),
        GroupColumn.from_groups(SKIN_TONE, groups),
        np.array([float(s is State.PRESENT) for s in states], np.float32),
        state=np.array(states, np.int8),
    )


def _state(number: int) -> State:
    if number % 3 == 2:
        return State.NOT_APPLICABLE
    return State.ABSTAINED if is_unread(number) else State.PRESENT


def _picture(path: Path, colour: tuple[int, int, int], size: tuple[int, int], number: int) -> None:
    width, height = size
    shade = np.linspace(0.6, 1.2, height)[:, None, None]
    pixels = np.clip(shade * np.array(colour), 0, 255) * np.ones((height, width, 1))
    pixels[number % height, number % width] = 255
    pixels[(number * 7) % height, (number * 3) % width] = 0
    Image.fromarray(pixels.astype(np.uint8)).save(path, quality=80)
