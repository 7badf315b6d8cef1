"""What a conformance pack asks, what it expects, and what it makes of an answer."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, TypeAlias

import pyarrow as pa

Tables: TypeAlias = Mapping[str, pa.Table]
Scorer: TypeAlias = Callable[[dict[str, pa.Table], list[dict[str, Any]]], Mapping[str, Any]]
"""Given tables and questions, gives answers by the questions' ids.

An answer is a number, None for "undefined", or a mapping with ``value`` and, where there is an
interval, ``low`` and ``high``; or ``status``: ``undefined``, ``suppressed``, ``insufficient`` or
``refused``. A question that is left out counts as not answered. An exception refuses all.
"""

WITHHELD = ("undefined", "suppressed", "insufficient", "refused")


class Mark(Enum):
    """What an answer is worth."""

    MATCHES = "matches"
    DIFFERS = "differs"
    UNANSWERED = "not answered"
    REFUSED = "refused"
    """The scorer raised an error for the whole table."""


@dataclass(frozen=True)
class Answer:
    """A scorer's answer to one question, in one form."""

    value: float | None = None
    low: float | None = None
    high: float | None = None
    status: str = ""

    @classmethod
    def read(cls, given: Any) -> Answer:
        """Return what a scorer gave in one form; NaN is undefined.

        Examples
        --------
        >>> Answer.read(float("nan")).status, Answer.read({"value": 1, "low": 0, "high": 2}).low
        ('undefined', 0.0)
        """
        parts = dict(given) if isinstance(given, Mapping) else {"value": given}
        numbers = {name: _number(parts.get(name)) for name in ("value", "low", "high")}
        status = str(parts.get("status") or "")
        if status in ("", "ok"):
            status = "undefined" if numbers["value"] is None and numbers["low"] is None else ""
        return cls(numbers["value"], numbers["low"], numbers["high"], status)

    @property
    def is_withheld(self) -> bool:
        """Whether it says that there is no figure."""
        return self.status in WITHHELD

    def __str__(self) -> str:
        if self.value is None and self.low is None:
            return self.status
        ends = (
            "" if self.low is None or self.high is None else f" ({self.low:.6g} to {self.high:.6g})"
        )
        value = "no value" if self.value is None else f"{self.value:.9g}"
        return f"{value}{ends}" + (f" [{self.status}]" if self.status else "")


class Expected(ABC):
    """What a right answer is."""

    @abstractmethod
    def holds(self, answer: Answer) -> bool:
        """Whether the answer is right."""

    def mark(self, answer: Answer) -> Mark:
        """Return what the answer is worth."""
        return Mark.MATCHES if self.holds(answer) else Mark.DIFFERS

    @abstractmethod
    def __str__(self) -> str: ...


@dataclass(frozen=True)
class Exactly(Expected):
    """One number, within a tolerance (absolute, and relative for numbers above 1)."""

    value: float
    tolerance: float = 1e-9

    def holds(self, answer: Answer) -> bool:
        """Whether the value is there and close enough."""
        if answer.value is None:
            return False
        return abs(answer.value - self.value) <= self.tolerance * max(1.0, abs(self.value))

    def __str__(self) -> str:
        return f"{self.value:.9g}"


@dataclass(frozen=True)
class NoFigure(Expected):
    """No number: the definition gives none, or the table must be refused."""

    why: str
    also: tuple[float, ...] = ()

    def holds(self, answer: Answer) -> bool:
        """Whether the figure is withheld, or is a limit that says the same (such as -inf)."""
        return answer.is_withheld or answer.value in self.also

    def __str__(self) -> str:
        return f"no figure, because {self.why}"


@dataclass(frozen=True)
class Careful(Expected):
    """Few rows: withheld, or with an interval that holds the value and is wide enough."""

    value: float
    least_width: float

    def holds(self, answer: Answer) -> bool:
        """Whether it is withheld, or its interval shows how little is known."""
        if answer.is_withheld:
            return True
        if answer.low is None or answer.high is None:
            return False
        inside = answer.low <= self.value + 1e-9 and answer.high >= self.value - 1e-9
        return inside and answer.high - answer.low >= self.least_width

    def __str__(self) -> str:
        return f"withheld, or an interval around {self.value:g} at least {self.least_width:g} wide"


