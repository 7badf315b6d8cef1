"""The app: routes, errors, and what surrounds them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import anyio.to_thread
from fastapi import FastAPI

import fairview
from fairview.catalog import Workspace
from fairview.serving import api, audit_page, errors, pages
from fairview.serving.engine_slot import Engine
from fairview.serving.middleware import LOOPBACK, Guard
from fairview.serving.services import Services

WORKERS = 2
"""Requests that are worked on at once; the others wait for their turn.

Answers share one interpreter, so more at once only get in each other's way.
"""


def create_app(
    engine: Engine | None,
    workspace: Workspace,
    *,
    opener: Callable[[], Engine] | None = None,
    host: str | None = None,
) -> FastAPI:
    """Return the app that serves a workspace.

    Parameters
    ----------
    engine
        What answers; None where nothing can be searched yet.
    workspace
        Whose catalogue, settings and audits are served.
    opener
        Opens an engine later, where there was none at the start.
    host
        The address that is listened on; the settings' where None. Where it is this machine
        alone, requests that name another host are refused.
    """
    services = Services.of(workspace, engine, opener)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        anyio.to_thread.current_default_thread_limiter().total_tokens = WORKERS
        yield
        services.slot.close()

    app = FastAPI(
        title="Fairview",
        version=fairview.__version__,
        docs_url=None,
        redoc_url=None,
        openapi_url="/v1/openapi.json",
        lifespan=lifespan,
    )
    app.state.services = services
    app.state.templates = services.templates
    errors.install(app)
    app.include_router(api.router)
    app.include_router(pages.router)
    app.include_router(audit_page.router)
    app.add_middleware(
        Guard,
        metrics=services.metrics,
        only_loopback=(host or workspace.settings.serving.host) in LOOPBACK,
        clock=workspace.clock,
    )
    return app
