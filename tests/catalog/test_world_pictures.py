"""A world's folder: pictures and manifest, the same bytes with any number of processes."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow.parquet as pq
import pytest

from fairview.catalog import Catalog, EventStore, Workspace, ingest
from fairview.catalog.world import SceneTruth, World, WorldParameters
from fairview.core import UsageError

PARAMETERS = WorldParameters(items=40, people=20, days=1, requests_per_day=20)


def flat_picture(scene: SceneTruth, rng: np.random.Generator) -> npt.NDArray[np.uint8]:
    """Draw noise in place of a picture."""
    return rng.integers(0, 255, (40, 32, 3), np.uint8)


def broken_picture(scene: SceneTruth, rng: np.random.Generator) -> npt.NDArray[np.uint8]:
    """Fail, as a full disk would."""
    raise OSError("no space left")


def test_the_manifest_names_every_picture_and_says_synthetic(tmp_path: Path) -> None:
    world = World.generate(PARAMETERS)
    seen: list[tuple[int, int]] = []
    manifest = world.write_catalogue(
        tmp_path / "world", draw=flat_picture, processes=1,
        progress=lambda done, of: seen.append((done, of)),
    )  # fmt: skip
    table = pq.read_table(manifest)
    assert set(table.column_names) == {
        "item_key", "file", "title", "description", "tags", "provider", "synthetic",
    }  # fmt: skip
    assert all(table["synthetic"].to_pylist())
    for file in table["file"].to_pylist():
        assert (tmp_path / "world" / file).read_bytes()[:2] == b"\xff\xd8"
    assert seen[-1] == (40, 40)


def test_two_processes_draw_the_same_bytes_as_one(tmp_path: Path) -> None:
    world = World.generate(WorldParameters(items=36, people=5, days=1))
    for processes in (1, 2):
        world.write_catalogue(tmp_path / str(processes), processes=processes)
    first, second = (_contents(tmp_path / str(processes)) for processes in (1, 2))
    assert len(first) == 37
    assert first == second


def test_nothing_is_left_when_drawing_fails(tmp_path: Path) -> None:
    world = World.generate(PARAMETERS)
    with pytest.raises(OSError, match="no space"):
        world.write_catalogue(tmp_path / "world", draw=broken_picture, processes=1)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_with_something_in_it_is_refused(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("keep me")
    with pytest.raises(UsageError, match="isn't empty"):
        World.generate(PARAMETERS).write_catalogue(tmp_path, draw=flat_picture)
    assert (tmp_path / "mine.txt").read_text() == "keep me"


def test_the_catalogue_takes_the_world_in_under_the_ids_that_its_log_uses(
    tmp_path: Path, workspace: Workspace
) -> None:
    world = World.generate(PARAMETERS)
    world.write_catalogue(tmp_path / "world", draw=flat_picture, processes=1)
    report = ingest(workspace, tmp_path / "world", progress=False)
    assert report.added == 40
    items = Catalog(workspace).items()
    assert set(items["item_id"].to_pylist()) == set(world.item_ids)
    assert all(items["synthetic"].to_pylist())
    assert all(attributes == [] for attributes in items["attributes"].to_pylist())
    counts = world.write_events(tmp_path / "events.parquet")
    taken = EventStore(workspace).ingest(tmp_path / "events.parquet")
    assert taken.added == counts.events
    assert taken.unknown_items == 0


def test_a_world_without_pictures_is_text(tmp_path: Path, workspace: Workspace) -> None:
    World.generate(PARAMETERS).write_catalogue(tmp_path / "world", pictures=False)
    report = ingest(workspace, tmp_path / "world", progress=False)
    assert report.added == 40
    assert set(Catalog(workspace).items()["kind"].to_pylist()) == {"text"}


def _contents(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }
