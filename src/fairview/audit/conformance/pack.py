"""Running a conformance pack against any scorer, and writing it down for any other language."""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from fairview.audit.conformance.corrections import correction_fixtures
from fairview.audit.conformance.decisions import decision_fixtures
from fairview.audit.conformance.intervals import repeated_fixtures
from fairview.audit.conformance.questions import (
    Answer,
    Fixture,
    Mark,
    Marked,
    NoFigure,
    PackResult,
    Question,
    Repeated,
    Scorer,
)
from fairview.audit.conformance.rankings import ranking_fixtures
from fairview.core import DataError, MissingError, UsageError

ERRORS = 3.0
"""A rate of coverage may be so many Monte-Carlo errors below the stated one."""

QUESTIONS = "questions.json"
Progress = Callable[[int, int], None]


def fixtures() -> tuple[Fixture, ...]:
    """Return the fixtures that are asked once."""
    return (*decision_fixtures(), *ranking_fixtures(), *correction_fixtures())


def repeated() -> tuple[Repeated, ...]:
    """Return the fixtures that are drawn again and again."""
    return tuple(repeated_fixtures())


def run_pack(
    scorer: Scorer,
    name: str = "scorer",
    *,
    repeats: int = 200,
    progress: Progress | None = None,
) -> PackResult:
    """Ask a scorer everything, and mark its answers.

    Parameters
    ----------
    scorer
        Takes tables and questions, gives answers by id (see `Scorer`).
    name
        What the scorer is called in the result.
    repeats
        How often each repeated fixture is drawn; 0 leaves coverage out.
    progress
        Called with how many rounds are done, and of how many.
    """
    once, again = fixtures(), repeated() if repeats else ()
    total = len(once) + repeats * len(again)
    done = 0
    marked: list[Marked] = []
    for fixture in once:
        marked += mark_fixture(fixture, _answers(scorer, fixture.tables, fixture.questions))
        done += 1
        if progress:
            progress(done, total)
    for each in again:
        answers = []
        for number in range(repeats):
            answers.append(_answers(scorer, each.draw(number), each.questions))
            done += 1
            if progress:
                progress(done, total)
        marked += mark_coverage(each, answers)
    return PackResult(name, tuple(marked), _traps(once, again))


def mark_fixture(fixture: Fixture, answers: Mapping[str, Any] | str) -> list[Marked]:
    """Return a fixture's questions, marked; a text says why the scorer refused them all."""
    marked = []
    for question in fixture.questions:
        expected = question.expected
        if expected is None:
            raise UsageError(f"The question {question.id!r} of {fixture.name!r} expects nothing.")
        if isinstance(answers, str):
            right = isinstance(expected, NoFigure) and "position" in expected.why
            mark, got = (Mark.MATCHES if right else Mark.REFUSED), answers
        elif question.id not in answers:
            mark, got = Mark.UNANSWERED, ""
        else:
            answer = Answer.read(answers[question.id])
            mark, got = expected.mark(answer), str(answer)
        marked.append(Marked(fixture.name, question.id, mark, str(expected), got))
    return marked


def mark_coverage(fixture: Repeated, answers: Iterable[Mapping[str, Any] | str]) -> list[Marked]:
    """Return a repeated fixture's questions, marked by how often the interval held the truth.

    A withheld figure makes no claim and isn't counted; a scorer that answers without an interval
    is marked as not answering.
    """
    given = list(answers)
    marked = []
    for question in fixture.questions:
        held = made = failed = 0
        for each in given:
            if isinstance(each, str):
                failed += 1
                continue
            answer = Answer.read(each.get(question.id, {"status": "undefined"}))
            if answer.low is None or answer.high is None:
                continue
            made += 1
            held += answer.low <= fixture.truth[question.id] <= answer.high
        slack = ERRORS * math.sqrt(fixture.level * (1 - fixture.level) / max(made, 1))
        expected = f"at least {fixture.level - slack:.3f} of intervals hold the truth"
        if failed:
            mark, got = Mark.REFUSED, f"an error in {failed} of {len(given)} repetitions"
        elif not made:
            mark, got = Mark.UNANSWERED, ""
        else:
            right = held / made >= fixture.level - slack
            mark, got = (Mark.MATCHES if right else Mark.DIFFERS), f"{held / made:.3f} of {made}"
        marked.append(Marked(fixture.name, question.id, mark, expected, got))
    return marked


