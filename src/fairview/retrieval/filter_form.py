"""The one form in which filter expressions reach other engines: typed, and with no odd cases left.

An engine's compiler knows six nodes. What a mask over numpy columns says of a missing value, of a
number among texts or of an empty list is decided here, once.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum

import numpy as np

from fairview.core import DataError, UsageError
from fairview.core.columns import Array
from fairview.retrieval.expression import (
    AllOf,
    AnyOf,
    Between,
    Equals,
    Expression,
    Not,
    OneOf,
    Value,
)


class Kind(Enum):
    """What a column of an engine holds; only optional text and numbers can be missing."""

    TEXT = "text"
    OPTIONAL_TEXT = "optional text"
    INTEGER = "integer"
    REAL = "real"
    BOOLEAN = "boolean"

    @classmethod
    def of(cls, name: str, column: Array) -> Kind:
        """Return the kind of a numpy column.

        Raises
        ------
        DataError
            Where it holds anything else, or texts mixed with other things.
        """
        if column.dtype == object:
            if all(value is None or isinstance(value, str) for value in column):
                return cls.OPTIONAL_TEXT
        elif column.dtype.kind in _KINDS:
            return cls(_KINDS[column.dtype.kind])
        raise DataError(
            f"Column {name!r} holds {column.dtype}; filters know texts, numbers and booleans."
        )


_KINDS = {"U": "text", "i": "integer", "u": "integer", "f": "real", "b": "boolean"}


@dataclass(frozen=True)
class In:
    """The column has one of these values, all of the column's type; or it is missing."""

    column: str
    kind: Kind
    values: tuple[Value, ...]
    or_missing: bool = False


@dataclass(frozen=True)
class Within:
    """The column is present, and inside what bounds there are."""

    column: str
    kind: Kind
    low: float | None
    high: float | None


@dataclass(frozen=True)
class Every:
    """Every part holds."""

    parts: tuple[Form, ...]


@dataclass(frozen=True)
class Some:
    """At least one part holds."""

    parts: tuple[Form, ...]


@dataclass(frozen=True)
class Without:
    """The part doesn't hold."""

    part: Form


@dataclass(frozen=True)
class Always:
    """True or False for every item."""

    holds: bool


Form = In | Within | Every | Some | Without | Always


def form_of(expression: Expression, kinds: Mapping[str, Kind]) -> Form:
    """Return an expression's form over columns of these kinds.

    Raises
    ------
    UsageError
        Where a column is unknown, or can't be compared with what is given.

    Examples
    --------
    >>> form_of(OneOf("width", (2.0, 2.5)), {"width": Kind.INTEGER}).values
    (2,)
    """
    match expression:
        case Equals(column, value):
            return _one_of(column, (value,), kinds)
        case OneOf(column, values):
            return _one_of(column, values, kinds)
        case Between(column, low, high):
            return _between(column, low, high, kinds)
        case AllOf(parts):
            return Every(tuple(form_of(p, kinds) for p in parts)) if parts else Always(True)
        case AnyOf(parts):
            return Some(tuple(form_of(p, kinds) for p in parts)) if parts else Always(False)
        case Not(part):
            return Without(form_of(part, kinds))
    raise UsageError(
        f"{type(expression).__name__} can't be compiled; use Equals, OneOf, Between, AllOf, AnyOf "
        f"or Not."
    )


def _one_of(column: str, values: Sequence[Value | None], kinds: Mapping[str, Kind]) -> Form:
    kind = _kind(kinds, column)
    text = kind in (Kind.TEXT, Kind.OPTIONAL_TEXT)
    if kind is not Kind.OPTIONAL_TEXT:
        for value in values:
            if isinstance(value, str) != text:
                raise UsageError(
                    f"Column {column!r} holds {'text' if text else 'numbers'} and can't be "
                    f"compared with {value!r}."
                )
    if text:
        texts = tuple(dict.fromkeys(value for value in values if isinstance(value, str)))
        missing = kind is Kind.OPTIONAL_TEXT and None in values
        return In(column, kind, texts, missing) if texts or missing else Always(False)
    numbers = [float(value) for value in values if value is not None]
    typed: dict[Value, None] = {}
    for number in numbers:
        if math.isnan(number):
            continue
        if kind is Kind.REAL:
            typed[number + 0.0] = None
        elif kind is Kind.INTEGER and number.is_integer():
            typed[int(number)] = None
        elif kind is Kind.BOOLEAN and number in (0.0, 1.0):
            typed[bool(number)] = None
    return In(column, kind, tuple(typed)) if typed else Always(False)


def _between(column: str, low: float | None, high: float | None, kinds: Mapping[str, Kind]) -> Form:
    kind = _kind(kinds, column)
    if kind not in (Kind.INTEGER, Kind.REAL):
        raise UsageError(f"Column {column!r} holds no numbers; a range needs some.")
    if any(bound is not None and math.isnan(bound) for bound in (low, high)):
        return Always(False)
    low, high = _bound(low, kind, -math.inf), _bound(high, kind, math.inf)
    if kind is Kind.INTEGER:
        if low == math.inf or high == -math.inf:
            return Always(False)
        low = None if low is None else math.ceil(low)
        high = None if high is None else math.floor(high)
        if low is None and high is None:
            return Always(True)
    if low is not None and high is not None and low > high:
        return Always(False)
    return Within(column, kind, low, high)


def _bound(bound: float | None, kind: Kind, open_end: float) -> float | None:
    if bound is None or (kind is Kind.INTEGER and bound == open_end):
        return None
    return float(bound) + 0.0


def _kind(kinds: Mapping[str, Kind], column: str) -> Kind:
    try:
        return kinds[column]
    except KeyError:
        raise UsageError(
            f"Items have no column {column!r} to filter by; use one of {', '.join(sorted(kinds))}."
        ) from None


def plain(value: object) -> Value | None:
    """Return a cell of a numpy column as a plain value; None where it is missing.

    Examples
    --------
    >>> plain(np.float32(0.5)), plain(np.nan), plain(np.str_("a"))
    (0.5, None, 'a')
    """
    if value is None or isinstance(value, str):
        return None if value is None else str(value)
    if isinstance(value, np.bool_ | bool):
        return bool(value)
    if isinstance(value, np.integer | int):
        return int(value)
    number = float(value)  # type: ignore[arg-type]
    return None if math.isnan(number) else number + 0.0
