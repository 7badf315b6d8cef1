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

    @property
    def valid(self) -> str:
        """What its values may be, in words."""
        return "0 or 1" if self.binary else "finite numbers"

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

    def astray(self, rows: Any) -> Any:
        """Return the ibis expression of which rows give no yes or no, or an infinite number."""
        column = rows[self.column]
        if self.at_least is not None and column.type().is_floating():
            return column.isinf()
        return ~self.value(rows).isin([0.0, 1.0])


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

    @property
    def valid(self) -> str:
        """What its values may be, in words."""
        compared = any(flag.at_least is not None for flag in (self.of, *(f for f, _ in self.given)))
        return "0 or 1 (or a finite score, where there is a threshold)" if compared else "0 or 1"

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
        """Return where any of the flags is neither 0 nor 1, or compares an infinite number."""
        found = self.of.astray(rows)
        for flag, _ in self.given:
            found = found | flag.astray(rows)
        return found


@dataclass(frozen=True)
class Distance(Component):
    """How far a prediction is from the truth, per row.

    Parameters
    ----------
    y_true, y_pred
        The columns.
    kind
        ``signed`` (prediction minus truth), ``absolute``, ``squared``, ``log`` (minus the log of
        the probability that was given to what happened) or ``chance`` (the variance p(1 - p) that
        a calibrated prediction p implies).
    probability
        Whether predictions are probabilities of a truth of zeros and ones; others are astray.
    clip
        How near 0 and 1 a probability may come before its logarithm is taken.
    """

    y_true: str
    y_pred: str
    kind: str = "signed"
    probability: bool = False
    clip: float = 0.0

    @property
    def name(self) -> str:
        """What it is."""
        clip = f", clip {self.clip:g}" if self.clip else ""
        return f"{self.kind} distance of {self.y_pred} from {self.y_true}{clip}"

    @property
    def columns(self) -> tuple[str, ...]:
        """Both columns."""
        return (self.y_true, self.y_pred)

    @property
    def numbers(self) -> tuple[str, ...]:
        """Both columns."""
        return (self.y_true, self.y_pred)

    @property
    def valid(self) -> str:
        """What its values may be, in words."""
        return "probabilities of 0 or 1" if self.probability else "finite numbers"

    def value(self, rows: Any) -> Any:
        """Return the distance."""
        truth, guess = self._both(rows)
        if self.kind == "log":
            clipped = guess.clip(lower=self.clip, upper=1 - self.clip)
            return -(truth * clipped.log() + (1 - truth) * (1 - clipped).log())
        if self.kind == "chance":
            return guess * (1 - guess) + 0 * truth
        distance = guess - truth
        if self.kind == "squared":
            return distance * distance
        return distance.abs() if self.kind == "absolute" else distance

    def astray(self, rows: Any) -> Any:
        """Return where a side is infinite, or isn't a probability where it has to be one."""
        truth, guess = self._both(rows)
        wrong = truth.isinf() | guess.isinf()
        if self.probability:
            wrong = wrong | ~truth.isin([0.0, 1.0]) | (guess < 0) | (guess > 1)
        return wrong

    def _both(self, rows: Any) -> tuple[Any, Any]:
        columns = (rows[name] for name in self.columns)
        truth, guess = (
            column.cast("float64").nullif(float("nan"))
            if column.type().is_floating()
            else column.cast("float64")
            for column in columns
        )
        return truth, guess


@dataclass(frozen=True)
class Number(Component):
    """The mean of a column of numbers.

    Parameters
    ----------
    column
        The column of the rows.
    """

    column: str

    @property
    def name(self) -> str:
        """The column's name."""
        return f"number {self.column}"

    @property
    def columns(self) -> tuple[str, ...]:
        """The column."""
        return (self.column,)

    @property
    def numbers(self) -> tuple[str, ...]:
        """The column."""
        return (self.column,)

    def value(self, rows: Any) -> Any:
        """Return the column as a float."""
        return rows[self.column].cast("float64")


@dataclass(frozen=True)
class Bins:
    """Bins of equal width of a column, in which every component of a scan is counted apart.

    Parameters
    ----------
    column
        The column of scores.
    low, high
        The smallest and largest score; others are astray.
    number
        How many bins. A score on an edge is in the upper bin, the largest in the last.
    """

    column: str
    low: float
    high: float
    number: int

    def place(self, rows: Any) -> Any:
        """Return the ibis expression of a row's bin, from 0; null where its score is unknown."""
        score = rows[self.column].cast("float64")
        if rows[self.column].type().is_floating():
            score = score.nullif(float("nan"))
        scaled = (score - self.low) * (self.number / (self.high - self.low))
        return scaled.clip(lower=0, upper=self.number - 1).floor().cast("int32")

    def astray(self, rows: Any) -> Any:
        """Return the ibis expression of which rows have a score outside of the bins."""
        score = rows[self.column].cast("float64")
        if rows[self.column].type().is_floating():
            score = score.nullif(float("nan"))
        return ((score < self.low) | (score > self.high)).fill_null(False)

    def names(self, component: str) -> list[str]:
        """Return the names of a component's bins."""
        width = len(str(self.number - 1))
        what = f"{component}, {self.column} bin"
        return [f"{what} {i:0{width}d} of {self.number}" for i in range(self.number)]


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
