"""The report in a browser: alone, for everybody, at any width, in light and dark, and on paper."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from accessibility import problems_of
from browsing import CHROMIUM, PHONE, WIDE

import fairview
from fairview.audit import AuditResult, Finding

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not CHROMIUM.exists(), reason=f"there is no Chromium at {CHROMIUM}"),
]
NOT_FOR_A_DOCUMENT = {"nothing announces results"}
"""A report is a document: nothing in it changes, so nothing has to be announced."""


def result() -> AuditResult:
    """An audit with plots, a map, a curve, withheld groups, gates of all outcomes and a finding."""
    rng = np.random.default_rng(3)
    n = 3000
    log = pd.DataFrame(
        {
            "sex": rng.choice(["F", "M"], n),
            "region": rng.choice(["north", "east", "south", "west"], n),
            "age": rng.integers(18, 90, n),
            "y_true": rng.random(n) < 0.5,
        }
    )
    log.loc[:4, "region"] = "an island with a very long name indeed"
    chance = 0.2 + 0.4 * log.y_true - 0.25 * (log.sex == "F") * log.y_true
    log["y_pred"] = rng.random(n) < chance
    found: AuditResult = fairview.audit(
        log,
        ["TPR", "FPR", "Gap(of='TPR')", "Gap(of='FPR')", "TPR(by='sex*age_band', unit='row')"],
        slices=["sex", "region", "sex*region"],
        bands={"age_band": {"column": "age", "starts": [18, 30, 45, 60]}},
        unit="row",
        gates=[
            {"name": "alike", "measure": "Gap(of=\"TPR(by='sex')\")", "at_most": 0.1},
            {"name": "alarms", "measure": "FPR(by='sex')", "at_most": 0.5},
            {"name": "narrow", "measure": "FPR(by='region')", "within": [0.2, 0.21]},
        ],
        family="holm",
        title="Decisions by sex and region, with a title that is long enough for two lines",
    )
    return found.with_findings(
        Finding("Late cases", "They fare worse.", ("slice", "n"), (("a", 9),))
    )


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("report") / "report.html"
    path.write_text(result().to_html(), encoding="utf-8")
    return path


@pytest.mark.parametrize("colours", ["light", "dark"])
@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["wide", "phone"])
def test_everybody_can_use_it_without_a_script_or_a_request(
    browser: Any, file: Path, size: dict[str, int], colours: str
) -> None:
    context = browser.new_context(viewport=size, color_scheme=colours, java_script_enabled=True)
    page = context.new_page()
    asked: list[str] = []
    errors: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: errors.append(message.text))
    page.goto(file.as_uri())
    page.add_style_tag(content=".block { content-visibility: visible !important; }")
    page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
    assert asked == [file.as_uri()]
    assert not errors
    assert set(problems_of(page)) - NOT_FOR_A_DOCUMENT == set()
    assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]
    assert page.evaluate("document.scripts.length") == 0
    context.close()


def test_plots_stand_where_their_figures_are(browser: Any, file: Path) -> None:
    """A dot's place between the axis' ends is its number's place between the ticks."""
    context = browser.new_context(viewport=WIDE)
    page = context.new_page()
    page.goto(file.as_uri())
    forest = page.locator("table.forest").first
    forest.scroll_into_view_if_needed()
    plot = forest.locator("td.plot").first.bounding_box()
    ticks = forest.locator("tfoot text:not(.asks)").all_text_contents()
    ends = [float(re.sub(r"[^0-9.]", "", ticks[0])), float(re.sub(r"[^0-9.]", "", ticks[-1]))]
    for row in forest.locator("tbody tr").all():
        number = float(re.sub(r"[^0-9.]", "", row.locator("td b").inner_text()))
        box = row.locator("circle").bounding_box()
        width = row.locator("svg").bounding_box()["width"]
        share = (box["x"] + box["width"] / 2 - plot["x"]) / width
        assert share == pytest.approx((number - ends[0]) / (ends[1] - ends[0]), abs=0.01)
    context.close()


def test_it_prints_with_its_first_page_alone(browser: Any, file: Path, tmp_path: Path) -> None:
    context = browser.new_context(viewport=WIDE)
    page = context.new_page()
    page.goto(file.as_uri())
    page.emulate_media(media="print", color_scheme="dark")
    assert page.locator(".parts").is_hidden()
    assert page.evaluate("getComputedStyle(document.body).color") == "rgb(0, 0, 0)"
    pdf = page.pdf(path=str(tmp_path / "report.pdf"), prefer_css_page_size=True)
    assert pdf.startswith(b"%PDF")
    pages = len(re.findall(rb"/Type\s*/Page\b", pdf))
    assert 3 <= pages <= 14
    context.close()
