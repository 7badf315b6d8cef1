"""The audit page: the latest result in the workspace, its stand-alone report, and its JSON."""

from __future__ import annotations

from pathlib import Path

from fastapi import APIRouter
from starlette.responses import Response

from fairview.audit import AuditResult
from fairview.core import DataError, MissingError
from fairview.serving.api import Shared
from fairview.serving.audit_view import audit_view

router = APIRouter(include_in_schema=False)

REVALIDATED = {"cache-control": "private, no-cache"}
REPORT_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'none'"
)
"""The stand-alone report carries its own style sheet, and nothing else is allowed in it."""


@router.get("/audit")
def audit(services: Shared) -> Response:
    """Show the latest audit, or say how to make one."""
    try:
        view = audit_view(latest(services.workspace.runs_dir))
    except MissingError:
        html = services.templates.render("audit_none.html", page="audit")
    else:
        html = services.templates.render("audit.html", page="audit", view=view)
    return Response(html, headers=REVALIDATED, media_type="text/html")


@router.get("/audit/report.html")
def report(services: Shared) -> Response:
    """Return the latest audit as the page that stands alone."""
    html = latest(services.workspace.runs_dir).to_html()
    headers = {**REVALIDATED, "content-security-policy": REPORT_POLICY}
    return Response(html, headers=headers, media_type="text/html")


@router.get("/audit/result.json")
def result(services: Shared) -> Response:
    """Return the latest audit's figures as JSON."""
    text = latest(services.workspace.runs_dir).to_json()
    return Response(text, headers=REVALIDATED, media_type="application/json")


def latest(runs: Path) -> AuditResult:
    """Return the latest audit in a folder of runs and in the folders in it.

    Of several made at the same time, one that is compared with an earlier audit counts as later.
    Files that are no audit results are passed over.

    Raises
    ------
    MissingError
        Where there is none.
    """
    found = []
    for path in sorted(runs.rglob("*.json")):
        try:
            text = path.read_text(encoding="utf-8")
            if '"verdicts"' in text:
                found.append(AuditResult.from_json(text))
        except (DataError, OSError, UnicodeDecodeError):
            continue
    if not found:
        raise MissingError("No audit has been made yet; run: fairview audit")
    return max(found, key=lambda one: (one.run_record.made_at, bool(one.changes)))
