"""The audit page."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.responses import Response

from fairview.serving.api import Shared

router = APIRouter(include_in_schema=False)


@router.get("/audit")
def audit(services: Shared) -> Response:
    """Show the latest audit."""
    html = services.templates.render("audit_none.html", page="audit")
    return Response(html, media_type="text/html")
