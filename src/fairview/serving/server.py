"""Serving a workspace from one process until it is told to stop."""

from __future__ import annotations

import logging
import logging.handlers
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import uvicorn

from fairview.core import MissingError
from fairview.serving.app import create_app
from fairview.serving.engine_slot import Engine
from fairview.serving.middleware import LOGGER

if TYPE_CHECKING:
    from fairview.catalog import Workspace

LOG_FILE = "serving.jsonl"
LOG_BYTES = 10 * 1024 * 1024
LOG_FILES = 5
LAST_ANSWERS_S = 5
"""How long requests that are under way may take after the server is told to stop."""


def serve(workspace: Workspace, host: str | None = None, port: int | None = None) -> None:
    """Serve a workspace's API and pages until Ctrl-C or a signal to end.

    Where nothing can be searched yet, the pages say what to do, and work as soon as it is done.
    When it stops, answers under way are finished, what the engine holds is written, and nothing
    keeps running.

    Parameters
    ----------
    workspace
        What is served.
    host, port
        Where; those of the workspace's settings where None. Port 0 takes a free one.
    """
    settings = workspace.settings.serving
    at = settings.host if host is None else host
    app = create_app(_opened(workspace), workspace, opener=lambda: _open(workspace), host=at)
    config = uvicorn.Config(
        app,
        host=at,
        port=settings.port if port is None else port,
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=LAST_ANSWERS_S,
    )
    with _logging(workspace.log_dir / LOG_FILE):
        try:
            uvicorn.Server(config).run()
        except KeyboardInterrupt:
            # The signal has stopped the server, which then raises it again for its caller.
            return


def _open(workspace: Workspace) -> Engine:
    from fairview.discovery import SearchEngine

    return SearchEngine.open(workspace)


def _opened(workspace: Workspace) -> Engine | None:
    try:
        return _open(workspace)
    except MissingError as error:
        sys.stderr.write(f"{error}\n")
        return None


@contextmanager
def _logging(path: Path) -> Iterator[None]:
    """Write one line per request to a file that is rotated, while the server runs."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handler = logging.handlers.RotatingFileHandler(
        path, maxBytes=LOG_BYTES, backupCount=LOG_FILES, encoding="utf-8", delay=True
    )
    handler.setFormatter(logging.Formatter("%(message)s"))
    level, propagate = LOGGER.level, LOGGER.propagate
    LOGGER.addHandler(handler)
    LOGGER.setLevel(logging.INFO)
    LOGGER.propagate = False
    try:
        yield
    finally:
        LOGGER.removeHandler(handler)
        LOGGER.setLevel(level)
        LOGGER.propagate = propagate
        handler.close()
