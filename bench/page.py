"""How soon the first page shows its pictures in a browser."""

from __future__ import annotations

import shutil
import threading
from pathlib import Path

from bench.rows import Row, median
from fairview.catalog import Workspace

FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"]
PICTURES_SHOWN = """() => {
  const shown = [...document.images].filter(i => i.getBoundingClientRect().top < innerHeight);
  return shown.length > 3 && shown.every(i => i.complete && i.naturalWidth > 0);
}"""


def rows(workspace: Path) -> list[Row]:
    """Open the page several times, each in a fresh context, until its pictures are there."""
    import uvicorn
    from playwright.sync_api import sync_playwright

    from fairview.discovery import SearchEngine
    from fairview.serving import create_app

    browser_path = shutil.which("chromium")
    if browser_path is None:
        return [Row("first page with pictures: Chromium isn't installed", float("nan"), "s")]
    opened = Workspace.open(workspace)
    app = create_app(SearchEngine.open(opened), opened)
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="error"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        thread.join(0.05)
    port = server.servers[0].sockets[0].getsockname()[1]
    taken = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=browser_path, args=FLAGS)
        for _ in range(7):
            context = browser.new_context(viewport={"width": 1440, "height": 900})
            page = context.new_page()
            page.goto(f"http://127.0.0.1:{port}/")
            while not page.evaluate(PICTURES_SHOWN):
                page.wait_for_timeout(5)
            taken.append(page.evaluate("performance.now()") / 1e3)
            context.close()
        browser.close()
    server.should_exit = True
    thread.join(10)
    return [Row("first page with pictures, 1440 px", median(taken), "s", "at most 1")]
