"""Text search: what matches, in which order, and that nothing a person types breaks it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fairview.core import MissingError
from fairview.retrieval import TextIndex, Words

TITLES = [
    "Red wool coat",
    "Blue coat",
    "Summer makeup",
    "Café in winter",
    "Coat hanger",
    "Makeup brushes",
]
TAGS = [["winter"], ["winter", "sale"], ["makeup"], [], ["home"], ["beauty"]]
DESCRIPTIONS = [
    "A warm coat for cold days.",
    "Light and blue.",
    "Soft colours for summer evenings.",
    "A small place to sit.",
    "Holds one coat.",
    "For summer and winter makeup.",
]


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> TextIndex:
    folder = tmp_path_factory.mktemp("text") / "index"
    TextIndex.build(folder, titles=TITLES, tags=TAGS, descriptions=DESCRIPTIONS)
    return TextIndex.open(folder)


def found(index: TextIndex, query: str, k: int = 6) -> list[str]:
    return [TITLES[row] for row in index.search(query, k).rows]


def test_stems_accents_and_case_match(index: TextIndex) -> None:
    assert set(found(index, "COATS")) == {"Red wool coat", "Blue coat", "Coat hanger"}
    assert found(index, "cafe") == ["Café in winter"]


def test_a_phrase_and_all_words_come_first(index: TextIndex) -> None:
    assert found(index, "summer makeup")[0] == "Summer makeup"
    assert found(index, "blue winter coat")[0] == "Blue coat"


def test_a_query_that_no_item_meets_entirely_still_answers(index: TextIndex) -> None:
    assert set(found(index, "coat spaceship")) == {"Red wool coat", "Blue coat", "Coat hanger"}
    assert index.count("coat spaceship") == 3
    assert found(index, "spaceship") == []


def test_stop_words_are_looked_for_only_when_alone(index: TextIndex) -> None:
    assert set(found(index, "a makeup for the winter")) == set(found(index, "makeup winter"))
    assert "Red wool coat" in found(index, "for a")


def test_only_allowed_rows_come_back_and_none_is_lost(
    index: TextIndex, monkeypatch: pytest.MonkeyPatch
) -> None:
    allowed = np.array([False, True, False, False, True, False])
    rows = index.search("coat", 2, allowed=allowed).rows
    assert set(rows.tolist()) == {1, 4}
    monkeypatch.setattr("fairview.retrieval.text_index.FEW", 0)
    assert index.search("coat", 2, allowed=allowed).rows.tolist() == rows.tolist()
    assert len(index.search("coat", 5, allowed=np.zeros(6, bool))) == 0


def test_equal_scores_go_by_row(tmp_path: Path) -> None:
    n = 100
    index = TextIndex.build(
        tmp_path / "same", titles=["same"] * n, tags=[[]] * n, descriptions=[""] * n
    )
    assert index.search("same", 10).rows.tolist() == list(range(10))


@pytest.mark.parametrize(
    "query",
    [
        "",
        "   ",
        '"unbalanced',
        "title:coat AND (",
        "+coat -\\ ~* ^2",
        "[a TO z]",
        "/.*/",
        "🧥❤️",
        "coat\x00coat",
        "\ud83d",
        "ﷺ" * 10,
        "coat " * 2_000,
        "x" * 10_000,
        "a b c d e f g h i j k l m n o p q r s t u v w x y z " * 200,
        "'; DROP TABLE items; --",
        "{{7*7}}",
    ],
)
def test_hostile_queries_answer(index: TextIndex, query: str) -> None:
    hits = index.search(query, 6)
    assert len(hits) <= 6
    assert index.count(query) >= len(hits) - 6


@settings(max_examples=150, deadline=None)
@given(query=st.text(max_size=60))
def test_any_text_answers(index: TextIndex, query: str) -> None:
    hits = index.search(query, 6)
    assert np.isfinite(hits.scores).all()
    assert len(set(hits.rows.tolist())) == len(hits)


def test_words_remember_how_they_were_written() -> None:
    words = Words("Summer MAKEUPS, summers!")
    assert words.stems == ("summer", "makeup")
    assert words.in_text(["makeup for a summer day"]) == ("Summer", "MAKEUPS")
    assert words.in_text(["nothing of it"]) == ()


def test_a_missing_index_says_what_to_run(tmp_path: Path) -> None:
    with pytest.raises(MissingError, match="fairview index"):
        TextIndex.open(tmp_path / "nowhere")
