"""Integrity rules: which items may not be shown, decided by signals, closed where one is missing.

A rule is data of the workspace's settings. Where a rule's signal isn't present nobody knows, and
the item isn't shown. A golden set of cases says what each rule must decide; a rule that decides
none of them is untested, and that is an error.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, NoReturn

import numpy as np

from fairview.catalog import Workspace
from fairview.core import (
    Candidates,
    Contract,
    DataError,
    Filter,
    Kept,
    SignalColumn,
    UsageError,
)
from fairview.core.columns import Array

GOLDEN_FILE = "integrity_cases.csv"
"""In a workspace: the columns case, one per rule's signal (empty is missing), shown (yes or no),
and rule (the signal that must decide, empty where the item is shown)."""


_RULE = re.compile(r"^\s*([a-z][a-z0-9_]*)\s*<=\s*([-+0-9.eE]+)\s*$")


@dataclass(frozen=True)
class IntegrityRule:
    """An item is shown only where this signal is known and at most this large.

    Examples
    --------
    >>> IntegrityRule.parse("unsafe <= 0.2")
    IntegrityRule(signal='unsafe', at_most=0.2)
    """

    signal: str
    at_most: float

    @classmethod
    def parse(cls, text: str) -> IntegrityRule:
        """Return the rule that a setting writes; one of another form is a `UsageError`."""
        match = _RULE.match(text)
        try:
            return cls(match[1], float(match[2])) if match else _refuse(text)
        except ValueError:
            return _refuse(text)

    @property
    def broken(self) -> str:
        """What is wrong with an item that breaks the rule, after the signal's name."""
        return f"is above {self.at_most:g}"


def _refuse(text: str) -> NoReturn:
    raise UsageError(f"An integrity rule is written 'signal <= number'; {text!r} isn't.")


class IntegrityFilter(Filter):
    """Removes what any rule doesn't allow, and what a rule can't judge.

    Parameters
    ----------
    rules
        Checked in order; the first that an item breaks is the reason.
    contracts
        The contracts of the rules' signals by name. One whose status is ``demonstration`` can't
        remove anything.

    Raises
    ------
    UsageError
        Where a rule's signal has no contract here, is a demonstration, or isn't a scalar.
    """

    name = "integrity"

    def __init__(self, rules: Sequence[IntegrityRule], contracts: Mapping[str, Contract]) -> None:
        for rule in rules:
            contract = contracts.get(rule.signal)
            if contract is None:
                raise UsageError(
                    f"The integrity rule on {rule.signal!r} needs that signal, and it isn't "
                    f"computed; run: fairview signals run {rule.signal}"
                )
            contract.allow("filtering")
            if contract.status == "demonstration" or contract.value != "scalar":
                raise UsageError(
                    f"Signal {rule.signal!r} is {contract.status} and holds a {contract.value}; an "
                    f"integrity rule needs a scalar that isn't a demonstration."
                )
        self.rules = tuple(rules)

    def keep(self, candidates: Candidates) -> Kept:
        """Keep what every rule allows; the reason names the rule that decided."""
        mask = np.ones(len(candidates), np.bool_)
        reasons = np.full(len(candidates), "", dtype=object)
        for rule in self.rules:
            known, allowed = judged(rule, candidates.signals.get(rule.signal), len(candidates))
            reasons[mask & ~known] = f"integrity: {rule.signal} isn't known"
            reasons[mask & known & ~allowed] = f"integrity: {rule.signal} {rule.broken}"
            mask &= known & allowed
        return Kept(mask, reasons)


def judged(rule: IntegrityRule, column: SignalColumn | None, n: int) -> tuple[Array, Array]:
    """Return for which of n items a rule's signal is known, and which it allows."""
    if column is None:
        return np.zeros(n, np.bool_), np.zeros(n, np.bool_)
    values = column.values.reshape(n, -1)[:, 0].astype(np.float64)
    known = column.is_present & np.isfinite(values)
    return known, known & (values <= rule.at_most)


@dataclass(frozen=True)
class GoldenCase:
    """One case of the golden set.

    Parameters
    ----------
    name
        What it is, in words.
    values
        Signal to its value; one that isn't there is missing.
    shown
        Whether the item may be shown.
    rule
        The signal of the rule that must decide; empty where the item is shown.
    """

    name: str
    values: Mapping[str, float]
    shown: bool
    rule: str = ""


