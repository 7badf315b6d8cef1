"""In a browser: nothing found, slow, unreachable and broken; every width; everyone can use it."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import looks_made
import numpy as np
import pytest
from accessibility import problems_of
from browsing import PHONE, SMALL_PHONE, WIDE, Visit

from conftest import served
from fairview.audit import AuditSpec, SlateFacts, log_from_slates, run_audit
from fairview.catalog import Workspace
from fairview.discovery import SearchEngine, save_run
from fairview.discovery.audit_runs import LOG, PAGE, PAGE_BEFORE
from fairview.serving import create_app

pytestmark = pytest.mark.browser

Open = Callable[..., Visit]

PAGES = (
    "/",
    "/?q=coat",
    "/?q=lamp",
    "/?q=xyzzy",
    "/compare?q=coat",
    "/audit?part=log",
    "/audit",
    "/nothing",
)
SPEC = """
title: Representation on the page
attributes: [skin_tone]
measures: [Div(by='skin_tone')@12, "Skew(by='skin_tone', target='uniform')@12", Gini]
gates: [{name: Most pages show everyone, measure: Div(by='skin_tone')@12, at_least: 0.2}]
"""


@pytest.fixture(scope="module", autouse=True)
def audited(looks: Workspace, engine: SearchEngine) -> Iterator[None]:
    """An audit before and after diversification lies in the workspace during these tests."""
    spec = AuditSpec.from_text(SPEC, "the test")
    queries = [f"{colour} coat" for colour in looks_made.COLOURS] * 12
    results = []
    for diversify in (False, True):
        slates = engine.batch(queries, diversify=diversify)
        columns = slates.candidates.requests.columns
        people = np.array([f"person-{n}" for n in range(len(queries))])
        object.__setattr__(slates.candidates.requests, "columns", {**columns, "cluster_id": people})
        log = log_from_slates(slates, SlateFacts(synthetic=True))
        results.append(run_audit(spec, log, rng=np.random.default_rng(1)))
    after = results[1].compared_with(results[0])
    run = save_run(looks, {PAGE_BEFORE: results[0], PAGE: after, LOG: results[0]})
    yield
    shutil.rmtree(run.folder)


@pytest.mark.parametrize("path", PAGES)
def test_everyone_can_use_every_page(visit: Open, path: str) -> None:
    visitor = visit()
    visitor.ignore_failed_loads = True
    page = visitor.goto(path)
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        assert problems_of(page) == []


def test_the_check_itself_finds_what_is_wrong(visit: Open) -> None:
    page = visit().goto("/")
    page.evaluate(
        """() => document.querySelector("main").insertAdjacentHTML("beforeend", `
        <h4>Too deep</h4><button></button><img src="" width="9" height="9">
        <p id="pale">Pale</p><i id="pale" aria-labelledby="nowhere"></i><h1>Again</h1>`)"""
    )
    page.evaluate("document.getElementById('pale').style.color = '#c9c9c9'")
    found = " ".join(problems_of(page))
    for part in (
        "heading after level 2", "no name: <button>", "no alt", "contrast 1.", "id pale repeats",
        "aria-labelledby names nothing", "2 headings of level 1", "too small",
    ):  # fmt: skip
        assert part in found


def test_everyone_can_use_the_dialog_and_the_item(visit: Open) -> None:
    page = visit(viewport=PHONE, is_mobile=True, has_touch=True).goto("/?q=coat")
    page.locator("[data-why]").first.click()
    assert problems_of(page) == []
    page.keyboard.press("Escape")
    page.locator(".card-link").first.click()
    page.wait_for_url("**/like/*")
    assert problems_of(page) == []


@pytest.mark.parametrize("path", PAGES)
def test_no_page_scrolls_sideways(visit: Open, path: str) -> None:
    visitor = visit()
    visitor.ignore_failed_loads = True
    page = visitor.goto(path)
    for size in (WIDE, PHONE, SMALL_PHONE):
        page.set_viewport_size(size)
        assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]


def test_pictures_keep_their_shape_in_the_grid(visit: Open) -> None:
    page = visit().goto("/?q=coat")
    boxes = page.eval_on_selector_all(
        "#slate .card img",
        """all => all.map(img => [img.clientHeight / img.clientWidth,
                                  img.getAttribute('height') / img.getAttribute('width')])""",
    )
    assert len(boxes) == 12
    assert all(abs(shown - true) < 0.03 for shown, true in boxes)


def test_nothing_found_says_what_to_try(visit: Open) -> None:
    page = visit().goto("/?q=xyzzy")
    assert page.locator(".state h2").inner_text() == "Nothing found"
    page.get_by_role("link", name="See example searches").click()
    page.locator(".hero").wait_for()


def test_the_audit_shows_before_and_now_with_words(visit: Open) -> None:
    page = visit().goto("/audit")
    text = page.locator("main").inner_text()
    assert "Representation on the page" in text
    assert "the first 12 pictures showed every skin tone range" in text
    assert "Synthetic" in text
    assert page.locator("svg.chart").count() == 3
    assert page.locator(".figure .chart-diamond").count() > 0
    label = page.locator("svg.chart").first.get_attribute("aria-label")
    assert "before" in label
    page.get_by_role("link", name="The log").click()
    page.wait_for_url("**/audit?part=log")
    assert page.locator(".chart-diamond").count() == 0
    page.locator(".numbers summary").first.click()
    assert page.locator(".numbers table").first.is_visible()


def test_the_whole_report_opens(visit: Open) -> None:
    page = visit().goto("/audit")
    page.get_by_role("link", name="The whole report").click()
    page.wait_for_url("**/audit/report.html?part=page")
    assert "Representation on the page" in page.locator("h1").inner_text()


def test_a_slow_answer_shows_skeletons_then_words(visit: Open) -> None:
    page = visit().goto("/?q=coat")

    def slowly(route: Any) -> None:
        time.sleep(4)
        route.continue_()

    page.route("**/fragments/search", slowly)
    page.locator("[data-palette] label").nth(1).click()
    page.locator(".skeleton").first.wait_for()
    page.get_by_text("Still working").first.wait_for()
    page.locator("[data-headline]", has_text="by what you chose").wait_for()
    assert page.locator(".skeleton").count() == 0


def test_an_unreachable_server_is_said_and_asked_again(visit: Open) -> None:
    visitor = visit()
    visitor.ignore_failed_loads = True
    page = visitor.goto("/?q=coat")
    visitor.context.set_offline(True)
    page.fill("#q", "lamp")
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="You are offline").wait_for()
    visitor.context.set_offline(False)
    page.get_by_role("button", name="Try again").click()
    page.wait_for_url("**/?q=lamp")
    assert page.locator("h1").inner_text() == "lamp"


def test_a_broken_engine_gives_a_page_that_can_be_left(visit: Open, looks: Workspace) -> None:
    class Broken:
        def search(self, query: str, **_: object) -> Any:
            raise RuntimeError

        def related(self, item_id: str, **_: object) -> Any:
            raise RuntimeError

    with served(create_app(Broken(), looks)) as address:
        visitor = visit(address)
        visitor.ignore_failed_loads = True
        page = visitor.goto("/?q=coat")
        assert page.locator("h1").inner_text() == "Something went wrong"
        assert problems_of(page) == []


def test_a_workspace_without_items_says_what_to_run(visit: Open, tmp_path: Path) -> None:
    empty = Workspace.create(tmp_path / "empty")
    with served(create_app(None, empty, opener=lambda: SearchEngine.open(empty))) as address:
        visitor = visit(address)
        visitor.ignore_failed_loads = True
        page = visitor.goto("/")
        assert page.locator("h1").inner_text() == "Not ready yet"
        assert "fairview ingest" in page.locator("main").inner_text()
        page.goto(address + "/audit")
        assert "fairview audit" in page.locator("main").inner_text()


def test_searching_works_without_scripts(visit: Open) -> None:
    page = visit(java_script_enabled=False).goto("/")
    page.fill("#q", "red lamp")
    page.keyboard.press("Enter")
    page.wait_for_url("**/?q=red+lamp")
    assert page.locator(".card").count() == 12
    assert page.locator("[data-why]").first.is_hidden()
    page.locator(".card-link").first.click()
    page.wait_for_url("**/like/*")
