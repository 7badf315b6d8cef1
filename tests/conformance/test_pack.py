"""The conformance pack tells right from wrong, and says which trap was fallen into."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner
from plain_scorer import careless, honest

from fairview.audit.conformance import Answer, Mark, fixtures, run_pack, score
from fairview.audit.conformance.questions import Careful, Ends, Exactly, NoFigure
from fairview.cli.app import program
from fairview.core import DataError, UsageError

ROOT = Path(__file__).resolve().parents[2]


def test_an_independent_scorer_matches_everywhere() -> None:
    """Answers worked out row by row, by nothing of Fairview's, are the expected ones."""
    result = run_pack(honest, "honest", repeats=60)
    assert [m for m in result.marked if m.mark is not Mark.MATCHES] == []
    assert result.exit_code == 0


def test_fairview_itself_matches() -> None:
    """Fairview answers everything, and all of it is right."""
    result = run_pack(score, "fairview", repeats=40)
    assert result.exit_code == 0
    assert [m for m in result.marked if m.mark is not Mark.MATCHES] == []


def test_a_careless_scorer_falls_into_the_traps() -> None:
    result = run_pack(careless, "careless", repeats=60)
    wrong = {m.fixture for m in result.marked if m.mark is Mark.DIFFERS}
    assert wrong >= {
        "confusion counts", "empty group", "nothing to divide by", "missing values",
        "target of zero", "none shown", "two items at one position",
        "coverage, people with several rows", "coverage, the largest of many gaps",
    }  # fmt: skip
    assert "gaps" not in wrong
    assert result.exit_code == 1
    said = "\n".join(result.lines())
    assert "true positive rate of b: expected no figure, because there is nothing to" in said


def test_nothing_answered_is_no_pass() -> None:
    result = run_pack(lambda tables, questions: {}, repeats=2)
    assert result.exit_code == 3
    assert result.count(Mark.UNANSWERED) == len(result.marked)


def test_an_error_is_a_refusal_and_right_for_a_page_without_order() -> None:
    def fails(tables: object, questions: object) -> dict[str, float]:
        raise RuntimeError("no")

    result = run_pack(fails, repeats=2)
    right = {m.fixture for m in result.marked if m.mark is Mark.MATCHES}
    assert right == {"two items at one position"}
    assert result.count(Mark.REFUSED) == len(result.marked) - 2
    assert "  refused: RuntimeError: no" in result.lines()


def test_answers_are_marked_by_what_they_claim() -> None:
    read = Answer.read
    assert Exactly(0.3).holds(read(0.3 + 1e-12))
    assert not Exactly(0.3).holds(read(None))
    assert NoFigure("x").holds(read(float("nan")))
    assert not NoFigure("x").holds(read(0.0))
    assert NoFigure("x", (float("-inf"),)).holds(read(float("-inf")))
    assert Careful(1.0, 0.4).holds(read({"status": "suppressed"}))
    assert Careful(1.0, 0.4).holds(read({"value": 1.0, "low": 0.4, "high": 1.0}))
    assert not Careful(1.0, 0.4).holds(read({"value": 1.0, "low": 1.0, "high": 1.0}))
    assert Ends(0.4, 0.6).mark(read(0.5)) is Mark.UNANSWERED
    assert Ends(0.4, 0.6).mark(read({"value": 0.5, "low": 0.3, "high": 0.6})) is Mark.DIFFERS


def test_files_are_marked_like_functions(tmp_path: Path) -> None:
    """A tool in any language reads Parquet and JSON, and writes JSON."""
    folder = tmp_path / "pack"
    runner = CliRunner()
    wrote = runner.invoke(
        program, ["conformance", "--write", str(folder), "--repeats", "3"], catch_exceptions=False
    )
    assert f"{len(fixtures()) + 9} tables" in wrote.output
    asked = json.loads((folder / "questions.json").read_text())
    answers = {}
    for name, fixture in asked["fixtures"].items():
        tables = {t: pq.read_table(folder / file) for t, file in fixture["tables"].items()}
        try:
            answers[name] = honest(tables, fixture["questions"])
        except ValueError:
            answers[name] = {q["id"]: {"status": "refused"} for q in fixture["questions"]}
    (tmp_path / "mine.json").write_text(json.dumps(answers))
    words = ["conformance", "--write", str(folder), "--answers", str(tmp_path / "mine.json")]
    marked = runner.invoke(program, [*words, "--json"], standalone_mode=False)
    assert marked.return_value == 0, marked.output
    assert json.loads(marked.output)["counts"]["differs"] == 0


def test_bad_scorers_are_sentences(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from fairview.audit.conformance import load_scorer, mark_answers

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", list(sys.path))
    (tmp_path / "own_scorer.py").write_text("answer = 3\n")
    for name, message in (
        ("nothing", "module:function"),
        ("no_such_module_here:score", "can't be imported"),
        ("own_scorer:missing", "no function 'missing'"),
        ("own_scorer:answer", "isn't a function"),
    ):
        with pytest.raises(UsageError, match=message):
            load_scorer(name)
    (tmp_path / "questions.json").write_text("[]")
    with pytest.raises(DataError, match="must hold one JSON object"):
        mark_answers(tmp_path, tmp_path / "questions.json")


def test_the_pages_own_scorer_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The page's Fairlearn scorer, run as the page says, falls where the page says."""
    pytest.importorskip("fairlearn")
    page = (ROOT / "docs" / "conformance-pack.md").read_text()
    [code] = re.findall(r"```python\n(.*?)```", page, re.DOTALL)
    (tmp_path / "fairlearn_scorer.py").write_text(code)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", list(sys.path))
    words = ["conformance", "--scorer", "fairlearn_scorer:score", "--repeats", "2", "--json"]
    done = CliRunner().invoke(program, words, standalone_mode=False)
    assert done.return_value == 1, done.output
    marked = json.loads(done.output)["questions"]
    differs = {(m["fixture"], m["question"]) for m in marked if m["mark"] == "differs"}
    assert differs == {
        ("nothing to divide by", "true positive rate of b"),
        ("nothing to divide by", "false negative rate of b"),
        ("small cell", "selection rate of b"),
        ("coverage, the largest of many gaps", "largest gap in selection rate"),
    }
    matches = [m for m in marked if m["mark"] == "matches"]
    assert len(matches) >= 20
