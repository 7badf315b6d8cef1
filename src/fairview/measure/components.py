"""Components: what a measure of reduction 1 counts and averages over the rows of a slice.

A component is a value in itself: two measures that average the same thing over the same rows
name the same component, and an engine computes it once.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from fairview.measure.measure import GroupCellsMeasure


@dataclass(frozen=True)
class Component(ABC):
    """One mean: of a value, over some of the rows.

    A row whose value is null or NaN is undefined: it is counted as excluded.
    """

    @property
    @abstractmethod
    def name(self) -> str:
        """What it is, in words that name nothing else."""

    @property
    @abstractmethod
    def columns(self) -> tuple[str, ...]:
        """The columns of the rows that it reads."""

    @property
    def numbers(self) -> tuple[str, ...]:
        """Those of its columns that must hold numbers (or booleans)."""
        return ()

    @property
    def binary(self) -> bool:
        """Whether its values are 0 and 1 alone."""
        return False

    @abstractmethod
    def value(self, rows: Any) -> Any:
        """Return the ibis expression of the value, a float."""

    def among(self, rows: Any) -> Any | None:
        """Return the ibis expression of which rows it is about; None for all of them.

        Where it is null, the row is undefined: it can't be said whether it belongs here.
        """
        return None

    def astray(self, rows: Any) -> Any:
        """Return the ibis expression of which rows hold a value that can't be."""
        value = self.value(rows)
        return ~value.isin([0.0, 1.0]) if self.binary else value.isinf()


@dataclass(frozen=True)
class Flag:
    """A yes or no of each row: a column of zeros and ones, or one compared with a value.

    Parameters
    ----------
    column
        The column of the rows.
    at_least
        Where given, a row says yes where its number is at least this.
    equals
        Where given, a row says yes where its text is this.

    Examples
    --------
    >>> Flag("score", at_least=0.5).words(True), Flag("y_true").words(False)
    ('score>=0.5', 'not y_true')
    """

    column: str
    at_least: float | None = None
    equals: str | None = None

    def words(self, wanted: bool = True) -> str:
        """Return what it asks for, or its opposite, in words."""
        asked = self.column
        if self.at_least is not None:
            asked = f"{self.column}>={self.at_least!r}"
        elif self.equals is not None:
            asked = f"{self.column}={self.equals!r}"
        return asked if wanted else f"not {asked}"

    def value(self, rows: Any) -> Any:
        """Return the ibis expression of 0 or 1; null where the column is null or NaN."""
        column = rows[self.column]
        if self.equals is not None:
            return (column.cast("string") == self.equals).cast("float64")
        number = column.cast("float64")
        if column.type().is_floating():
            number = number.nullif(float("nan"))
        return number if self.at_least is None else (number >= self.at_least).cast("float64")


@dataclass(frozen=True)
class Share(Component):
    """Share of rows that say yes, among those for which all of the conditions hold.

    Parameters
    ----------
    of
        What the row is asked.
    given
        Conditions: a flag, and the answer that a row must give to be counted.

    Examples
    --------
    >>> Share(Flag("y_pred"), ((Flag("y_true"), True),)).name
    'y_pred | y_true'
    """

    of: Flag
    given: tuple[tuple[Flag, bool], ...] = ()

    @property
    def name(self) -> str:
        """What it is a share of, and among what."""
        conditions = ", ".join(flag.words(wanted) for flag, wanted in self.given)
        return f"{self.of.words()} | {conditions}" if conditions else self.of.words()

    @property
    def columns(self) -> tuple[str, ...]:
        """The flags' columns."""
        return tuple(dict.fromkeys([self.of.column, *(flag.column for flag, _ in self.given)]))

    @property
    def numbers(self) -> tuple[str, ...]:
        """The columns of flags that aren't compared with a text."""
        flags = (self.of, *(flag for flag, _ in self.given))
        return tuple(dict.fromkeys(flag.column for flag in flags if flag.equals is None))

    @property
    def binary(self) -> bool:
        """A share is a mean of zeros and ones."""
        return True

    def value(self, rows: Any) -> Any:
        """Return the flag."""
        return self.of.value(rows)

    def among(self, rows: Any) -> Any | None:
        """Return where all conditions hold."""
        found = None
        for flag, wanted in self.given:
            holds = flag.value(rows) == (1.0 if wanted else 0.0)
            found = holds if found is None else found & holds
        return found

    def astray(self, rows: Any) -> Any:
        """Return where any of the flags is neither 0 nor 1."""
        found = ~self.of.value(rows).isin([0.0, 1.0])
        for flag, _ in self.given:
            found = found | ~flag.value(rows).isin([0.0, 1.0])
        return found


@dataclass(frozen=True)
class MeasureValue(Component):
    """The one value that a measure itself defines."""

    measure: GroupCellsMeasure

    @property
    def name(self) -> str:
        """The measure's identity, whatever it is sliced by."""
        return f"value of {self.measure}"

    @property
    def columns(self) -> tuple[str, ...]:
        """The measure's columns."""
        return self.measure.columns

    @property
    def binary(self) -> bool:
        """Whether the measure is a proportion."""
        return self.measure.proportion

    def value(self, rows: Any) -> Any:
        """Return the measure's value."""
        return self.measure.value(rows)