@dataclass(frozen=True)
class Ends(Expected):
    """An interval with these ends, within a part of its width."""

    low: float
    high: float
    part: float = 0.1

    def holds(self, answer: Answer) -> bool:
        """Whether both ends are close enough."""
        if answer.low is None or answer.high is None:
            return False
        slack = self.part * (self.high - self.low)
        return abs(answer.low - self.low) <= slack and abs(answer.high - self.high) <= slack

    def mark(self, answer: Answer) -> Mark:
        """Return what the answer is worth; a value without an interval answers something else."""
        lacking = answer.value is not None and (answer.low is None or answer.high is None)
        return Mark.UNANSWERED if lacking else super().mark(answer)

    def __str__(self) -> str:
        return f"{self.low:.9g} to {self.high:.9g}"


@dataclass(frozen=True)
class Question:
    """One figure that is asked for.

    Parameters
    ----------
    id
        Its name within the fixture.
    figure
        Which figure, such as ``true positive rate``.
    asks
        Its parameters: group, columns, cut-off, target, level.
    definition
        What it means, in a sentence or formula.
    expected
        What a right answer is; None in fixtures that are repeated, whose truth stands there.
    """

    id: str
    figure: str
    asks: Mapping[str, Any]
    definition: str
    expected: Expected | None = None

    def to_dict(self) -> dict[str, Any]:
        """Return what a scorer is told: everything but what is expected."""
        return {
            "id": self.id, "figure": self.figure, "definition": self.definition, **self.asks
        }  # fmt: skip


@dataclass(frozen=True)
class Fixture:
    """Tables with a planted truth, and what is asked of them.

    Parameters
    ----------
    name
        Its name.
    trap
        What a tool can get wrong here, in a sentence.
    tables
        Table by name.
    questions
        What is asked.
    """

    name: str
    trap: str
    tables: Tables
    questions: tuple[Question, ...]


@dataclass(frozen=True)
class Repeated:
    """A fixture that is drawn again and again, to see how often intervals hold the truth.

    Parameters
    ----------
    name, trap
        As of `Fixture`.
    draw
        Makes the tables of one repetition from its number.
    questions
        What is asked of each.
    truth
        Question to the true figure.
    level
        The stated rate.
    """

    name: str
    trap: str
    draw: Callable[[int], Tables]
    questions: tuple[Question, ...]
    truth: Mapping[str, float]
    level: float = 0.95


@dataclass(frozen=True)
class Marked:
    """One question, marked."""

    fixture: str
    question: str
    mark: Mark
    expected: str
    got: str = ""


@dataclass(frozen=True)
class PackResult:
    """All questions of a pack, marked.

    Parameters
    ----------
    scorer
        Who answered.
    marked
        The questions, in order.
    traps
        Fixture to what can go wrong in it.
    """

    scorer: str
    marked: tuple[Marked, ...]
    traps: Mapping[str, str] = field(default_factory=dict)

    def count(self, mark: Mark) -> int:
        """Return how many questions got a mark."""
        return sum(each.mark is mark for each in self.marked)

    @property
    def exit_code(self) -> int:
        """0 where all that was answered matches, 1 where some differs, 3 where nothing was."""
        if self.count(Mark.DIFFERS):
            return 1
        return 0 if self.count(Mark.MATCHES) else 3

    def to_dict(self) -> dict[str, Any]:
        """Return plain data, ready for JSON."""
        return {
            "scorer": self.scorer,
            "exit_code": self.exit_code,
            "counts": {mark.value: self.count(mark) for mark in Mark},
            "traps": dict(self.traps),
            "questions": [
                {
                    "fixture": m.fixture, "question": m.question, "mark": m.mark.value,
                    "expected": m.expected, "got": m.got,
                }
                for m in self.marked
            ],
        }  # fmt: skip

    def lines(self) -> list[str]:
        """Return the result in words: a line per fixture, and one per answer that differs."""
        said = []
        for name, trap in self.traps.items():
            mine = [m for m in self.marked if m.fixture == name]
            counts = {mark: sum(m.mark is mark for m in mine) for mark in Mark}
            parts = [f"{number} {mark.value}" for mark, number in counts.items() if number]
            said.append(f"{name}: {', '.join(parts)}. {trap}")
            said += [
                f"  {m.question}: expected {m.expected}; got {m.got}"
                for m in mine
                if m.mark is Mark.DIFFERS
            ]
            said += sorted({f"  refused: {m.got}" for m in mine if m.mark is Mark.REFUSED})
        total = ", ".join(f"{self.count(mark)} {mark.value}" for mark in Mark)
        return [*said, f"{self.scorer}: {total}."]


def _number(value: Any) -> float | None:
    if value is None:
        return None
    number = float(value)
    return None if math.isnan(number) else number
