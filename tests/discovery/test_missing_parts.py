"""What a workspace lacks is said, and the page is answered all the same."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
import small_workspace as small

from fairview.catalog import Workspace, ingest
from fairview.core import MissingError, UsageError
from fairview.discovery import SearchEngine, train_ranker
from fairview.retrieval import build_index
from fairview.retrieval.search_index import CURRENT


def test_an_empty_catalogue_says_what_to_run(tmp_path: Path) -> None:
    workspace = Workspace.create(tmp_path / "empty")
    with pytest.raises(MissingError, match="fairview ingest"):
        SearchEngine.open(workspace)
    with pytest.raises(MissingError, match="fairview ingest"):
        build_index(workspace)


def test_without_an_index_words_still_find(tmp_path: Path) -> None:
    workspace = small.make(tmp_path, 60)
    engine = SearchEngine.open(workspace)
    answer = engine.search("red coat", log=False)
    assert "Red coat" in answer.items[0].title
    assert "There is no index yet; run: fairview index" in answer.missing
    seed = answer.items[0].id
    assert engine.related(seed).items == ()
    with pytest.raises(MissingError, match="fairview index"):
        train_ranker(workspace)


def test_without_signals_ranker_and_events_it_answers_and_says_so(tmp_path: Path) -> None:
    workspace = small.make(tmp_path, 60)
    report = build_index(workspace)
    assert len(report.missing) == 2
    answer = SearchEngine.open(workspace).search("coat", log=False)
    said = " ".join(answer.missing)
    assert "coat" in answer.items[0].title
    for part in ("picture_embedding", "trained ranker", "skin_tone", "more varied"):
        assert part in said
    assert answer.refinements == ()
    with pytest.raises(MissingError, match="no events to learn from"):
        train_ranker(workspace)


def test_a_damaged_index_is_said_and_replaced(tmp_path: Path) -> None:
    workspace = small.make(tmp_path, 60)
    build_index(workspace)
    (workspace.index_dir / CURRENT).write_text("{", encoding="utf-8")
    answer = SearchEngine.open(workspace).search("coat", log=False)
    assert any("can't be read" in sentence for sentence in answer.missing)
    build_index(workspace)
    assert not any("index" in s for s in SearchEngine.open(workspace).missing if "can't" in s)


def test_a_build_that_fails_leaves_the_old_index(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    workspace = small.make(tmp_path, 60)
    build_index(workspace)
    before = (workspace.index_dir / CURRENT).read_text()
    monkeypatch.setattr(
        "fairview.retrieval.index_build.swap_in", lambda *_: (_ for _ in ()).throw(OSError("full"))
    )
    with pytest.raises(OSError, match="full"):
        build_index(workspace)
    assert (workspace.index_dir / CURRENT).read_text() == before
    assert not list(workspace.index_dir.glob(".partial-*"))
    assert SearchEngine.open(workspace).search("coat", log=False).items


def test_old_builds_go_and_the_one_before_stays_for_its_readers(tmp_path: Path) -> None:
    workspace = small.make(tmp_path, 30)
    for _ in range(3):
        build_index(workspace)
    assert len(list(workspace.index_dir.glob("build-*"))) == 2


def test_a_stale_index_is_said(tmp_path: Path) -> None:
    workspace = small.make(tmp_path, 30)
    build_index(workspace)
    more = tmp_path / "more.csv"
    with more.open("w", newline="") as file:
        csv.writer(file).writerows([["item_key", "title"], ["new", "A brand new coat"]])
    ingest(workspace, more)
    said = " ".join(SearchEngine.open(workspace).missing)
    assert "older than the catalogue (1 items aren't in it" in said


def test_required_signals_fail_closed(tmp_path: Path) -> None:
    workspace = small.make(tmp_path, 60, signals={"required": ["skin_tone"]})
    build_index(workspace)
    with pytest.raises(MissingError, match="required and isn't computed"):
        SearchEngine.open(workspace)
    small.add_people(workspace)
    answer = SearchEngine.open(workspace).search("lamp coat makeup", log=False)
    assert answer.items
    assert not any("lamp" in item.title for item in answer.items)
    assert list(answer.removed["required signals"]) == ["required signal skin_tone is not present"]


def test_a_demonstration_can_not_be_required(tmp_path: Path) -> None:
    workspace = small.make(tmp_path, 30, signals={"required": ["skin_tone"]})
    small.add_people(workspace, status="demonstration")
    with pytest.raises(UsageError, match="demonstration"):
        SearchEngine.open(workspace)


def test_a_signal_that_may_not_be_used_is_not_used_and_that_is_said(tmp_path: Path) -> None:
    workspace = small.make(tmp_path, 60)
    small.add_people(workspace, intended_use=("audit",))
    build_index(workspace)
    engine = SearchEngine.open(workspace)
    assert any("may not be read for 'diversification'" in s for s in engine.missing)
    assert engine.search("coat", log=False).refinements == ()


def test_duplicates_are_shown_once(tmp_path: Path) -> None:
    workspace = Workspace.create(tmp_path / "twins")
    path = tmp_path / "twins.csv"
    with path.open("w", newline="") as file:
        rows = [["item_key", "title"], ["a", "One coat"], ["b", "One coat"], ["c", "Other coat"]]
        csv.writer(file).writerows(rows)
    ingest(workspace, path)
    build_index(workspace)
    answer = SearchEngine.open(workspace).search("coat", log=False)
    assert sorted(item.title for item in answer.items) == ["One coat", "Other coat"]
    assert answer.removed["duplicates"] == {"the same content is on the page already": 1}


def test_settings_that_name_nothing_are_refused(tmp_path: Path) -> None:
    for number, (settings, word) in enumerate(
        [
            ({"reranker": "magic"}, "re-ranker 'magic'"),
            ({"target": "fair"}, "target 'fair'"),
            ({"stages": ["no such stage"]}, "no stage 'no such stage'"),
        ]
    ):
        workspace = small.make(tmp_path / str(number), 30, discovery=settings)
        with pytest.raises(UsageError, match=word):
            SearchEngine.open(workspace)


PLUGIN = """
from fairview.core import Filter, Kept

class FirstHalf(Filter):
    name = "only first half"
    def keep(self, candidates):
        return Kept(candidates.columns["row"] < 15, "it is in the second half")
"""


def test_one_file_adds_a_stage(tmp_path: Path) -> None:
    workspace = small.make(tmp_path, 30)
    (workspace.root / "half.py").write_text(PLUGIN)
    settings = workspace.root / "fairview.toml"
    settings.write_text(
        'plugins = ["half.py"]\n[discovery]\nstages = ["only first half"]\n', encoding="utf-8"
    )
    reopened = Workspace.open(workspace.root)
    answer = SearchEngine.open(reopened).search("coat", log=False)
    assert answer.removed["only first half"].keys() == {"it is in the second half"}
