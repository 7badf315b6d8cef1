"""A journey in a browser: seeing fewer pictures that declare a trained model as their origin."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import looks_made
import numpy as np
import pytest
from browsing import Visit
from fastapi import FastAPI

from fairview.catalog import EventStore, SignalStore
from fairview.core import SignalColumn
from fairview.discovery import SearchEngine
from fairview.retrieval import build_index
from fairview.serving import create_app

Serve = Callable[[FastAPI], AbstractContextManager[str]]

pytestmark = pytest.mark.browser


def is_generated(title: str) -> bool:
    return int(title.rsplit(" ", 1)[1]) // 3 % 2 == 0


@pytest.fixture
def declaring(tmp_path: Path, serve: Serve) -> Iterator[tuple[str, SearchEngine]]:
    """A served workspace, half of whose pictures declare that a model made them."""
    workspace = looks_made.make(tmp_path)
    numbers = looks_made.numbers_of(workspace)
    looks_made.add_vectors(workspace, numbers)
    values = np.array([float(n // 3 % 2 == 0) for n in numbers.values()], np.float32)
    SignalStore(workspace).write(
        looks_made.contract("ai_generated", "scalar", minimum=0, maximum=1),
        list(numbers),
        SignalColumn.present("ai_generated", "1", values),
    )
    build_index(workspace)
    with SearchEngine.open(workspace) as engine, serve(create_app(engine, workspace)) as address:
        yield address, engine


def generated(page: Any) -> int:
    titles = page.locator("#slate > .grid-box .card-title").all_inner_texts()
    return sum(is_generated(title) for title in titles)


def test_fewer_are_seen_none_is_kept_and_the_page_says_so(
    visit: Callable[..., Visit], declaring: tuple[str, SearchEngine], tmp_path: Path
) -> None:
    address, engine = declaring
    visitor = visit(address)
    page = visitor.goto("/?q=lamp")
    engine.flush()
    store = EventStore(engine.parts.workspace)
    before, rows, kept = generated(page), store.count(), visitor.stored()
    box = page.locator("[data-fewer] input")
    assert page.locator("[data-fewer] legend").inner_text() == "See fewer"
    with page.expect_response("**/fragments/search"):
        box.check()
    page.locator("[data-slate]:not([aria-busy])").wait_for()
    page.get_by_text("none was filtered out").first.wait_for(state="attached")
    page.screenshot(path=tmp_path / "fewer.png")
    after = generated(page)
    assert after < before
    assert f"{after} " in page.get_by_text("none was filtered out").first.text_content()
    assert page.locator("[data-headline]").inner_text().startswith("12 results by what you chose")
    assert page.locator("[data-compare]").is_hidden()
    bodies = [json.loads(r.post_data) for r in visitor.requests if r.method == "POST"]
    assert [body["fewer"] for body in bodies] == [["ai_generated"]]
    assert not any("ai_generated" in request.url for request in visitor.requests)
    engine.flush()
    assert (store.count(), visitor.stored()) == (rows, kept)
    with page.expect_response("**/fragments/search"):
        box.uncheck()
    page.locator("[data-slate]:not([aria-busy])").wait_for()
    assert generated(page) == before
