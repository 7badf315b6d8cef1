"""Searching: what is found, how it is explained, and what the answer admits."""

from __future__ import annotations

import json

import numpy as np
import pytest
import small_workspace as small

from fairview.catalog import Workspace
from fairview.core import UsageError
from fairview.discovery import SearchEngine
from fairview.retrieval import Equals


def numbers(answer: object) -> list[int]:
    return [int(item.title.rsplit(" ", 1)[1]) for item in answer.items]  # type: ignore[attr-defined]


def test_a_page_holds_what_was_asked_for(engine: SearchEngine) -> None:
    answer = engine.search("red makeup", log=False)
    assert len(answer.items) == 24
    assert "Red makeup" in answer.items[0].title
    assert all(set(item.title.lower().split()) & {"red", "makeup"} for item in answer.items)
    assert [item.position for item in answer.items] == list(range(1, 25))
    assert len({item.id for item in answer.items}) == 24
    assert answer.synthetic
    assert answer.candidates > 24
    assert answer.removed["reranker"] == {"not selected for the slate": answer.candidates - 24}
    json.dumps(answer.to_dict())


def test_without_diversity_the_page_is_sorted_by_utility(engine: SearchEngine) -> None:
    answer = engine.search("makeup", diversify=False, k=40, log=False)
    utility = [item.scores["utility"] for item in answer.items]
    assert utility == sorted(utility, reverse=True)
    assert not answer.diversified
    assert [item.rank_before for item in answer.items] == list(range(1, 41))


def test_the_ranker_prefers_what_people_liked(engine: SearchEngine) -> None:
    top = numbers(engine.search("makeup", diversify=False, k=10, log=False))
    assert np.mean([small.is_liked(n) for n in top]) > 0.6


def test_all_groups_come_to_the_page_when_diversified(engine: SearchEngine) -> None:
    def groups(diversify: bool) -> set[str | None]:
        answer = engine.search("makeup", diversify=diversify, log=False)
        return {small.group_of(n) for n in numbers(answer) if not small.is_abstained(n)}

    assert groups(True) >= {"1-3", "4-5", "6-7", "8-10"}
    assert len(groups(True)) >= len(groups(False))


def test_explanations_speak_plainly(engine: SearchEngine) -> None:
    answer = engine.search("Red Coats", log=False)
    sentences = [sentence for item in answer.items for sentence in item.explanation]
    assert "Matched the words \u201cRed\u201d, \u201cCoats\u201d." in sentences
    assert any(s.startswith("Looks like the pictures") for s in sentences)
    assert any(s.startswith("Moved up") for s in sentences)
    assert all(item.why == item.explanation[0] for item in answer.items)
    assert all(item.sources for item in answer.items)


@pytest.mark.parametrize("query", ["", "  ", "🧥", '"', "\ud800", "zzzz", "x" * 10_000, "a\x00b"])
def test_odd_queries_get_an_answer(engine: SearchEngine, query: str) -> None:
    answer = engine.search(query)
    assert answer.items or answer.notes
    json.dumps(answer.to_dict())


def test_related_items_are_of_the_same_kind_and_leave_out_the_seed(engine: SearchEngine) -> None:
    seed = engine.search("lamp", log=False).items[0]
    answer = engine.related(seed.id, diversify=False, log=False)
    assert seed.id not in [item.id for item in answer.items]
    assert all("lamp" in item.title for item in answer.items[:10])
    assert any("Looks like \u201c" in s for item in answer.items for s in item.explanation)
    assert answer.refinements == ()


def test_a_filter_expression_narrows_the_page_and_is_never_short(engine: SearchEngine) -> None:
    some = [item.id for item in engine.search("coat", log=False).items[:3]]
    answer = engine.search("coat", where=~Equals("item_id", some[0]), log=False)
    assert some[0] not in [item.id for item in answer.items]
    assert len(answer.items) == 24
    only = engine.search("coat", where=Equals("item_id", some[0]), log=False)
    assert [item.id for item in only.items] == some[:1]


def test_mistakes_are_named(engine: SearchEngine) -> None:
    with pytest.raises(UsageError, match="from 1 to 200"):
        engine.search("coat", k=0)
    with pytest.raises(UsageError, match="no column 'colour'"):
        engine.search("coat", where=Equals("colour", "red"))
    with pytest.raises(UsageError, match="There is no item"):
        engine.related("nothing")
    with pytest.raises(UsageError, match="A query is text"):
        engine.search(7)  # type: ignore[arg-type]
    with pytest.raises(UsageError, match="at least one"):
        engine.batch([])


def test_a_replay_equals_single_answers(engine: SearchEngine) -> None:
    queries = ["red makeup", "coat", "nothing here", "blue lamp", "evening"]
    slates = engine.batch(queries, chunk=2, diversify=True)
    assert len(slates) == 5
    for request, query in enumerate(queries):
        single = [item.id for item in engine.search(query, log=False).items]
        rows = slates.candidates.rows_of(request)
        assert slates.candidates.item_ids[rows].tolist() == single
    assert slates.candidates.groups["skin_tone"].probabilities.shape[1] == 5
    gone = {part.stage: part for part in slates.removed}
    assert set(gone["reranker"].request.tolist()) <= set(range(5))


def test_the_same_question_gets_the_same_page(trained: Workspace) -> None:
    def page() -> list[str]:
        return [item.id for item in SearchEngine.open(trained).search("coat", log=False).items]

    assert page() == page()


def test_after_the_deadline_optional_stages_are_left_out_and_it_is_said(
    trained: Workspace,
) -> None:
    seconds = iter(range(0, 100_000, 10))
    engine = SearchEngine.open(trained, clock=lambda: float(next(seconds)))
    answer = engine.search("makeup", log=False)
    assert len(answer.items) == 24
    assert "Stage ranker was left out: the deadline had passed." in answer.missing
    assert all("utility" not in item.scores for item in answer.items)
