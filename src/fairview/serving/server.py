"""Serving a workspace from one process until it is told to stop."""

from __future__ import annotations

import logging
import logging.handlers
import os
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

import uvicorn

from fairview.core import FairviewError, MissingError, UsageError
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
        Where; those of the workspace's settings where None. Port 0 takes a free one. The
        address is said on stdout as soon as it answers.

    Raises
    ------
    UsageError
        Where nothing can listen there, because the port is taken or the host isn't this machine.
    """
    # Requests share the cores; loops inside of one that start threads of their own make all wait.
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    settings = workspace.settings.serving
    at = settings.host if host is None else host
    listening = _listening(at, settings.port if port is None else port)
    app = create_app(_opened(workspace), workspace, opener=lambda: _open(workspace), host=at)
    config = uvicorn.Config(
        app,
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=LAST_ANSWERS_S,
    )
    with _logging(workspace.log_dir / LOG_FILE):
        try:
            _Announced(config).run(sockets=[listening])
        except KeyboardInterrupt:
            # The signal has stopped the server, which then raises it again for its caller.
            return


class _Announced(uvicorn.Server):
    """A server that says its address once it answers."""

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start, and say where."""
        await super().startup(sockets=sockets)
        if self.started and sockets:
            host, port = sockets[0].getsockname()[:2]
            where = f"[{host}]" if ":" in host else host
            sys.stdout.write(f"Fairview answers at http://{where}:{port}/ (Ctrl-C stops it)\n")
            sys.stdout.flush()


def _listening(host: str, port: int) -> socket.socket:
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        return socket.create_server((host, port), family=family)
    except OSError as error:
        raise UsageError(
            f"Nothing can listen at {host}, port {port} ({error.strerror}); give another --port."
        ) from None


def _open(workspace: Workspace) -> Engine:
    from fairview.discovery import SearchEngine

    engine = SearchEngine.open(workspace)
    # What fails here fails for everybody who asks, and is said there.
    with suppress(FairviewError):
        engine.warm()
    return engine


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
