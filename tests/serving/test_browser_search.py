"""Journeys in a browser: searching, choosing a range, asking why, finding more, going back."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from browsing import PHONE, Visit

from fairview.catalog import EventStore, Workspace
from fairview.discovery import SearchEngine

pytestmark = pytest.mark.browser

Open = Callable[..., Visit]


def shown(page: Any) -> list[str]:
    """The ids of the items in the main grid, in order."""
    found: list[str] = page.eval_on_selector_all(
        "#slate > .grid-box .card", "cards => cards.map(card => card.dataset.item)"
    )
    return found


def without_place(text: str) -> str:
    """Leave out the number of the page in the history, which is all that is stored."""
    return re.sub(r'"place\\*":\d+', "", text)


def settle(page: Any) -> None:
    """Wait until no answer is under way; the policy forbids to poll with scripts as text."""
    page.locator("[data-slate]:not([aria-busy])").wait_for()


def refine(page: Any, number: int) -> None:
    """Choose a range with the pointer and wait for its answer."""
    with page.expect_response("**/fragments/search"):
        page.locator("[data-palette] label").nth(number).click()
    settle(page)


def test_the_start_page_shows_pictures_and_examples(visit: Open) -> None:
    page = visit().goto("/")
    assert page.locator(".card img").count() == 12
    loaded = "img => img.complete && img.naturalWidth > 0"
    assert page.locator(".card img").first.evaluate(loaded)
    assert page.locator(".hero .chip").count() == 10


def test_a_search_with_a_suggestion_by_keyboard(visit: Open) -> None:
    page = visit().goto("/")
    page.locator("#q").press("Control+a")
    page.keyboard.type("bri")
    page.locator("#suggestions li").first.wait_for()
    page.keyboard.press("ArrowDown")
    chosen = page.locator("#suggestions li[aria-selected=true]").inner_text()
    assert page.locator("#q").get_attribute("aria-activedescendant") == "suggestion-0"
    page.keyboard.press("Enter")
    page.wait_for_url("**/?q=*")
    assert page.locator("h1").inner_text() == chosen
    assert page.evaluate("document.activeElement.id") == "results-title"


def test_a_search_by_typing_finds_what_was_asked_for(visit: Open) -> None:
    page = visit().goto("/")
    page.fill("#q", "blue lamp")
    page.keyboard.press("Enter")
    page.wait_for_url("**/?q=blue%20lamp")
    assert page.locator(".card-title").first.inner_text().startswith("Blue lamp")
    assert page.locator("#announcer").inner_text().startswith("blue lamp. 12 results")
    assert page.locator("[data-palette]").count() == 0, "lamps offer no refinement"
    page.go_back()
    page.locator(".hero").wait_for()
    page.go_forward()
    page.locator("h1", has_text="blue lamp").wait_for()


def test_a_range_is_chosen_by_keyboard_alone(visit: Open) -> None:
    page = visit().goto("/?q=coat")
    before = shown(page)
    for _ in range(30):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.type") == "radio":
            break
    assert page.evaluate("document.activeElement.ariaLabel") == "Any skin tone"
    with page.expect_response("**/fragments/search"):
        for _ in range(4):
            page.keyboard.press("ArrowRight")
    page.locator("[data-headline]", has_text="chose").wait_for()
    settle(page)
    assert page.evaluate("document.activeElement.ariaLabel") == "Skin tone range 4 of 4"
    assert set(shown(page)) != set(before)
    assert "by what you chose" in page.locator("#announcer").inner_text()


def test_a_range_is_chosen_with_the_pointer_and_left_again(visit: Open) -> None:
    page = visit().goto("/?q=coat")
    before = shown(page)
    refine(page, 3)
    assert shown(page) != before
    assert page.locator("[data-compare]").is_hidden()
    more = page.locator("[data-more]")
    cards = page.locator("#more-cards .card")
    assert cards.count() > 0
    assert cards.first.is_hidden()
    more.click()
    assert cards.first.is_visible()
    assert more.get_attribute("aria-expanded") == "true"
    refine(page, 0)
    assert shown(page) == before


def test_palettes_show_swatches_and_no_words_for_skin(visit: Open) -> None:
    page = visit().goto("/?q=coat")
    colours = page.eval_on_selector_all(
        "[data-palette] rect", "all => all.map(one => one.getAttribute('fill'))"
    )
    assert len(colours) == 10
    assert colours[0] == "#f6ede4"
    text = page.locator("[data-palette]").inner_text().lower()
    assert not re.search(r"light|dark|fair|brown|black|white|pale|olive|tan", text)


def test_a_refinement_leaves_no_trace(
    visit: Open, looks: Workspace, engine: SearchEngine, log_lines: list[str]
) -> None:
    visitor = visit()
    page = visitor.goto("/?q=coat")
    engine.flush()
    events = EventStore(looks).count()
    kept = visitor.stored()
    refine(page, 4)
    bodies = [r.post_data for r in visitor.requests if r.method == "POST"]
    assert [json.loads(body)["refine"] for body in bodies] == [{"skin_tone": 4}]
    page.locator("#slate .card-link").first.click()
    page.locator(".item").wait_for()
    bodies = [json.loads(r.post_data) for r in visitor.requests if r.method == "POST"]
    assert bodies[-1]["log"] is False
    assert page.url.endswith("/?q=coat")
    engine.flush()
    assert EventStore(looks).count() == events
    assert without_place(visitor.stored()) == without_place(kept)
    for request in visitor.requests:
        assert "skin_tone" not in request.url
        assert not request.headers.get("referer")
    assert not any("skin_tone" in line or "8-10" in line for line in log_lines)
    page.reload()
    assert page.locator("[data-palette] input").first.is_checked()


def test_what_a_refined_page_led_to_can_be_left_again(visit: Open) -> None:
    page = visit().goto("/?q=coat")
    refine(page, 1)
    before = shown(page)
    page.locator("#slate .card-link").nth(1).click()
    page.locator(".item").wait_for()
    page.locator("[data-back] button").click()
    page.locator("[data-palette]").wait_for()
    assert shown(page) == before
    assert page.locator("[data-palette] input").nth(1).is_checked()


def test_why_is_told_in_a_dialog_and_focus_comes_back(visit: Open) -> None:
    page = visit().goto("/?q=red coat")
    button = page.locator("[data-why]").nth(2)
    button.focus()
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog")
    assert dialog.get_by_role("heading", level=2).inner_text() == "Why am I seeing this?"
    assert page.evaluate("document.activeElement.id") == "why-title"
    text = dialog.inner_text()
    for part in ("Matched the word", "Where it came from", "What the re-ranker did", "Relevance"):
        assert part in text
    assert dialog.locator(".bar-value").count() > 2
    page.keyboard.press("Escape")
    assert not dialog.is_visible()
    assert button.evaluate("one => one === document.activeElement")


def test_more_like_this_and_back(visit: Open) -> None:
    page = visit().goto("/?q=lamp")
    before = shown(page)
    title = page.locator(".card-title").nth(1).inner_text()
    page.locator(".card-link").nth(1).click()
    page.wait_for_url("**/like/*")
    assert page.locator("h1").inner_text() == title
    assert page.locator(".card").count() == 12
    page.go_back()
    page.wait_for_url("**/?q=lamp")
    assert shown(page) == before


def test_more_like_this_from_the_dialog(visit: Open) -> None:
    page = visit().goto("/?q=lamp")
    page.locator("[data-why]").first.click()
    page.get_by_role("dialog").get_by_role("link", name="More like this").click()
    page.wait_for_url("**/like/*")
    assert not page.get_by_role("dialog").is_visible()
    assert page.evaluate("document.activeElement.id") == "results-title"


def test_diversity_off_and_on_again(visit: Open) -> None:
    page = visit().goto("/?q=coat")
    switch = page.get_by_role("switch", name="Diversity")
    assert switch.get_attribute("aria-checked") == "true"
    before = shown(page)
    with page.expect_response("**/fragments/search"):
        switch.press("Space")
    settle(page)
    assert switch.get_attribute("aria-checked") == "false"
    assert shown(page) != before


def test_both_pages_side_by_side(visit: Open) -> None:
    page = visit().goto("/?q=coat")
    page.get_by_role("link", name="Side by side").click()
    page.wait_for_url("**/compare?q=coat")
    assert page.locator(".side h2").all_inner_texts() == ["Diversity off", "Diversity on"]
    assert page.locator(".side").nth(0).locator(".mini-card").count() == 24
    assert page.locator(".composition-parts li").count() == 8
    assert page.locator(".only-here").count() > 0


def test_a_phone_offers_the_same(visit: Open) -> None:
    page = visit(viewport=PHONE, has_touch=True, is_mobile=True).goto("/?q=coat")
    page.locator("[data-why]").first.tap()
    assert page.get_by_role("dialog").is_visible()
    page.get_by_role("button", name="Close").tap()
    refine(page, 2)
    assert "by what you chose" in page.locator(".headline").inner_text()
