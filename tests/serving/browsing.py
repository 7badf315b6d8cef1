"""Headless Chromium, and a visit that notes requests, errors and what is stored."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

CHROMIUM = Path(os.environ.get("FAIRVIEW_CHROMIUM", "/usr/bin/chromium"))
ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
WIDE = {"width": 1440, "height": 900}
PHONE = {"width": 390, "height": 844}
SMALL_PHONE = {"width": 320, "height": 640}


@contextmanager
def launched() -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=str(CHROMIUM), args=list(ARGUMENTS), headless=True
        )
        yield browser
        browser.close()


@dataclass
class Visit:
    """One visitor: a context of its own, one page, and notes on what it did."""

    page: Any
    context: Any
    address: str
    requests: list[Any] = field(default_factory=list)
    foreign: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    ignore_failed_loads: bool = False

    @classmethod
    def start(cls, browser: Any, address: str, **context: Any) -> Visit:
        opened = browser.new_context(**{"viewport": WIDE, "reduced_motion": "reduce", **context})
        opened.set_default_timeout(15000)
        visit = cls(opened.new_page(), opened, address)
        visit.page.on("request", visit._note)
        visit.page.on("pageerror", lambda error: visit.errors.append(str(error)))
        visit.page.on("console", visit._said)
        return visit

    def goto(self, path: str) -> Any:
        self.page.goto(self.address + path)
        return self.page

    def close(self) -> None:
        self.context.close()

    def stored(self) -> str:
        """Everything that the browser keeps or shows of this visit, as one text."""
        page = self.page
        kept = page.evaluate(
            """() => JSON.stringify([localStorage, sessionStorage, history.state, location.href,
            document.referrer, document.cookie, window.name])"""
        )
        databases = page.evaluate("indexedDB.databases().then(JSON.stringify)")
        caches = page.evaluate("caches.keys().then(JSON.stringify)")
        return f"{kept} {databases} {caches} {self.context.cookies()}"

    def _note(self, request: Any) -> None:
        self.requests.append(request)
        if not request.url.startswith((self.address, "blob:", "data:")):
            self.foreign.append(request.url)

    def _said(self, message: Any) -> None:
        expected = self.ignore_failed_loads and "Failed to load resource" in message.text
        if message.type == "error" and not expected:
            self.errors.append(message.text)
