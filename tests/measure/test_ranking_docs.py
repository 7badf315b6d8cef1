"""The page on ranking measures leaves none of them out."""

from __future__ import annotations

import re
from pathlib import Path

from fairview.measure import EntityMeasure, RequestMeasure, known_measures, parse_measure

PAGE = Path(__file__).resolve().parents[2] / "docs" / "ranking-measures.md"


def test_every_ranking_measure_is_on_the_page_and_every_name_there_is_one() -> None:
    text = PAGE.read_text().replace("`…Relevance`", "`ExpectedExposureRelevance`")
    text = text.replace("`…Loss`", "`ExpectedExposureLoss`")
    for name, kind in known_measures().items():
        if issubclass(kind, RequestMeasure | EntityMeasure) and kind.__module__.startswith(
            "fairview.measure.measures"
        ):
            assert f"`{name}`" in text or f"`{name}(" in text, name
    for identity in re.findall(r"`([A-Z]\w+\([^`]*\)(?:@\d+)?)`", text):
        assert parse_measure(identity)
