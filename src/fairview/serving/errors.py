"""Errors as answers: a page for people, a JSON sentence for programs, never a stack trace."""

from __future__ import annotations

import json
import logging
import traceback
from pathlib import Path
from typing import cast

import orjson
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.types import Scope

from fairview.core import FairviewError, MissingError, ProhibitedUseError, UsageError
from fairview.serving.bodies import sentence_of

LOGGER = logging.getLogger("fairview.serving")

_PROGRAMS = ("/v1/", "/media/", "/static/", "/metrics")


def install(app: FastAPI) -> None:
    """Make every error of the app an answer with one sentence."""
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(FairviewError, _known)
    app.add_exception_handler(HTTPException, _http)


def error_response(scope: Scope, status: int, code: str, sentence: str) -> Response:
    """Return an error in the form that the asker can read.

    Fragments and pages get HTML; everything else gets
    ``{"error": {"code": ..., "message": ..., "request_id": ...}}``.
    """
    request_id = scope.get("state", {}).get("request_id", "")
    if _is_program(scope):
        body = {"error": {"code": code, "message": sentence, "request_id": request_id}}
        return Response(orjson.dumps(body), status, media_type="application/json")
    views = getattr(scope.get("app"), "state", None)
    if views is None or not hasattr(views, "templates"):
        return Response(sentence, status, media_type="text/plain")
    fragment = str(scope["path"]).startswith("/fragments/")
    template = "_message.html" if fragment else "message.html"
    html = views.templates.render(
        template, status=status, code=code, sentence=sentence, request_id=request_id
    )
    return Response(html, status, media_type="text/html")


def _is_program(scope: Scope) -> bool:
    return str(scope["path"]).startswith(_PROGRAMS)


async def _invalid(request: Request, error: Exception) -> Response:
    invalid = cast(RequestValidationError, error)
    return error_response(request.scope, 422, "invalid_request", sentence_of(invalid.errors()))


async def _known(request: Request, error: Exception) -> Response:
    status, code = 500, "data_error"
    if isinstance(error, UsageError):
        status, code = 422, "invalid_request"
    elif isinstance(error, MissingError):
        status, code = 503, "not_ready"
    elif isinstance(error, ProhibitedUseError):
        status, code = 403, "prohibited_use"
    return error_response(request.scope, status, code, str(error))


async def _http(request: Request, error: Exception) -> Response:
    known = cast(HTTPException, error)
    if known.status_code == 404:
        return error_response(request.scope, 404, "not_found", "There is nothing at this address.")
    sentence = {
        400: "The request can't be read; send one JSON object.",
        405: "This address doesn't answer that method.",
    }.get(known.status_code, str(known.detail))
    response = error_response(request.scope, known.status_code, "refused", sentence)
    response.headers.update(known.headers or {})
    return response


def unexpected(scope: Scope, error: Exception) -> Response:
    """Return the answer to an error that nobody foresaw, and log where it came from.

    Its message may repeat what was asked, so only its kind and the lines of code are logged.
    """
    where = [
        f"{Path(f.filename).name}:{f.lineno}" for f in traceback.extract_tb(error.__traceback__)
    ]
    request_id = scope.get("state", {}).get("request_id", "")
    line = {"error": type(error).__name__, "id": request_id, "where": where[-8:]}
    LOGGER.error(json.dumps(line))
    sentence = (
        "Something went wrong on the server. Try again; if it happens again, look at its log."
    )
    return error_response(scope, 500, "server_error", sentence)
