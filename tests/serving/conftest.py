"""A served workspace, a client, and a headless browser that notes everything it does."""

from __future__ import annotations

import logging
import sys
import threading
import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from fastapi import FastAPI

with warnings.catch_warnings():
    # Starlette asks for a successor of httpx that isn't among the packages that tests need.
    warnings.simplefilter("ignore")
    from fastapi.testclient import TestClient

sys.path.insert(0, str(Path(__file__).parent))

import looks_made
from browsing import CHROMIUM, Visit, launched

from fairview.catalog import Workspace
from fairview.discovery import SearchEngine
from fairview.serving import create_app

LOCAL = "http://127.0.0.1"


@pytest.fixture(scope="session")
def looks(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """A searchable workspace that no test changes, its log apart."""
    return looks_made.make_searchable(tmp_path_factory.mktemp("looks"))


@pytest.fixture(scope="session")
def engine(looks: Workspace) -> Iterator[SearchEngine]:
    with SearchEngine.open(looks) as opened:
        yield opened


@pytest.fixture(scope="session")
def client(looks: Workspace, engine: SearchEngine) -> Iterator[TestClient]:
    with TestClient(create_app(engine, looks), base_url=LOCAL) as opened:
        yield opened


@contextmanager
def served(app: FastAPI) -> Iterator[str]:
    """Serve an app from a thread, at the address that is given."""
    config = uvicorn.Config(app, port=0, log_config=None, access_log=False, lifespan="off")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        while not server.started:
            time.sleep(0.02)
        port = server.servers[0].sockets[0].getsockname()[1]
        yield f"{LOCAL}:{port}"
    finally:
        server.should_exit = True
        thread.join(10)


@pytest.fixture
def serve() -> Callable[[FastAPI], AbstractContextManager[str]]:
    """Serves an app of a test's own."""
    return served


@pytest.fixture(scope="session")
def address(looks: Workspace, engine: SearchEngine) -> Iterator[str]:
    """Where the searchable workspace is served."""
    with served(create_app(engine, looks)) as found:
        yield found


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    if not CHROMIUM.is_file():
        pytest.skip(f"there is no Chromium at {CHROMIUM}")
    with launched() as opened:
        yield opened


@pytest.fixture
def visit(browser: Any, address: str) -> Iterator[Callable[..., Visit]]:
    """Open a page of the server; afterwards nothing may have gone wrong, or gone elsewhere."""
    opened: list[Visit] = []

    def open_visit(at: str = address, **context: Any) -> Visit:
        opened.append(Visit.start(browser, at, **context))
        return opened[-1]

    yield open_visit
    for each in opened:
        each.close()
        assert each.foreign == [], "the page asked another server"
        assert each.errors == [], "the page's scripts failed"


@pytest.fixture
def log_lines() -> Iterator[list[str]]:
    """Everything that any logger says, from the most talkative level on."""
    lines: list[str] = []

    class Listener(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            lines.append(f"{record.name} {record.getMessage()}")

    listener = Listener(logging.DEBUG)
    names = ("", "fairview", "fairview.serving", "fairview.discovery", "uvicorn", "uvicorn.error")
    loggers = [logging.getLogger(name) for name in names]
    before = [logger.level for logger in loggers]
    for logger in loggers:
        logger.setLevel(logging.DEBUG)
    loggers[0].addHandler(listener)
    yield lines
    loggers[0].removeHandler(listener)
    for logger, level in zip(loggers, before, strict=True):
        logger.setLevel(level)
