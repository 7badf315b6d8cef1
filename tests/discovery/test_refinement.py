"""Refinements: what matches, what stays reachable, what a query offers, honest counts."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import small_workspace as small

from fairview.catalog import Workspace
from fairview.core import SKIN_TONE, DataError, GroupColumn, Refinement, State, UsageError
from fairview.discovery import SearchEngine
from fairview.discovery.eligibility import REVIEWED_FILE, Eligibility
from fairview.discovery.match_probability import MatchProbability
from fairview.discovery.refinement import MATCHING, UNCERTAIN, RefinementRules
from fairview.discovery.signals_in_memory import People

DARKEST = Refinement({"skin_tone": "8-10"})


def numbers(items: object) -> list[int]:
    return [int(item.title.rsplit(" ", 1)[1]) for item in items]  # type: ignore[attr-defined]


@pytest.mark.parametrize("group", SKIN_TONE.names)
def test_a_refined_page_holds_all_that_match_and_then_the_uncertain(
    engine: SearchEngine, group: str
) -> None:
    answer = engine.search("makeup coat", refine=Refinement({"skin_tone": group}), k=100)
    sure = [item for item in answer.items if not item.uncertain]
    unsure = [item for item in answer.items if item.uncertain]
    assert answer.refined
    assert answer.items == (*sure, *unsure)
    assert [item.position for item in answer.items] == list(range(1, len(answer.items) + 1))
    expected = [n for n in range(240) if small.group_of(n) == group and not small.is_abstained(n)]
    assert sorted(numbers(sure)) == expected[:100]
    assert sorted(numbers(unsure)) == [n for n in range(240) if small.is_abstained(n)]
    assert all("Behind \u201cshow more\u201d" in item.explanation[-1] for item in unsure)


def test_a_thin_supply_is_said_with_an_honest_count(engine: SearchEngine) -> None:
    answer = engine.search("makeup coat", refine=DARKEST)
    matching = sum(not item.uncertain for item in answer.items)
    assert 10 <= matching < 24
    assert f"The supply is thin: {matching} items match this choice" in answer.notes[-1]
    narrow = engine.search("makeup coat", refine=DARKEST, where=small_where(answer.items[0].id))
    assert "fewer than 10 items match" in narrow.notes[-1]


def small_where(item_id: str) -> object:
    from fairview.retrieval import Equals

    return Equals("item_id", item_id)


def test_what_a_query_offers_depends_on_what_it_finds(engine: SearchEngine) -> None:
    (offer,) = engine.eligible_refinements("makeup")
    assert offer.attribute == "skin_tone"
    assert tuple(offer.groups) == SKIN_TONE.names
    assert int(offer.groups["1-3"]) > 20
    assert engine.search("makeup", log=False).refinements == (offer,)
    assert engine.eligible_refinements("golden lamp") == ()


def test_a_choice_that_the_query_does_not_offer_filters_nothing_and_says_so(
    engine: SearchEngine,
) -> None:
    answer = engine.search("golden lamp", refine=DARKEST)
    assert not answer.refined
    assert "lamp" in answer.items[0].title
    assert "nothing was filtered" in answer.notes[-1]


def test_a_signal_that_is_not_there_can_not_be_chosen(engine: SearchEngine) -> None:
    with pytest.raises(UsageError, match="can't be searched by hair_pattern"):
        engine.search("makeup", refine=Refinement({"hair_pattern": "coily"}))


def test_an_empty_choice_is_no_refinement(engine: SearchEngine) -> None:
    assert not engine.search("makeup", refine=Refinement({}), log=False).refined


def test_the_answer_does_not_repeat_the_choice(engine: SearchEngine) -> None:
    words = [
        str(engine.search("makeup", refine=Refinement({"skin_tone": g})).refinements)
        for g in ("1-3", "6-7")
    ]
    assert words[0] == words[1]


def as_read(column: GroupColumn) -> MatchProbability:
    return MatchProbability.of(column, None, np.zeros(len(column), np.bool_))


def rules(states: list[State], groups: list[str | None]) -> RefinementRules:
    column = GroupColumn.from_groups(SKIN_TONE, groups)
    people = People(column, np.array(states, np.int8), as_read(column))
    return RefinementRules({"skin_tone": people}, {}, np.arange(len(groups)))


def test_each_state_has_its_place() -> None:
    made = rules(
        [
            State.PRESENT,
            State.PRESENT,
            State.ABSTAINED,
            State.NOT_APPLICABLE,
            State.MISSING,
            State.FAILED,
        ],
        ["8-10", "1-3", None, None, None, None],
    )
    assert np.flatnonzero(made.rows(DARKEST, MATCHING)).tolist() == [0]
    assert np.flatnonzero(made.rows(DARKEST, UNCERTAIN)).tolist() == [2]


def test_a_picture_of_several_people_matches_each_of_its_groups() -> None:
    column = GroupColumn.from_readings(SKIN_TONE, [2, 9, 5], [1, 1, 1], [0, 2, 3])
    people = People(column, np.full(2, State.PRESENT, np.int8), as_read(column))
    made = RefinementRules({"skin_tone": people}, {}, np.arange(2))
    assert made.rows(Refinement({"skin_tone": "1-3"}), MATCHING).tolist() == [True, False]
    assert made.rows(DARKEST, MATCHING).tolist() == [True, False]


def test_the_reviewed_list_stands_above_the_rule(tmp_path: Path) -> None:
    (tmp_path / REVIEWED_FILE).write_text(
        "query,attribute,offered\nMakeup ,skin_tone,no\nlamp,skin_tone,yes\n", encoding="utf-8"
    )
    eligibility = Eligibility.load(tmp_path, 10)
    many, none = np.array([40, 30, 3, 20, 90, 100]), np.array([0, 0, 0, 0, 0, 100])
    names = SKIN_TONE.names
    assert eligibility.offer("makeup", "skin_tone", names, many) is None
    assert eligibility.offer("lamp", "skin_tone", names, none) is not None
    offered = eligibility.offer("coat", "skin_tone", names, many)
    assert offered is not None
    assert offered.groups == {"1-3": "40", "4-5": "30", "6-7": "fewer than 10", "8-10": "20"}
    assert eligibility.offer("coat", "skin_tone", names, none) is None
    (tmp_path / REVIEWED_FILE).write_text("query,attribute,offered\ncoat,skin_tone,perhaps\n")
    with pytest.raises(DataError, match="line 2"):
        Eligibility.load(tmp_path, 10)
    text = "query,attribute,offered\ncaf\u00e9,skin_tone,no\n"
    (tmp_path / REVIEWED_FILE).write_text(text, encoding="utf-8-sig")
    assert Eligibility.load(tmp_path, 10).reviewed == {("caf\u00e9", "skin_tone"): False}
    (tmp_path / REVIEWED_FILE).write_text(text, encoding="latin-1")
    with pytest.raises(DataError, match="isn't UTF-8"):
        Eligibility.load(tmp_path, 10)


def test_eligibility_never_reads_who_asks(trained: Workspace) -> None:
    engine = SearchEngine.open(trained)
    first = engine.search("makeup", cluster_id="a", log=False)
    second = engine.search("makeup", cluster_id="b", log=False)
    assert first.refinements == second.refinements
    assert [i.id for i in first.items] == [i.id for i in second.items]
