"""The examples of the pages about re-ranking are run, and name every kernel."""

from __future__ import annotations

import doctest
from pathlib import Path

import pytest

from fairview.slate import Kernel, kernels

PAGES = sorted((Path(__file__).resolve().parents[2] / "docs" / "reranking").glob("*.md"))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_the_examples_of_a_page(page: Path) -> None:
    failed, tried = doctest.testfile(str(page), module_relative=False, encoding="utf-8")
    assert failed == 0
    assert tried > 0 or page.stem == "README"


def test_every_kernel_of_the_product_stands_on_a_page() -> None:
    text = "".join(page.read_text() for page in PAGES)
    own = [name for name in kernels() if Kernel.registered[name].__module__.startswith("fairview")]
    assert [name for name in own if f"`{name}`" not in text] == []
