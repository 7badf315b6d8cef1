"""The audit page: the newest run in the workspace, its stand-alone report, and its JSON."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Query
from starlette.responses import Response

from fairview.audit import AuditResult
from fairview.catalog import Workspace
from fairview.core import MissingError
from fairview.discovery import AuditRun, latest_run
from fairview.serving.api import Shared
from fairview.serving.audit_view import audit_view

router = APIRouter(include_in_schema=False)

Part = Annotated[Literal["page", "log"] | None, Query()]

REVALIDATED = {"cache-control": "private, no-cache"}
REPORT_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'none'"
)
"""The stand-alone report carries its own style sheet, and nothing else is allowed in it."""

PARTS = {
    "page": ("The page", "Searches replayed by relevance alone, and re-ranked as the page is now."),
    "log": ("The log", "What was shown to people, and what they did, as the log of events says."),
}
"""Part of a run to its name, and to what was audited."""


@router.get("/audit")
def audit(services: Shared, part: Part = None) -> Response:
    """Show the newest audit, or say how to make one."""
    try:
        run, chosen = _found(services.workspace, part)
    except MissingError:
        html = services.templates.render("audit_none.html", page="audit")
        return Response(html, headers=REVALIDATED, media_type="text/html")
    offered = [(name, PARTS[name][0]) for name in run.parts if name in PARTS]
    html = services.templates.render(
        "audit.html",
        page="audit",
        view=audit_view(run.result(chosen)),
        part=chosen,
        parts=offered,
        about=PARTS[chosen][1],
    )
    return Response(html, headers=REVALIDATED, media_type="text/html")


@router.get("/audit/report.html")
def report(services: Shared, part: Part = None) -> Response:
    """Return the newest audit as the page that stands alone."""
    run, chosen = _found(services.workspace, part)
    headers = {**REVALIDATED, "content-security-policy": REPORT_POLICY}
    return Response(run.report(chosen).read_bytes(), headers=headers, media_type="text/html")


@router.get("/audit/result.json")
def result(services: Shared, part: Part = None) -> Response:
    """Return the newest audit's figures as JSON."""
    run, chosen = _found(services.workspace, part)
    found: AuditResult = run.result(chosen)
    return Response(found.to_json(), headers=REVALIDATED, media_type="application/json")


def _found(workspace: Workspace, part: str | None) -> tuple[AuditRun, str]:
    """Return the newest run, and the part that is asked for or else its first."""
    run = latest_run(workspace)
    offered = [name for name in run.parts if name in PARTS] if run else []
    if run is None or not offered or (part and part not in offered):
        raise MissingError("There is no such audit yet; run: fairview audit")
    return run, part or offered[0]
