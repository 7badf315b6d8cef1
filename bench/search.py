"""Search latency over the demo's catalogue, in process and over HTTP."""

from __future__ import annotations

import json
import threading
import urllib.request
from pathlib import Path

from bench.rows import Row, quantile, seconds_each
from fairview.catalog import Workspace
from fairview.core import SKIN_TONE, Refinement
from fairview.discovery import SearchEngine

QUERIES = ("summer makeup", "linen outfit ideas", "braided updo", "reading nook", "berry tart")


def rows(workspace: Path) -> list[Row]:
    """Time unrefined and refined searches."""
    opened = Workspace.open(workspace)
    engine = SearchEngine.open(opened)
    count = len(engine.parts.items.item_ids)
    turn = iter(range(10**9))
    choice = Refinement({"skin_tone": SKIN_TONE.names[2]})

    def plain() -> None:
        engine.search(QUERIES[next(turn) % len(QUERIES)], log=False)

    def refined() -> None:
        engine.search(QUERIES[next(turn) % 3], refine=choice, log=False)

    result = []
    for what, call in (("search", plain), ("search with a refinement", refined)):
        taken = seconds_each(call, 200, warmup=20)
        for share in (0.5, 0.99):
            result.append(
                Row(
                    f"{what} in process, {count:,} items, p{share * 100:.0f}",
                    quantile(taken, share) * 1e3,
                    "ms",
                )
            )
    return result + over_http(engine, count)


def over_http(engine: SearchEngine, count: int) -> list[Row]:
    """Time searches that one client sends."""
    import uvicorn

    from fairview.serving import create_app

    app = create_app(engine, engine.parts.workspace)
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="error", lifespan="on"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        thread.join(0.05)
    port = server.servers[0].sockets[0].getsockname()[1]
    turn = iter(range(10**9))

    def ask() -> None:
        body = json.dumps({"q": QUERIES[next(turn) % len(QUERIES)]}).encode()
        request = urllib.request.Request(
            f"http://127.0.0.1:{port}/v1/search",
            data=body,
            headers={"Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request) as reply:
            reply.read()

    taken = seconds_each(ask, 200, warmup=20)
    server.should_exit = True
    thread.join(10)
    return [
        Row(
            f"search over HTTP, {count:,} items, one client, p{share * 100:.0f}",
            quantile(taken, share) * 1e3,
            "ms",
        )
        for share in (0.5, 0.99)
    ]
