"""What surrounds every request: who may ask, how much, what is counted and logged, which headers.

The log holds a route's pattern, never its path: no query, no item, no picture and no refinement.
Its durations are steps of the histogram, and sizes aren't logged, because both would tell
something about what was chosen. Pictures and static files are counted, and logged where they fail.
"""

from __future__ import annotations

import json
import logging
import time
import uuid
from collections.abc import Callable, MutableMapping
from typing import Any

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from fairview.core import Clock
from fairview.serving.errors import error_response, unexpected
from fairview.serving.metrics import Metrics, bucket_of

LOGGER = logging.getLogger("fairview.serving")
LARGEST_BODY = 16 * 1024
QUIET_ROUTES = ("/media/{name}", "/static/{version}/{name}", "/metrics", "/v1/health")
LOOPBACK = ("127.0.0.1", "localhost", "::1")

SECURITY_HEADERS = {
    "content-security-policy": (
        "default-src 'self'; object-src 'none'; base-uri 'none'; frame-ancestors 'none'; "
        "form-action 'self'"
    ),
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "permissions-policy": "camera=(), microphone=(), geolocation=(), interest-cohort=()",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}


class Guard:
    """The outermost layer.

    Parameters
    ----------
    app
        What it surrounds.
    metrics
        Counts requests.
    only_loopback
        Whether requests that name another host are refused, so that no foreign page can reach a
        server on this machine under a name of its own.
    clock
        Gives the time that is logged.
    timer
        Monotonic seconds.
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        metrics: Metrics,
        only_loopback: bool,
        clock: Clock,
        timer: Callable[[], float] = time.perf_counter,
    ) -> None:
        self.app = app
        self.metrics = metrics
        self.only_loopback = only_loopback
        self.clock = clock
        self.timer = timer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Check, pass on, count and log one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        began = self.timer()
        seen: MutableMapping[str, int] = {"status": 500, "started": 0}
        scope["state"] = {**scope.get("state", {}), "request_id": uuid.uuid4().hex[:12]}

        async def send_guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                seen.update(status=message["status"], started=1)
                _add_headers(message, scope["state"]["request_id"])
            await send(message)

        try:
            await self._answer(scope, receive, send_guarded)
        except Exception as error:
            if seen["started"]:
                raise
            await unexpected(scope, error)(scope, receive, send_guarded)
        finally:
            self._record(scope, seen["status"], self.timer() - began)

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = Headers(scope=scope)
        refused = self._refusal(scope, headers)
        if refused is not None:
            status, code, sentence = refused
            response = error_response(scope, status, code, sentence)
            await response(scope, receive, send)
            return
        if scope["method"] == "POST":
            body = await _read(receive)
            if body is None:
                sentence = f"The body is too large; send at most {LARGEST_BODY} bytes."
                response = error_response(scope, 413, "body_too_large", sentence)
                await response(scope, receive, send)
                return
            receive = _replay(body, receive)
        await self.app(scope, receive, send)

    def _refusal(self, scope: Scope, headers: Headers) -> tuple[int, str, str] | None:
        host = headers.get("host", "")
        if self.only_loopback and _host_name(host) not in LOOPBACK:
            return 400, "wrong_host", "This server answers on this machine only; use localhost."
        if scope["method"] != "POST":
            return None
        if headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
            return 403, "foreign_page", "Another site's page may not ask this server."
        if headers.get("content-type", "").split(";")[0].strip() != "application/json":
            return 415, "not_json", "Send the body as application/json."
        length = headers.get("content-length", "")
        if length.isdigit() and int(length) > LARGEST_BODY:
            sentence = f"The body is too large; send at most {LARGEST_BODY} bytes."
            return 413, "body_too_large", sentence
        return None

    def _record(self, scope: Scope, status: int, seconds: float) -> None:
        route = getattr(scope.get("route"), "path", "unmatched")
        method = scope["method"] if scope["method"] in ("GET", "HEAD", "POST") else "other"
        self.metrics.request(route, method, status, seconds)
        if route in QUIET_ROUTES and status < 400:
            return
        step = bucket_of(seconds)
        line: dict[str, Any] = {
            "time": self.clock().isoformat(timespec="seconds"),
            "id": scope["state"]["request_id"],
            "method": method,
            "route": route,
            "status": status,
            "seconds_at_most": None if step == float("inf") else step,
        }
        LOGGER.info(json.dumps(line))


def _add_headers(message: Message, request_id: str) -> None:
    headers = MutableHeaders(scope=message)
    for name, value in SECURITY_HEADERS.items():
        headers.setdefault(name, value)
    headers.setdefault("cache-control", "no-store")
    headers["x-request-id"] = request_id


def _host_name(host: str) -> str:
    """Return a Host header without its port, and an IPv6 address without its brackets."""
    if host.startswith("["):
        return host[1:].split("]")[0]
    return host.split(":")[0].lower()


async def _read(receive: Receive) -> bytes | None:
    """Return the body, or None as soon as it is larger than allowed."""
    body: bytes = b""
    while True:
        message = await receive()
        if message["type"] != "http.request":
            return body
        body += message.get("body", b"")
        if len(body) > LARGEST_BODY:
            return None
        if not message.get("more_body", False):
            return body


def _replay(body: bytes, receive: Receive) -> Receive:
    """Return a receiver that gives the body that was read, then what follows."""
    given = False

    async def replayed() -> Message:
        nonlocal given
        if given:
            return await receive()
        given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return replayed
