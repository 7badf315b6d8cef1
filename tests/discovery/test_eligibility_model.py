"""The classifier of queries: learns from reviews, is judged on others, reads nothing of people."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import small_workspace as small

from fairview.catalog import Workspace
from fairview.core import DataError, MissingError, UsageError
from fairview.discovery import SearchEngine, to_review, train_eligibility
from fairview.discovery.eligibility import MODEL_FILE, REVIEWED_FILE, Eligibility
from fairview.discovery.eligibility_model import EligibilityModel, train_decision
from fairview.retrieval import Words, build_index

COLOURS = ("red", "blue", "green", "golden")
EXTRA = ("evening", "number", "", "every evening")


def reviewed_rows() -> list[tuple[str, str, str]]:
    """Makeup and lamps aren't offered, coats are: words decide, not the share of people."""
    rows = []
    for theme, offered, varied in (
        ("coat", "yes", "yes"),
        ("makeup", "no", "yes"),
        ("lamp", "no", "no"),
    ):
        for colour in COLOURS:
            rows += [(f"{colour} {theme} {extra}".strip(), offered, varied) for extra in EXTRA]
    return rows


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    made = small.make(tmp_path)
    small.add_vectors(made)
    small.add_people(made)
    build_index(made)
    lines = ["query,attribute,offered,diversified"]
    lines += [f"{query},skin_tone,{yes},{varied}" for query, yes, varied in reviewed_rows()]
    (made.root / REVIEWED_FILE).write_text("\n".join(lines), encoding="utf-8")
    return made


def test_it_learns_what_reviewers_decided_and_applies_it_to_other_queries(
    workspace: Workspace,
) -> None:
    assert SearchEngine.open(workspace).eligible_refinements("makeup for every day")
    report = train_eligibility(workspace)
    offer, varied = report.decisions["skin_tone"], report.decisions["diversified"]
    assert offer.reviewed == 48
    assert min(offer.accuracy, varied.accuracy) >= 0.95
    assert offer.precision is not None
    assert min(offer.precision, offer.recall or 0) >= 0.9
    engine = SearchEngine.open(workspace)
    assert engine.eligible_refinements("coat for every day")
    assert not engine.eligible_refinements("makeup for every day")
    assert engine.search("some coat", log=False).diversified
    assert not engine.search("some lamp", log=False).diversified
    assert engine.search("some lamp", diversify=True, log=False).diversified


def test_the_reviewed_list_stands_above_the_classifier(workspace: Workspace) -> None:
    train_eligibility(workspace)
    path = workspace.root / REVIEWED_FILE
    text = path.read_text(encoding="utf-8") + "\nsome makeup,skin_tone,yes,no\n"
    path.write_text(text, encoding="utf-8")
    engine = SearchEngine.open(workspace)
    assert engine.eligible_refinements("some makeup")
    assert not engine.search("some makeup", log=False).diversified


def test_below_the_minimum_cell_no_classifier_offers_anything(workspace: Workspace) -> None:
    train_eligibility(workspace)
    known = Eligibility.load(workspace.root, 10, workspace.models_dir)
    few = np.array([5, 4, 0, 0, 9, 100])
    assert known.offer("new coat", "skin_tone", ("1-3", "4-5", "6-7", "8-10"), few) is None


def test_its_file_is_plain_numbers_and_words_of_queries(workspace: Workspace) -> None:
    train_eligibility(workspace)
    path = workspace.models_dir / MODEL_FILE
    plain = json.loads(path.read_text(encoding="utf-8"))
    assert set(plain["decisions"]) == {"skin_tone", "diversified"}
    reviewed = {stem for query, _, _ in reviewed_rows() for stem in Words(query).stems}
    assert set(plain["decisions"]["skin_tone"]["words"]) <= reviewed
    path.write_text('{"format": 9}', encoding="utf-8")
    with pytest.raises(DataError, match="fairview eligibility train"):
        EligibilityModel.load(path)


def test_training_says_what_it_lacks(tmp_path: Path) -> None:
    workspace = small.make(tmp_path, 60)
    small.add_people(workspace)
    build_index(workspace)
    with pytest.raises(MissingError, match="no reviewed list"):
        train_eligibility(workspace)
    (workspace.root / REVIEWED_FILE).write_text(
        "query,attribute,offered\ncoat,skin_tone,yes\n", encoding="utf-8"
    )
    with pytest.raises(UsageError, match="1 queries were reviewed"):
        train_eligibility(workspace)
    with pytest.raises(UsageError, match="review at least"):
        train_decision("x", ["a"] * 30, np.zeros((30, 0)), np.ones(30, np.bool_))


def test_what_to_review_next_is_what_it_is_least_sure_of(workspace: Workspace) -> None:
    train_eligibility(workspace)
    engine = SearchEngine.open(workspace)
    asked = ["a coat", "a makeup coat", "a lamp", "red coat", "A Coat "]
    found = to_review(engine, asked, "skin_tone", most=2)
    assert found[0][0] == "a makeup coat"
    assert len(found) == 2
    assert "red coat" not in dict(to_review(engine, asked, "skin_tone"))


@pytest.mark.parametrize("wrong", [{"facts": [0.1]}, {"intercept": float("nan")}])
def test_a_damaged_classifier_is_refused_when_it_is_read(
    tmp_path: Path, wrong: dict[str, object]
) -> None:
    queries = [f"{colour} {theme}" for theme in ("coat", "lamp") for colour in "abcdefghijkl"]
    yes = np.array(["coat" in query for query in queries])
    decision = train_decision("skin_tone", queries, np.zeros((24, 4)), yes)
    path = tmp_path / MODEL_FILE
    EligibilityModel({"skin_tone": decision}).save(path)
    assert EligibilityModel.load(path).attributes == ("skin_tone",)
    plain = json.loads(path.read_text())
    plain["decisions"]["skin_tone"].update(wrong)
    path.write_text(json.dumps(plain))
    with pytest.raises(DataError, match="classifier of queries"):
        EligibilityModel.load(path)
