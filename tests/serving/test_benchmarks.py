"""The benchmarks of serving run: what they time is the app as it is made today."""

from __future__ import annotations

import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[2]))

from bench import page, search
from browsing import CHROMIUM

from fairview.catalog import Workspace
from fairview.discovery import SearchEngine


def test_search_is_timed_over_http(engine: SearchEngine) -> None:
    rows = search.over_http(engine, 120)
    assert [row.unit for row in rows] == ["ms", "ms"]
    assert all(row.value > 0 for row in rows)


@pytest.mark.browser
@pytest.mark.skipif(not CHROMIUM.is_file(), reason="there is no Chromium")
def test_the_first_page_is_timed(looks: Workspace) -> None:
    with ThreadPoolExecutor(1) as apart:
        (row,) = apart.submit(page.rows, looks.root).result()
    assert row.value > 0
