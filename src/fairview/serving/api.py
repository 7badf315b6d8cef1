"""The API: searches and related items as JSON, health, example queries, metrics, pictures."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated, Any

import orjson
from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from fairview.core import MissingError
from fairview.discovery import Answer
from fairview.serving.bodies import RelatedBody, SearchBody
from fairview.serving.errors import error_response
from fairview.serving.media import WIDTHS, etag_of, picture_address
from fairview.serving.metrics import CONTENT_TYPE
from fairview.serving.services import Services, services_of

NO_STORE = {"cache-control": "no-store"}
IMMUTABLE = "public, max-age=31536000, immutable"

router = APIRouter()
Shared = Annotated[Services, Depends(services_of)]


def answer_json(answer: Answer) -> bytes:
    """Return an answer as JSON; each item's `media` is the address that serves its picture."""
    items = tuple(
        replace(item, media=picture_address(item.media, WIDTHS[-1])) if item.media else item
        for item in answer.items
    )
    return orjson.dumps(replace(answer, items=items))


@router.post("/v1/search")
def search(body: SearchBody, services: Shared) -> Response:
    """Answer a search; a refinement is used for this answer and kept nowhere."""
    return _json(answer_json(services.search(body)))


@router.post("/v1/related")
def related(body: RelatedBody, services: Shared) -> Response:
    """Answer with items that are like one."""
    return _json(answer_json(services.related(body)))


@router.get("/v1/queries")
def queries(services: Shared) -> Response:
    """Return example queries."""
    return _json(orjson.dumps({"queries": services.examples.queries()}))


@router.get("/v1/health")
def health(services: Shared) -> Response:
    """Say whether searches can be answered; 503 where they can't, with what to do."""
    try:
        engine = services.slot.get()
    except MissingError as error:
        return _json(orjson.dumps({"status": "not_ready", "message": str(error)}), 503)
    missing: Any = getattr(engine, "missing", ())
    return _json(orjson.dumps({"status": "ok", "missing": list(missing)}))


@router.get("/metrics")
def metrics(services: Shared) -> Response:
    """Return counts and latencies in Prometheus' text format."""
    text = services.metrics.text(ready=services.slot.ready)
    return Response(text, headers={**NO_STORE, "content-type": CONTENT_TYPE})


@router.get("/media/{name}")
def media(name: str, request: Request, services: Shared, w: int = WIDTHS[-1]) -> Response:
    """Return a picture in one of two widths; its address names its content, so it never changes."""
    if w not in WIDTHS:
        return error_response(
            request.scope, 422, "invalid_request", f"w is one of {', '.join(map(str, WIDTHS))}."
        )
    etag = etag_of(name, w)
    headers = {"cache-control": IMMUTABLE, "etag": etag}
    try:
        picture = services.pictures.get(name, w)
    except MissingError as error:
        return error_response(request.scope, 404, "not_found", str(error))
    if etag in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    return Response(picture.data, headers=headers, media_type="image/jpeg")


@router.get("/static/{version}/{name}")
def static(version: str, name: str, request: Request, services: Shared) -> Response:
    """Return a packaged style sheet, script or drawing."""
    data = services.assets.files.get(name)
    if data is None:
        return error_response(request.scope, 404, "not_found", "There is no such file.")
    current = version == services.assets.version
    headers = {
        "cache-control": IMMUTABLE if current else "no-cache",
        "etag": f'"{services.assets.version}-{name}"',
    }
    return Response(data, headers=headers, media_type=services.assets.type_of(name))


def _json(data: bytes, status: int = 200) -> Response:
    return Response(data, status, headers=NO_STORE, media_type="application/json")
