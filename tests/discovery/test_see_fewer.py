"""See fewer: such items are put back, none is removed, the page says so and nothing is kept."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import small_workspace as small

from fairview.catalog import EventStore, SignalStore, Workspace
from fairview.core import Refinement, SignalColumn, State, UsageError
from fairview.discovery import SearchEngine
from fairview.discovery.see_fewer import KEEPS
from fairview.retrieval import build_index

FEWER = Refinement({}, fewer=["ai_generated"])


def is_generated(number: int) -> bool:
    return number % 4 == 0


def add_generated(workspace: Workspace) -> None:
    numbers = small.numbers_of(workspace)
    states = np.array(
        [State.ABSTAINED if n % 5 == 0 else State.PRESENT for n in numbers.values()], np.int8
    )
    values = np.array([float(is_generated(n)) for n in numbers.values()], np.float32)
    SignalStore(workspace).write(
        small.contract("ai_generated", "scalar", minimum=0, maximum=1, may_abstain=True),
        list(numbers),
        SignalColumn("ai_generated", "1", values, states, np.ones(len(values), np.float32)),
    )


@pytest.fixture
def engine(tmp_path: Path) -> SearchEngine:
    workspace = small.make(tmp_path, 120)
    small.add_vectors(workspace)
    small.add_people(workspace)
    add_generated(workspace)
    build_index(workspace)
    return SearchEngine.open(workspace)


def known_generated(titles: list[str]) -> int:
    numbers = [int(title.rsplit(" ", 1)[1]) for title in titles]
    return sum(is_generated(n) and n % 5 != 0 for n in numbers)


def test_there_are_fewer_on_the_page_and_none_is_removed(engine: SearchEngine) -> None:
    before = engine.search("coat", log=False, diversify=False)
    after = engine.search("coat", refine=FEWER, diversify=False)
    assert known_generated([i.title for i in after.items]) < known_generated(
        [i.title for i in before.items]
    )
    everything = engine.search("coat", refine=FEWER, k=120, diversify=False)
    assert {i.id for i in engine.search("coat", k=120, log=False).items} == {
        i.id for i in everything.items
    }
    assert after.removed == before.removed


def test_the_page_says_what_was_done(engine: SearchEngine) -> None:
    answer = engine.search("coat", refine=FEWER)
    count = known_generated([item.title for item in answer.items])
    assert f"none was filtered out; {count} " in " ".join(answer.notes)
    assert answer.refined
    assert answer.fewer_offered == ("ai_generated",)


def test_it_combines_with_a_choice_of_people(engine: SearchEngine) -> None:
    both = Refinement({"skin_tone": "1-3"}, fewer=["ai_generated"])
    answer = engine.search("coat", refine=both, k=100, diversify=False)
    sure = [int(i.title.rsplit(" ", 1)[1]) for i in answer.items if not i.uncertain]
    assert {small.group_of(n) for n in sure} == {"1-3"}
    assert any(is_generated(n) for n in sure)


def test_what_is_put_back_keeps_a_stated_share_of_its_relevance(engine: SearchEngine) -> None:
    plain = engine.search("coat", k=120, log=False, diversify=False)
    fewer = engine.search("coat", refine=FEWER, k=120, diversify=False)
    full = {i.id: i.scores["relevance"] for i in plain.items}
    for item in fewer.items:
        number = int(item.title.rsplit(" ", 1)[1])
        share = KEEPS if is_generated(number) and number % 5 != 0 else 1.0
        best = max(i.scores["relevance"] for i in fewer.items)
        assert best == 1.0
        if share == 1.0:
            continue
        assert item.scores["relevance"] < full[item.id]


def test_a_request_that_sees_fewer_writes_nothing(engine: SearchEngine) -> None:
    with engine:
        engine.search("coat", refine=FEWER, request_id="planted", cluster_id="someone")
    assert EventStore(engine.parts.workspace).count() == 0


def test_only_what_is_known_can_be_asked_for() -> None:
    with pytest.raises(UsageError, match="Nobody can see fewer 'people'"):
        Refinement({}, fewer=["people"])


def test_nothing_is_offered_where_no_item_declares_it(trained: Workspace) -> None:
    assert SearchEngine.open(trained).search("coat", log=False).fewer_offered == ()
