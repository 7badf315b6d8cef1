"""The server as a process: it serves, ends on Ctrl-C, and leaves only what it should."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import looks_made
import pytest

from fairview.catalog import EventStore, Workspace
from fairview.core import MissingError
from fairview.discovery import SearchEngine
from fairview.retrieval import build_index
from fairview.serving.engine_slot import RETRY_AFTER_S, EngineSlot

PROGRAM = """
import sys
from pathlib import Path
from fairview.catalog import Workspace
from fairview.serving import serve
serve(Workspace.open(Path(sys.argv[1])), port=int(sys.argv[2]))
"""


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def ask(port: int, path: str, body: dict[str, object] | None = None) -> str:
    data = None if body is None else json.dumps(body).encode()
    headers = {"content-type": "application/json"} if body else {}
    request = urllib.request.Request(f"http://127.0.0.1:{port}{path}", data, headers)
    with urllib.request.urlopen(request, timeout=30) as response:
        return str(response.read().decode())


def wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    for _ in range(600):
        assert process.poll() is None, "the server ended"
        try:
            ask(port, "/v1/health")
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise AssertionError("the server didn't start")


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_a_server_ends_when_told_and_leaves_nothing_behind(
    tmp_path: Path, how: signal.Signals
) -> None:
    workspace = looks_made.make(tmp_path, items=30, pictures=False)
    build_index(workspace)
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "-c", PROGRAM, str(workspace.root), str(port)],
        start_new_session=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    try:
        wait_for(port, process)
        assert "Red coat" in ask(port, "/?q=red%20coat")
        ask(port, "/v1/search", {"q": "blue zanzibar", "diversify": False})
        process.send_signal(how)
        out, errors = process.communicate(timeout=30)
    finally:
        if process.poll() is None:
            process.kill()
    assert b"Traceback" not in out + errors
    assert process.returncode in (0, -how)
    with pytest.raises(ProcessLookupError):
        os.killpg(process.pid, 0)
    with pytest.raises(OSError, match="refused"):
        ask(port, "/v1/health")
    log = (workspace.log_dir / "serving.jsonl").read_text(encoding="utf-8")
    assert [json.loads(line)["route"] for line in log.splitlines()] == ["/", "/v1/search"]
    assert "zanzibar" not in log
    assert set(EventStore(workspace).events()["query"].to_pylist()) == {"red coat", "blue zanzibar"}


def test_the_engine_is_opened_as_soon_as_it_can_be(tmp_path: Path) -> None:
    workspace = Workspace.create(tmp_path / "workspace")
    now = [0.0]
    tries: list[float] = []

    def opener() -> SearchEngine:
        tries.append(now[0])
        return SearchEngine.open(workspace)

    slot = EngineSlot(None, opener, clock=lambda: now[0])
    for _ in range(3):
        with pytest.raises(MissingError, match="fairview ingest"):
            slot.get()
    assert len(tries) == 1
    now[0] = RETRY_AFTER_S + 1
    (tmp_path / "looks").mkdir()
    (tmp_path / "looks" / "one.csv").write_text("item_key,title\n1,Red coat\n")
    from fairview.catalog import ingest

    ingest(workspace, tmp_path / "looks" / "one.csv")
    assert [item.title for item in slot.get().search("coat").items] == ["Red coat"]
    assert slot.get() is slot.get()
    slot.close()


def test_the_re_ranker_is_compiled_before_anybody_asks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from fairview.serving.server import _open
    from fairview.slate.compiled import greedy

    workspace = looks_made.make(tmp_path)
    ran: list[int] = []
    loop = greedy.greedy

    def counted(*arguments: object) -> None:
        ran.append(1)
        loop(*arguments)

    monkeypatch.setattr(greedy, "greedy", counted)
    written = {path for path in workspace.root.rglob("*") if path.is_file()}
    _open(workspace)
    assert ran
    assert {path for path in workspace.root.rglob("*") if path.is_file()} == written