def read_cases(folder: Path, rules: Sequence[IntegrityRule]) -> tuple[GoldenCase, ...]:
    """Read a workspace's golden set; none where it has no file.

    Raises
    ------
    DataError
        Where a column is missing, or a row isn't of the form.
    """
    path = folder / GOLDEN_FILE
    if not path.is_file():
        return ()
    reader = csv.DictReader(io.StringIO(path.read_text(encoding="utf-8-sig")))
    signals = [rule.signal for rule in rules]
    lacking = [n for n in ("case", "shown", "rule", *signals) if n not in (reader.fieldnames or ())]
    if lacking:
        raise DataError(f"{path.name} lacks the columns {', '.join(lacking)}.")
    return tuple(_case(path.name, line, row, signals) for line, row in enumerate(reader, start=2))


def check_cases(rules: Sequence[IntegrityRule], cases: Sequence[GoldenCase]) -> tuple[str, ...]:
    """Return what is wrong, a sentence each: cases decided otherwise, and rules that decide none.

    Examples
    --------
    >>> rule = IntegrityRule(signal="unsafe", at_most=0.2)
    >>> check_cases([rule], [GoldenCase("clearly unsafe", {"unsafe": 0.9}, False, "unsafe")])
    ()
    >>> check_cases([rule], [GoldenCase("harmless", {"unsafe": 0.1}, True)])
    ("No case of the golden set is decided by the rule on 'unsafe'; add one that it removes.",)
    """
    wrong: list[str] = []
    deciding: set[int] = set()
    for case in cases:
        broken = [place for place, r in enumerate(rules) if not _allows(r, case.values)]
        deciding.update(broken[:1])
        decided = rules[broken[0]].signal if broken else ""
        if decided != case.rule or bool(decided) == case.shown:
            wrong.append(
                f"Case {case.name!r} is {'removed by ' + decided if decided else 'shown'}; the "
                f"golden set says {'shown' if case.shown else 'removed by ' + case.rule}."
            )
    wrong += [
        f"No case of the golden set is decided by the rule on {rule.signal!r}; add one that it "
        f"removes."
        for place, rule in enumerate(rules)
        if place not in deciding
    ]
    return tuple(wrong)


def golden_set(workspace: Workspace) -> list[tuple[Literal["ok", "problem"], str, str]]:
    """Return what a workspace's golden set says of its integrity rules; empty without rules.

    Each finding is a level, what was found, and what to do about it.
    """
    rules = [IntegrityRule.parse(text) for text in workspace.settings.signals.integrity]
    if not rules:
        return []
    cases = read_cases(workspace.root, rules)
    mend = f"Mend the rule or the case in {GOLDEN_FILE}."
    wrong = check_cases(rules, cases)
    if wrong:
        return [("problem", sentence, mend) for sentence in wrong]
    said = f"The integrity rules decide all {len(cases)} cases of the golden set as they should."
    return [("ok", said, "")]


def _allows(rule: IntegrityRule, values: Mapping[str, float]) -> bool:
    column = None
    if rule.signal in values:
        column = SignalColumn.present(rule.signal, "golden", np.array([values[rule.signal]]))
    return bool(judged(rule, column, 1)[1][0])


def _case(
    file: str, line: int, row: Mapping[str, str | None], signals: Sequence[str]
) -> GoldenCase:
    shown = (row["shown"] or "").strip().casefold()
    try:
        values = {name: float(row[name] or "") for name in signals if (row[name] or "").strip()}
    except ValueError:
        raise DataError(f"{file}, line {line}: a signal's value isn't a number.") from None
    if shown not in ("yes", "no"):
        raise DataError(f"{file}, line {line}: shown is yes or no.")
    return GoldenCase(row["case"] or f"line {line}", values, shown == "yes", (row["rule"] or ""))


__all__ = [
    "GOLDEN_FILE",
    "GoldenCase",
    "IntegrityFilter",
    "IntegrityRule",
    "check_cases",
    "golden_set",
    "judged",
    "read_cases",
]
