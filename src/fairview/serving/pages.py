"""The pages, and the fragments of pages that scripts put in place. All HTML is made here."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from fairview.core import MissingError
from fairview.serving.api import Shared
from fairview.serving.bodies import LONGEST_QUERY, RelatedBody, SearchBody
from fairview.serving.comparison import compare
from fairview.serving.errors import error_response
from fairview.serving.presentation import slate_of
from fairview.serving.services import Services

router = APIRouter(include_in_schema=False)

Searched = Annotated[str, Query(max_length=LONGEST_QUERY)]
Switch = Annotated[str, Query(pattern="^(on|off|auto)$")]

REVALIDATED = {"cache-control": "private, no-cache"}
NO_STORE = {"cache-control": "no-store"}
CHIPS = 10


@router.get("/")
def start(services: Shared, q: Searched = "", diversity: Switch = "auto") -> Response:
    """Show a search, or the start page where nothing is searched for."""
    query = q.strip()
    if not query:
        return _start_page(services)
    varied = None if diversity == "auto" else diversity == "on"
    slate = services.slate(query, diversify=varied)
    return _page(services, "search.html", query=query, slate=slate, page="search")


@router.get("/like/{item_id}")
def like(item_id: str, request: Request, services: Shared) -> Response:
    """Show one item, and items that are like it.

    An address that is opened by itself leaves no row of exposure: it may be a link of a refined
    page in a new tab. The page's own script, which asks so from unrefined pages only, says so.
    """
    try:
        seed = services.seeds.get(item_id)
    except MissingError as error:
        return error_response(request.scope, 404, "not_found", str(error))
    by_script = request.headers.get("sec-fetch-dest") == "empty"
    slate = slate_of(services.related(RelatedBody(item_id=item_id, log=by_script)))
    return _page(services, "like.html", seed=seed, slate=slate, page="like")


@router.get("/compare")
def compare_page(services: Shared, q: Searched = "") -> Response:
    """Show one search twice: by relevance alone, and diversified.

    The view is an inspection of the ranking, so it leaves no row of exposure.
    """
    query = q.strip() or next(iter(services.examples.queries()), "")
    if not query:
        services.slot.get()
        return _start_page(services)
    comparison = compare(services, query)
    return _page(services, "compare.html", query=query, comparison=comparison, page="compare")


@router.post("/fragments/search")
def search_fragment(body: SearchBody, services: Shared) -> Response:
    """Return a search's results as HTML; the only way in which a page sends a refinement."""
    slate = slate_of(services.search(body))
    return _fragment(services, "_results.html", query=body.q, slate=slate)


@router.post("/fragments/related")
def related_fragment(body: RelatedBody, request: Request, services: Shared) -> Response:
    """Return an item and what is like it as HTML."""
    try:
        seed = services.seeds.get(body.item_id)
    except MissingError as error:
        return error_response(request.scope, 404, "not_found", str(error))
    return _fragment(services, "_like.html", seed=seed, slate=slate_of(services.related(body)))


def _start_page(services: Services) -> Response:
    queries = services.examples.queries()
    # Nobody asked for these pictures, so they are not an exposure that a ranker may learn from.
    slate = services.slate(queries[0], log=False) if queries else None
    if slate is None:
        services.slot.get()
    return _page(services, "home.html", queries=queries[:CHIPS], slate=slate, page="search")


def _page(services: Services, template: str, **context: Any) -> Response:
    html = services.templates.render(template, **context)
    return Response(html, headers=REVALIDATED, media_type="text/html")


def _fragment(services: Services, template: str, **context: Any) -> Response:
    html = services.templates.render(template, **context)
    return Response(html, headers=NO_STORE, media_type="text/html")
