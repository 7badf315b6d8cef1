"""How long a report of 2,000 figures takes to write, and how soon a browser shows it."""

from __future__ import annotations

import shutil
import time
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pandas as pd

import fairview
from bench.rows import Row, median
from fairview.audit import AuditResult

FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"]
PAINTED = "performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? 0"
LOADED = "performance.getEntriesByType('navigation')[0].loadEventEnd"


def large_result() -> AuditResult:
    """An audit of a made log with a little over 2,000 figures."""
    rng = np.random.default_rng(0)
    n = 60_000
    sizes = {"a": 8, "b": 9, "c": 6}
    log = pd.DataFrame({name: rng.integers(0, k, n) for name, k in sizes.items()}).astype(str)
    log = log.map("g{}".format)
    log["y_true"] = rng.random(n) < 0.4
    log["y_pred"] = rng.random(n) < 0.3 + 0.3 * log.y_true
    measures = ["TPR", "FPR", "TNR", "FNR", "PPV", "FDR", "FOR", "SelectionRate", "Accuracy"]
    found: AuditResult = fairview.audit(
        log,
        [*measures, "BalancedAccuracy", "Gap(of='TPR')", "Gap(of='FPR')"],
        slices=["a", "b", "c", "a*b", "a*c", "b*c"],
        unit="row",
        gates=[{"name": "gap", "measure": "Gap(of='TPR')", "at_most": 0.1}],
        title="A large audit",
    )
    return found


def rows() -> list[Row]:
    """Write the report, then open it in fresh contexts."""
    result = large_result()
    written = []
    for _ in range(3):
        start = time.perf_counter()
        page = result.to_html()
        written.append(time.perf_counter() - start)
    about = f"report of {len(result.estimates):,} figures"
    made = [
        Row(f"{about}: written", median(written), "s"),
        Row(f"{about}: size", len(page.encode()) / 1024, "KiB"),
    ]
    browser_path = shutil.which("chromium")
    if browser_path is None:
        return [*made, Row(f"{about}: Chromium isn't installed", float("nan"), "s")]
    with TemporaryDirectory() as folder:
        file = Path(folder) / "report.html"
        file.write_text(page, encoding="utf-8")
        painted, loaded, elements = _opened(file, browser_path)
    return [
        *made,
        Row(f"{about}: elements of the page", elements, ""),
        Row(f"{about}: first paint in Chromium", median(painted), "s", "below 1"),
        Row(f"{about}: loaded in Chromium", median(loaded), "s", "below 1"),
    ]


def _opened(file: Path, browser_path: str) -> tuple[list[float], list[float], float]:
    from playwright.sync_api import sync_playwright

    painted, loaded, elements = [], [], 0.0
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=browser_path, args=FLAGS)
        for _ in range(7):
            context = browser.new_context(viewport={"width": 1440, "height": 900})
            page = context.new_page()
            page.goto(file.as_uri())
            page.wait_for_function(f"({PAINTED}) > 0 && ({LOADED}) > 0")
            painted.append(page.evaluate(PAINTED) / 1e3)
            loaded.append(page.evaluate(LOADED) / 1e3)
            elements = page.evaluate("document.querySelectorAll('*').length")
            context.close()
        browser.close()
    return painted, loaded, elements
