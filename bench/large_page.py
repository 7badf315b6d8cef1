"""Pages over 200,000 items: in process with one client, and 100 requests a second over HTTP."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
import time
from pathlib import Path

from bench.large_catalogue import build, queries
from bench.rows import Row, quantile, seconds_each
from fairview.core import SKIN_TONE, Refinement
from fairview.discovery import SearchEngine

PER_SECOND = 100
SECONDS = 30
CONNECTIONS = 16
SERVER = """
import sys
from pathlib import Path
from fairview.catalog import Workspace
from fairview.serving import serve
serve(Workspace.open(Path(sys.argv[1])), port=0)
"""


def rows(scratch: Path) -> list[Row]:
    """Build the catalogue, or use the one that FAIRVIEW_BENCH_LARGE holds, and time its pages."""
    kept = os.environ.get("FAIRVIEW_BENCH_LARGE")
    workspace = build(Path(kept) if kept else scratch / "large")
    engine = SearchEngine.open(workspace)
    count = len(engine.parts.items.item_ids)
    asked = queries(400)
    turn = iter(range(10**9))
    choice = Refinement({"skin_tone": SKIN_TONE.names[3]})

    def plain() -> None:
        engine.search(asked[next(turn) % len(asked)], log=False)

    def refined() -> None:
        engine.search(asked[next(turn) % len(asked)], refine=choice, log=False)

    result = []
    for what, call in (("search", plain), ("search with a refinement", refined)):
        taken = seconds_each(call, 400, warmup=40)
        for share, goal in ((0.5, ""), (0.99, "under 50")):
            name = f"{what} in process, {count:,} items, one client, p{share * 100:.0f}"
            result.append(Row(name, quantile(taken, share) * 1e3, "ms", goal))
    return result + over_http(workspace.root, count, asked)


def over_http(root: Path, count: int, asked: list[str]) -> list[Row]:
    """Send requests at a fixed rate, whether or not the last ones were answered."""
    server = subprocess.Popen(
        [sys.executable, "-c", SERVER, str(root)], stdout=subprocess.PIPE, text=True
    )
    try:
        assert server.stdout is not None
        line = server.stdout.readline()
        port = int(line.rstrip("/. \n").rpartition(":")[2].split("/")[0].split()[0])
        asyncio.run(load(port, asked, 3))
        taken, wrong = asyncio.run(load(port, asked, SECONDS))
    finally:
        server.terminate()
        server.wait(20)
    name = f"{PER_SECOND} requests/s over HTTP for {SECONDS} s, {count:,} items"
    per_second = len(taken) / SECONDS
    return [
        Row(f"{name}: answered", per_second, "per s", f"at least {PER_SECOND}", f"{wrong} failed"),
        Row(f"{name}: p50", quantile(taken, 0.5) * 1e3, "ms"),
        Row(f"{name}: p99", quantile(taken, 0.99) * 1e3, "ms", "under 200", "open loop"),
    ]


async def load(port: int, asked: list[str], seconds: int) -> tuple[list[float], int]:
    """Return how long each request took from when it was due, and how many failed."""
    waiting: asyncio.Queue[tuple[float, str] | None] = asyncio.Queue()
    taken: list[float] = []
    wrong = 0

    async def connection() -> None:
        nonlocal wrong
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        while (one := await waiting.get()) is not None:
            due, query = one
            body = json.dumps({"q": query}).encode()
            head = (
                f"POST /v1/search HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
                f"Content-Length: {len(body)}\r\n\r\n"
            )
            writer.write(head.encode() + body)
            status, length = await _answer(reader)
            await reader.readexactly(length)
            taken.append(time.perf_counter() - due)
            wrong += status != 200
        writer.close()

    connections = [asyncio.create_task(connection()) for _ in range(CONNECTIONS)]
    start = time.perf_counter()
    for number in range(PER_SECOND * seconds):
        due = start + number / PER_SECOND
        await asyncio.sleep(max(due - time.perf_counter(), 0))
        waiting.put_nowait((due, asked[number % len(asked)]))
    for _ in connections:
        waiting.put_nowait(None)
    await asyncio.gather(*connections)
    return taken, wrong


async def _answer(reader: asyncio.StreamReader) -> tuple[int, int]:
    status, length = 0, 0
    while (line := (await reader.readline()).decode().strip()) or not status:
        if line.startswith("HTTP/"):
            status = int(line.split()[1])
        elif line.lower().startswith("content-length:"):
            length = int(line.partition(":")[2])
    return status, length
