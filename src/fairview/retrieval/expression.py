"""Filter expressions over items: a tree of comparisons that becomes a mask.

A value that isn't there (None, NaN or an empty cell of a masked column) meets no comparison;
`Not` is the plain complement.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from fairview.core import UsageError
from fairview.core.columns import Array

Mask = npt.NDArray[np.bool_]
Value = str | int | float | bool


class Expression(ABC):
    """A condition on items.

    Examples
    --------
    >>> items = {"kind": np.array(["image", "text"]), "width": np.array([640, 0])}
    >>> (Equals("kind", "image") & Between("width", 300, None)).mask(items).tolist()
    [True, False]
    """

    @abstractmethod
    def mask(self, columns: Mapping[str, Array]) -> Mask:
        """Return which of the n items meet the condition; an unknown column is a `UsageError`."""

    def __and__(self, other: Expression) -> Expression:
        return AllOf((self, other))

    def __or__(self, other: Expression) -> Expression:
        return AnyOf((self, other))

    def __invert__(self) -> Expression:
        return Not(self)


@dataclass(frozen=True)
class Equals(Expression):
    """The column has exactly this value."""

    column: str
    value: Value

    def mask(self, columns: Mapping[str, Array]) -> Mask:
        """Return where the column equals the value."""
        return OneOf(self.column, (self.value,)).mask(columns)


@dataclass(frozen=True)
class OneOf(Expression):
    """The column has one of these values."""

    column: str
    values: tuple[Value, ...]

    def mask(self, columns: Mapping[str, Array]) -> Mask:
        """Return where the column has one of the values."""
        column = _column(columns, self.column)
        if column.dtype == object:
            wanted = set(self.values)
            return np.fromiter((value in wanted for value in column), np.bool_, len(column))
        text = column.dtype.kind == "U"
        wrong = [value for value in self.values if isinstance(value, str) != text]
        if wrong:
            raise UsageError(
                f"Column {self.column!r} holds {'text' if text else 'numbers'} and can't be "
                f"compared with {wrong[0]!r}."
            )
        if not self.values:
            return np.zeros(len(column), np.bool_)
        return np.isin(column, np.array(self.values))


@dataclass(frozen=True)
class Between(Expression):
    """The column is at least `low` and at most `high`; None leaves that end open."""

    column: str
    low: float | None = None
    high: float | None = None

    def mask(self, columns: Mapping[str, Array]) -> Mask:
        """Return where the column lies in the range, ends included."""
        column = _column(columns, self.column)
        if column.dtype.kind not in "iuf":
            raise UsageError(f"Column {self.column!r} holds no numbers; a range needs some.")
        mask = np.ones(len(column), np.bool_)
        if column.dtype.kind == "f":
            mask &= ~np.isnan(column)
        if self.low is not None:
            mask &= column >= self.low
        if self.high is not None:
            mask &= column <= self.high
        return mask


@dataclass(frozen=True)
class AllOf(Expression):
    """Every part holds; without parts, everything does."""

    parts: tuple[Expression, ...]

    def mask(self, columns: Mapping[str, Array]) -> Mask:
        """Return where every part holds."""
        mask = np.ones(_length(columns), np.bool_)
        for part in self.parts:
            mask &= part.mask(columns)
        return mask


@dataclass(frozen=True)
class AnyOf(Expression):
    """At least one part holds; without parts, nothing does."""

    parts: tuple[Expression, ...]

    def mask(self, columns: Mapping[str, Array]) -> Mask:
        """Return where at least one part holds."""
        mask = np.zeros(_length(columns), np.bool_)
        for part in self.parts:
            mask |= part.mask(columns)
        return mask


@dataclass(frozen=True)
class Not(Expression):
    """The part doesn't hold."""

    part: Expression

    def mask(self, columns: Mapping[str, Array]) -> Mask:
        """Return where the part doesn't hold."""
        return ~self.part.mask(columns)


def _column(columns: Mapping[str, Array], name: str) -> Array:
    try:
        return columns[name]
    except KeyError:
        raise UsageError(
            f"Items have no column {name!r} to filter by; use one of {', '.join(sorted(columns))}."
        ) from None


def _length(columns: Mapping[str, Array]) -> int:
    return len(next(iter(columns.values()))) if columns else 0
