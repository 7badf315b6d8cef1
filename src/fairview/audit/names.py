"""Names of measures in audit files: short ones are filled in from the file's other fields.

``TPR`` in a file with the slices ``sex`` and ``sex*race`` stands for ``TPR(by='sex')`` and
``TPR(by='sex*race')``; ``Div`` in a file with the cut-offs 5 and 10 stands for both; and so for
gaps and ratios of them. What a name spells out itself is never changed.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import Any, TypeVar

from fairview.core import FairviewError
from fairview.measure import (
    EntityMeasure,
    Measure,
    RequestMeasure,
    SamplingUnit,
    known_measures,
    parse_measure,
)

Made = TypeVar("Made")
REFERENCE = "reference"
"""As in ``Gap(of='TPR', to='reference')``: the group that the file names under references."""


@dataclass(frozen=True)
class Filling:
    """What an audit file says once for all measures.

    Parameters
    ----------
    slices
        What a measure that can be sliced, and says nothing of it, is sliced by; one each.
    cutoffs
        Where a ranking measure that names no cut-off is cut; one each.
    references
        What is sliced by, to the group that others are compared with.
    defaults
        Parameters of measures that have them and don't give them, such as ``threshold``.
    unit
        The sampling unit of measures of people that give none; None leaves them be.
    """

    slices: Sequence[str] = ()
    cutoffs: Sequence[int] = ()
    references: Mapping[str, str] = field(default_factory=dict)
    defaults: Mapping[str, Any] = field(default_factory=dict)
    unit: str | None = None


def identity_of(text: str) -> str:
    """Return the identity of the measure that a text names; a `ValueError` where it names none."""
    return checked(lambda: str(parse_measure(text).identity))


def checked(make: Callable[[], Made]) -> Made:
    """Return what `make` gives; its sentence becomes a validation error."""
    try:
        return make()
    except FairviewError as error:
        raise ValueError(str(error)) from None


def expanded(text: str, filling: Filling) -> list[str]:
    r"""Return the identities that a name in an audit file stands for.

    Examples
    --------
    >>> expanded("Div", Filling(["sex", "race"], [5, 10]))[:2]
    ["Div(by='sex')@5", "Div(by='sex')@10"]
    >>> expanded("TPR", Filling(["sex"], defaults={"threshold": 5}, unit="row"))
    ["TPR(by='sex', threshold=5, unit='row')"]
    >>> expanded("Gap(of='TPR', to='reference')", Filling(["sex"], references={"sex": "M"}))
    ['Gap(of="TPR(by=\'sex\')", to=\'M\')']
    >>> expanded("Div(by='sex')@24", Filling(["race"], [5]))
    ["Div(by='sex')@24"]
    """
    return [identity_of(each) for each in _filled(text.strip(), filling)]


def names_measure(text: str) -> bool:
    """Whether a text starts with the name of a known measure.

    Examples
    --------
    >>> names_measure("Div@5"), names_measure("item_id")
    (True, False)
    """
    call = _Call.of(text)
    return call is not None and call.name in known_measures()


@dataclass(frozen=True)
class _Call:
    """A name taken apart: the measure, its parameters as they are written, and its cut-off."""

    name: str
    given: Mapping[str, str]
    at: str = ""

    @classmethod
    def of(cls, text: str) -> _Call | None:
        """Take a name apart; None where it has another form."""
        head, mark, at = text.rpartition("@")
        if not mark or not at.isdecimal():
            head, at = text, ""
        try:
            node = ast.parse(head if head.endswith(")") else f"{head}()", mode="eval").body
        except SyntaxError:
            return None
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name)) or node.args:
            return None
        given = {str(k.arg): ast.unparse(k.value) for k in node.keywords}
        return cls(node.func.id, given, at)

    def having(self, parameter: str, value: Any) -> _Call:
        """Return the same with a parameter given."""
        return _Call(self.name, {**self.given, parameter: repr(value)}, self.at)

    def __str__(self) -> str:
        inner = ", ".join(f"{name}={value}" for name, value in self.given.items())
        return f"{self.name}({inner})" + (f"@{self.at}" if self.at else "")


def _filled(text: str, filling: Filling) -> list[str]:
    call = _Call.of(text)
    kind = known_measures().get(call.name) if call is not None else None
    if call is None or kind is None:
        return [text]
    inner = _text(call.given.get("of"))
    if inner is not None and names_measure(inner):
        return [
            str(_compared(call.having("of", each), each, filling))
            for each in _filled(inner, filling)
        ]
    return [
        str(cut) for sliced in _sliced(call, kind, filling) for cut in _cut(sliced, kind, filling)
    ]


def _sliced(call: _Call, kind: type[Measure], filling: Filling) -> list[_Call]:
    has = {each.name: each for each in fields(kind)}
    for name, value in filling.defaults.items():
        if name in has and name not in call.given:
            call = call.having(name, value)
    if filling.unit is not None and "unit" not in call.given and _takes(kind, filling.unit):
        call = call.having("unit", filling.unit)
    if "by" not in has or "by" in call.given or not filling.slices:
        return [call]
    return [call.having("by", each) for each in filling.slices]


def _takes(kind: type[Measure], unit: str) -> bool:
    """Whether a measure of people can be made of this unit; only means of rows can be of rows."""
    default = next(each.default for each in fields(kind) if each.name == "unit")
    if default is not SamplingUnit.PERSON:
        return False
    if unit == SamplingUnit.BOTH.value:
        return kind.crossed
    return unit != SamplingUnit.ROW.value or not issubclass(kind, RequestMeasure | EntityMeasure)


def _cut(call: _Call, kind: type[Measure], filling: Filling) -> list[_Call]:
    has = {each.name for each in fields(kind)}
    if "at" not in has or "at" in call.given or call.at or not filling.cutoffs:
        return [call]
    return [_Call(call.name, call.given, str(each)) for each in filling.cutoffs]


def _compared(call: _Call, inner: str, filling: Filling) -> _Call:
    """Return a comparison whose ``reference`` is the group that the file names."""
    if _text(call.given.get("to")) != REFERENCE:
        return call
    found = _Call.of(inner)
    by = _text(found.given.get("by")) if found else None
    if by not in filling.references:
        raise ValueError(f"{call} compares with the reference of {by!r}; name it under references")
    return call.having("to", filling.references[str(by)])


def _text(code: str | None) -> str | None:
    """Return the text that a parameter's code stands for; None where it is no text."""
    try:
        value = ast.literal_eval(code) if code is not None else None
    except (SyntaxError, ValueError):
        return None
    return value if isinstance(value, str) else None
