"""Names of measures in audit files: short ones become one full identity per slice and cut-off.

``TPR`` in a file with the slices ``sex`` and ``sex*race`` stands for ``TPR(by='sex')`` and
``TPR(by='sex*race')``; ``Div`` in a file with the cut-offs 5 and 10 stands for both. What a name
spells out itself is never changed.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence
from dataclasses import fields
from typing import TypeVar

from fairview.core import FairviewError
from fairview.measure import known_measures, parse_measure

Made = TypeVar("Made")


def identity_of(text: str) -> str:
    """Return the identity of the measure that a text names; a `ValueError` where it names none."""
    return checked(lambda: str(parse_measure(text).identity))


def checked(make: Callable[[], Made]) -> Made:
    """Return what `make` gives; its sentence becomes a validation error."""
    try:
        return make()
    except FairviewError as error:
        raise ValueError(str(error)) from None


def expanded(text: str, slices: Sequence[str], cutoffs: Sequence[int]) -> list[str]:
    """Return the identities that a name in an audit file stands for.

    Parameters
    ----------
    text
        The name, such as ``TPR`` or ``Div(by='sex')@10``.
    slices
        What a measure that can be sliced, and says nothing of it, is sliced by; one each.
    cutoffs
        Where a ranking measure that names no cut-off is cut; one each.

    Examples
    --------
    >>> expanded("Div", ["sex", "race"], [5, 10])[:2]
    ["Div(by='sex')@5", "Div(by='sex')@10"]
    >>> expanded("Gini", ["sex"], [5])
    ['Gini']
    >>> expanded("Div(by='sex')@24", ["race"], [5])
    ["Div(by='sex')@24"]
    """
    return [
        identity_of(with_cutoff)
        for sliced in _sliced(text.strip(), slices)
        for with_cutoff in _cut(sliced, cutoffs)
    ]


def names_measure(text: str) -> bool:
    """Whether a text starts with the name of a known measure.

    Examples
    --------
    >>> names_measure("Div@5"), names_measure("item_id")
    (True, False)
    """
    call = _call(text)
    return call is not None and _name(call) in known_measures()


def _sliced(text: str, slices: Sequence[str]) -> list[str]:
    call = _call(text)
    if call is None or not slices:
        return [text]
    inner = next((k for k in call.keywords if k.arg == "of"), None)
    if (
        inner is not None
        and isinstance(inner.value, ast.Constant)
        and names_measure(str(inner.value.value))
    ):
        found = [_with(text, "of", each) for each in _sliced(str(inner.value.value), slices)]
        return found if len(found) > 1 else [text]
    kind = known_measures().get(_name(call))
    if kind is None or "by" not in {field.name for field in fields(kind)}:
        return [text]
    if any(keyword.arg == "by" for keyword in call.keywords):
        return [text]
    return [_with(text, "by", each) for each in slices]


def _cut(text: str, cutoffs: Sequence[int]) -> list[str]:
    call = _call(text)
    if call is None or not cutoffs or "@" in text.rpartition(")")[2]:
        return [text]
    kind = known_measures().get(_name(call))
    given = {keyword.arg for keyword in call.keywords}
    if kind is None or "at" not in {field.name for field in fields(kind)} or "at" in given:
        return [text]
    return [f"{text}@{each}" for each in cutoffs]


def _call(text: str) -> ast.Call | None:
    """Return a name's call, without its cut-off; None where it has another form."""
    head, _, at = text.rpartition("@")
    text = head if at.isdecimal() else text
    try:
        node = ast.parse(text if text.endswith(")") else f"{text}()", mode="eval").body
    except SyntaxError:
        return None
    return node if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) else None


def _name(call: ast.Call) -> str:
    return call.func.id if isinstance(call.func, ast.Name) else ""


def _with(text: str, parameter: str, value: str) -> str:
    """Return a name with one parameter given anew."""
    call = _call(text)
    if call is None:
        return text
    kept = [k for k in call.keywords if k.arg != parameter]
    given = ", ".join([*(ast.unparse(k) for k in kept), f"{parameter}={value!r}"])
    at = text.rpartition("@")[2]
    return f"{_name(call)}({given})" + (f"@{at}" if at.isdecimal() and "@" in text else "")