def load_scorer(named: str) -> Scorer:
    """Return the function that ``module:function`` names; the current folder is looked in too.

    Raises
    ------
    UsageError
        Where the text isn't of the form, or there is no such function.
    """
    module, colon, function = named.partition(":")
    if not (module and colon and function):
        raise UsageError(f"--scorer {named!r} must have the form module:function.")
    if (here := str(Path.cwd())) not in sys.path:
        sys.path.insert(0, here)
    try:
        found = getattr(import_module(module), function)
    except ImportError as error:
        raise UsageError(f"The scorer's module can't be imported: {error}.") from None
    except AttributeError:
        raise UsageError(f"Module {module!r} has no function {function!r}.") from None
    if not callable(found):
        raise UsageError(f"{named} isn't a function.")
    scorer: Scorer = found
    return scorer


def write_pack(folder: Path, repeats: int = 200) -> int:
    """Write every table as Parquet and every question as JSON; return how many tables.

    Answers are read by `mark_answers`: one JSON object, fixture to question to answer. A round
    of a repeated fixture is a fixture of its own, with the round's number behind its name.
    """
    rounds: list[tuple[str, Mapping[str, Any], tuple[Question, ...]]] = [
        (f.name, f.tables, f.questions) for f in fixtures()
    ]
    for each in repeated():
        rounds += [(f"{each.name} #{i}", each.draw(i), each.questions) for i in range(repeats)]
    folder.mkdir(parents=True, exist_ok=True)
    asked, count = {}, 0
    for place, (name, tables, questions) in enumerate(rounds):
        files = {}
        for table, rows in tables.items():
            files[table] = f"{place:04d}-{table}.parquet"
            pq.write_table(rows, folder / files[table])
            count += 1
        asked[name] = {"tables": files, "questions": [q.to_dict() for q in questions]}
    document = {"repeats": repeats, "fixtures": asked}
    (folder / QUESTIONS).write_text(json.dumps(document, indent=1), encoding="utf-8")
    return count


def mark_answers(folder: Path, answers: Path) -> PackResult:
    """Mark the answers that somebody wrote to a pack's questions.

    Raises
    ------
    MissingError, DataError
        Where a file isn't there, or isn't JSON of the form.
    """
    repeats = int(_json(folder / QUESTIONS)["repeats"])
    given = _json(answers)
    marked: list[Marked] = []
    once, again = fixtures(), repeated() if repeats else ()
    for fixture in once:
        marked += mark_fixture(fixture, given.get(fixture.name, {}))
    for each in again:
        rounds = [given.get(f"{each.name} #{i}", {}) for i in range(repeats)]
        marked += mark_coverage(each, rounds)
    return PackResult(str(answers), tuple(marked), _traps(once, again))


def _traps(once: Sequence[Fixture], again: Sequence[Repeated]) -> dict[str, str]:
    return {each.name: each.trap for each in once} | {each.name: each.trap for each in again}


def _json(path: Path) -> dict[str, Any]:
    if not path.is_file():
        raise MissingError(f"There is no file at {path}; check the path.")
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise DataError(f"{path} isn't JSON: {error}.") from None
    if not isinstance(data, dict):
        raise DataError(f"{path} must hold one JSON object; see docs/conformance-pack.md.")
    return data


def _answers(
    scorer: Scorer, tables: Mapping[str, Any], questions: tuple[Question, ...]
) -> Mapping[str, Any] | str:
    """Return a scorer's answers, or why it refused."""
    given: Any
    try:
        given = scorer(dict(tables), [question.to_dict() for question in questions])
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    if not isinstance(given, Mapping):
        return f"it gave {type(given).__name__}, not a mapping"
    return given
