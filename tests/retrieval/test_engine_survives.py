"""A killed writer loses nothing that it had acknowledged, and leaves nothing half done."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from fairview.core import MissingError
from fairview.retrieval import Kind, LocalEngine

KINDS = {"batch": Kind.INTEGER}
WRITER = """
import sys
from pathlib import Path
import numpy as np
from fairview.retrieval import Kind, LocalEngine

engine = LocalEngine(Path(sys.argv[1]), 4, {"batch": Kind.INTEGER}, most_since=60)
batch = len(engine) // 10
while True:
    ids = batch * 10 + np.arange(10)
    vectors = np.random.default_rng(batch).normal(size=(10, 4))
    engine.put(ids, vectors, {"batch": np.full(10, batch)})
    print(batch, flush=True)
    batch += 1
"""


@pytest.mark.parametrize("delay", [0.0, 0.07, 0.19])
def test_a_killed_writer_leaves_whole_batches(tmp_path: Path, delay: float) -> None:
    folder = tmp_path / "vectors"
    acknowledged = -1
    for _ in range(2):
        writer = subprocess.Popen(
            [sys.executable, "-c", WRITER, str(folder)],
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ},
        )
        assert writer.stdout is not None
        for _ in range(8):
            acknowledged = int(writer.stdout.readline())
        time.sleep(delay)
        writer.send_signal(signal.SIGKILL)
        for line in writer.stdout:
            acknowledged = int(line)
        writer.wait()
        writer.stdout.close()
        engine = LocalEngine(folder, 4, KINDS)
        assert len(engine) % 10 == 0
        assert len(engine) >= 10 * (acknowledged + 1)
        for batch in range(len(engine) // 10):
            first = np.random.default_rng(batch).normal(size=(10, 4))[0]
            assert engine.search(first, 1).rows.tolist() == [batch * 10]


def test_a_reader_opens_while_a_writer_replaces_what_it_reads(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from fairview.retrieval import engine_local

    writer = LocalEngine(tmp_path, 2, {})
    writer.put(np.array([1]), np.array([[1.0, 0.0]]), {})
    load = engine_local._load_items
    later = [2, 3]

    def meanwhile(path: Path, kinds: dict[str, Kind]) -> object:
        if later:
            writer.put(np.array([later.pop()]), np.array([[0.0, 1.0]]), {})
        return load(path, kinds)

    monkeypatch.setattr(engine_local, "_load_items", meanwhile)
    assert LocalEngine(tmp_path, 2, {}).count() == 3


def test_a_broken_folder_is_a_sentence(tmp_path: Path) -> None:
    LocalEngine(tmp_path, 2, {}).put(np.array([1]), np.array([[1.0, 0.0]]), {})
    next(tmp_path.glob("rest-*/state.npz")).write_bytes(b"")
    with pytest.raises(MissingError, match="put the items again"):
        LocalEngine(tmp_path, 2, {})
