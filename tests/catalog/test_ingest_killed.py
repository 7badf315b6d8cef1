from __future__ import annotations

import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import psutil
import pytest

sys.path.insert(0, str(Path(__file__).parent))
import pictures_made as made

from fairview.catalog import Catalog, Workspace, ingest
from fairview.catalog.segments import segments

KILLS = 12
PICTURES = 240
SCRIPT = Path(__file__).parent / "killed_ingest.py"


@pytest.fixture(scope="module")
def photos(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Pictures that take a few milliseconds each; every tenth is a duplicate, some are broken."""
    folder = tmp_path_factory.mktemp("killed") / "photos"
    folder.mkdir()
    rng = np.random.default_rng(11)
    for n in range(PICTURES):
        image = made.gradient(300 + n - n % 10 // 9, 260)
        data = made.encoded(image, "PNG" if n % 4 else "JPEG")
        (folder / f"{n:04d}.img").write_bytes(b"" if n % 33 == 5 else data)
    (folder / "noise.img").write_bytes(rng.bytes(999))
    return folder


def _start(workspace: Workspace, photos: Path) -> subprocess.Popen[bytes]:
    command = [sys.executable, str(SCRIPT), str(workspace.root), str(photos)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def _kept(workspace: Workspace) -> int:
    return sum(1 for _ in workspace.media_dir.rglob("*.jpg"))


def _kill_after(workspace: Workspace, process: subprocess.Popen[bytes], more: int) -> set[int]:
    """Kill a run once it has kept so many more pictures; return the ids of its workers."""
    goal, deadline = _kept(workspace) + more, time.monotonic() + 20
    while process.poll() is None and _kept(workspace) < goal and time.monotonic() < deadline:
        time.sleep(0.002)
    workers: set[int] = set()
    if process.poll() is None:
        workers = {child.pid for child in psutil.Process(process.pid).children(recursive=True)}
        process.send_signal(signal.SIGKILL)
    process.communicate()
    return workers


def test_killed_at_any_moment_and_started_again_it_ends_in_the_same_catalogue(
    tmp_path: Path, photos: Path
) -> None:
    settings = {"catalog": {"batch": 16, "picture_side": 200}, "signals": {"processes": 1}}
    whole = Workspace.create(tmp_path / "whole", **settings)
    expected = ingest(whole, photos)
    workspace = Workspace.create(tmp_path / "killed", **settings)
    rng = np.random.default_rng(5)
    killed, workers = 0, set()
    for _ in range(KILLS):
        process = _start(workspace, photos)
        found = _kill_after(workspace, process, int(rng.integers(0, 30)))
        killed += process.returncode == -signal.SIGKILL
        workers |= found
    assert killed >= KILLS // 2
    _wait_for_end_of(workers)
    last = _start(workspace, photos)
    out, err = last.communicate(timeout=60)
    assert last.returncode == 0, err.decode()
    assert int(out) == expected.seen == PICTURES + 1

    catalog = Catalog(workspace)
    assert catalog.digest() == Catalog(whole).digest()
    assert (
        catalog.items()
        .drop_columns(["ingest_time"])
        .equals(Catalog(whole).items().drop_columns(["ingest_time"]))
    )
    assert catalog.quarantine().equals(Catalog(whole).quarantine())
    assert _names(workspace.media_dir) == _names(whole.media_dir)
    assert not list(workspace.root.rglob(".partial-*"))
    assert len(segments(workspace.items_dir)) > 1
    again = ingest(workspace, photos)
    assert (again.unchanged, again.added, again.updated) == (expected.added, 0, 0)


def _names(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


def _wait_for_end_of(workers: set[int]) -> None:
    """Workers end by themselves when their parent was killed."""
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline and any(psutil.pid_exists(pid) for pid in workers):
        time.sleep(0.05)
    assert not [pid for pid in workers if psutil.pid_exists(pid)]
