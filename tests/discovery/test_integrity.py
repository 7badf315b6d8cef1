"""Integrity rules decide closed, name what decided, and are proven by a golden set."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import small_workspace as small

from fairview.catalog import SignalStore, Workspace
from fairview.core import DataError, MissingError, SignalColumn, State, UsageError
from fairview.discovery import SearchEngine
from fairview.discovery.integrity import (
    GOLDEN_FILE,
    GoldenCase,
    IntegrityRule,
    check_cases,
    golden_set,
    read_cases,
)
from fairview.retrieval import build_index

RULES = (IntegrityRule("unsafe", 0.2), IntegrityRule("spam", 0.5))
SETTINGS = {"integrity": ["unsafe <= 0.2", "spam <= 0.5"]}
GOLDEN = """case,unsafe,spam,shown,rule
harmless,0.0,0.0,yes,
at both limits,0.2,0.5,yes,
unsafe,0.21,0.0,no,unsafe
spam,0.0,0.9,no,spam
both: the first rule decides,0.9,0.9,no,unsafe
nobody looked for nudity,,0.0,no,unsafe
nobody looked for spam,0.0,,no,spam
"""


def add_scalar(workspace: Workspace, name: str, of: object, **given: object) -> None:
    numbers = small.numbers_of(workspace)
    values = [of(n) for n in numbers.values()]  # type: ignore[operator]
    states = [State.MISSING if v is None else State.PRESENT for v in values]
    kept = [
        (item, v, s) for item, v, s in zip(numbers, values, states, strict=True) if s is not None
    ]
    column = SignalColumn(
        name,
        "1",
        np.array([0.0 if v is None else v for _, v, _ in kept], np.float32),
        np.array([State.FAILED if v is None else State.PRESENT for _, v, _ in kept], np.int8),
        np.ones(len(kept), np.float32),
    )
    SignalStore(workspace).write(
        small.contract(name, "scalar", minimum=0, maximum=1, **given),
        [item for item, _, _ in kept],
        column,
    )


def made(tmp_path: Path, **given: object) -> Workspace:
    workspace = small.make(tmp_path, signals=SETTINGS)
    add_scalar(workspace, "unsafe", lambda n: None if n % 10 == 0 else 0.9 if n % 7 == 0 else 0.1)
    add_scalar(workspace, "spam", lambda n: 0.8 if n % 11 == 0 else 0.0, **given)
    build_index(workspace)
    return workspace


def test_what_is_unsafe_or_unknown_is_never_shown_and_the_rule_is_named(tmp_path: Path) -> None:
    engine = SearchEngine.open(made(tmp_path))
    answer = engine.search("coat makeup lamp", k=200, log=False)
    shown = {int(item.title.rsplit(" ", 1)[1]) for item in answer.items}
    assert shown == {n for n in range(240) if n % 10 and n % 7 and n % 11}
    removed = answer.removed["integrity"]
    assert removed["integrity: unsafe isn't known"] == len([n for n in range(240) if n % 10 == 0])
    assert removed["integrity: unsafe is above 0.2"] == len(
        [n for n in range(240) if n % 10 and n % 7 == 0]
    )
    assert removed["integrity: spam is above 0.5"] > 0


def test_without_its_signal_nothing_is_served(tmp_path: Path) -> None:
    workspace = small.make(tmp_path, 30, signals=SETTINGS)
    build_index(workspace)
    with pytest.raises(MissingError, match="nothing may be shown"):
        SearchEngine.open(workspace)


def test_a_demonstration_can_not_remove(tmp_path: Path) -> None:
    workspace = made(tmp_path, status="demonstration")
    with pytest.raises(UsageError, match="isn't a demonstration"):
        SearchEngine.open(workspace)


@pytest.mark.parametrize("text", ["unsafe < 0.2", "unsafe", "<= 3", "unsafe <= much"])
def test_a_rule_has_one_form(text: str) -> None:
    with pytest.raises(UsageError, match="signal <= number"):
        IntegrityRule.parse(text)


def test_the_golden_set_decides_as_it_says_and_reaches_every_rule(tmp_path: Path) -> None:
    (tmp_path / GOLDEN_FILE).write_text(GOLDEN, encoding="utf-8")
    cases = read_cases(tmp_path, RULES)
    assert len(cases) == 7
    assert check_cases(RULES, cases) == ()
    untested = check_cases(RULES, [case for case in cases if case.rule != "spam"])
    assert untested == (
        "No case of the golden set is decided by the rule on 'spam'; add one that it removes.",
    )
    looser = (IntegrityRule("unsafe", 0.5), RULES[1])
    assert "Case 'unsafe' is shown" in check_cases(looser, cases)[0]
    wrong_rule = GoldenCase("spam", {"unsafe": 0.0, "spam": 0.9}, False, "unsafe")
    assert "removed by spam" in check_cases(RULES, [wrong_rule])[0]


def test_a_golden_set_of_another_form_is_refused(tmp_path: Path) -> None:
    path = tmp_path / GOLDEN_FILE
    assert read_cases(tmp_path, RULES) == ()
    path.write_text("case,unsafe,shown,rule\n", encoding="utf-8")
    with pytest.raises(DataError, match="lacks the columns spam"):
        read_cases(tmp_path, RULES)
    path.write_text("case,unsafe,spam,shown,rule\nx,much,0,yes,\n", encoding="utf-8")
    with pytest.raises(DataError, match="line 2"):
        read_cases(tmp_path, RULES)


def test_the_doctor_tells_what_the_golden_set_found(tmp_path: Path) -> None:
    workspace = made(tmp_path)
    assert {level for level, _, _ in golden_set(workspace)} == {"problem"}
    (workspace.root / GOLDEN_FILE).write_text(GOLDEN, encoding="utf-8")
    ((level, said, _),) = golden_set(workspace)
    assert (level, "all 7 cases" in said) == ("ok", True)
    assert golden_set(small.make(tmp_path / "other", 3)) == []


def test_two_rules_on_one_signal_each_need_a_case() -> None:
    """The second, looser one decides nothing, whatever the case of the first says."""
    rules = (IntegrityRule("unsafe", 0.2), IntegrityRule("unsafe", 0.5))
    wrong = check_cases(rules, [GoldenCase("clearly unsafe", {"unsafe": 0.9}, False, "unsafe")])
    assert len(wrong) == 1
    assert "No case of the golden set is decided" in wrong[0]
