"""Comparisons of slices: gaps and ratios of any measure that gives one figure per slice.

A comparison rests on the cells of the measure that it compares, so it costs no scan of its own.
Intervals of a family hold together (max-T), and the extremes among many groups get what the
intervals of all pairs allow: the percentile interval of max minus min can't contain 0.
"""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass
from enum import Enum
from typing import Any, ClassVar

from fairview.core.errors import UsageError
from fairview.measure.estimate import SamplingUnit
from fairview.measure.measure import CellsMeasure, Measure, Reduction, parse_measure

EXTREMES = "extremes"
"""Compare the largest with the smallest."""
LARGEST = "largest"
"""Take the largest figure itself, compared with nothing."""


class Contrast(Enum):
    """How two figures are compared."""

    DIFFERENCE = "difference"
    RATIO = "ratio"


@dataclass(frozen=True)
class ComparisonMeasure(Measure):
    """A comparison between slices of other measures.

    Attributes
    ----------
    reference
        What every slice is compared with: ``overall``, a slice's label, or ``extremes``.
    contrast
        Differences or ratios.
    """

    abstract: ClassVar[bool] = True
    reduction: ClassVar[Reduction] = Reduction.GROUP_CELLS
    smooth: ClassVar[bool] = False
    crossed: ClassVar[bool] = True

    @abstractmethod
    def compared(self) -> tuple[CellsMeasure, ...]:
        """Return the measures whose figures are compared; with several, the worst counts."""

    @property
    def reference(self) -> str:
        """What every slice is compared with."""
        return EXTREMES

    @property
    @abstractmethod
    def contrast(self) -> Contrast:
        """How figures are compared."""

    @property
    def rests_on(self) -> tuple[Measure, ...]:
        """The measures whose cells it rests on."""
        return self.compared()

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that the compared measures read."""
        return tuple(dict.fromkeys(c for measure in self.compared() for c in measure.columns))


@dataclass(frozen=True)
class ContrastMeasure(ComparisonMeasure):
    """The gap or ratio of the measure that `of` names.

    Parameters
    ----------
    of
        The measure's identity, such as ``TPR(by='sex')``; one that gives one figure per slice.
    to
        ``overall``, the label of a slice, or ``extremes``.
    """

    abstract: ClassVar[bool] = True
    of: str
    to: str = EXTREMES

    def __post_init__(self) -> None:
        inner = parse_measure(self.of)
        if not isinstance(inner, CellsMeasure) or inner.unit is SamplingUnit.CENSUS:
            raise UsageError(
                f"{type(self).__name__} compares a measure of slices, and {inner} isn't one."
            )
        if self.unit is SamplingUnit.PERSON:
            object.__setattr__(self, "unit", inner.unit)
        if self.unit is not inner.unit:
            raise UsageError(
                f"{type(self).__name__} has the sampling unit of what it compares; write it into "
                f"`of`."
            )
        object.__setattr__(self, "of", inner.identity)
        super().__post_init__()

    @property
    def identity(self) -> str:
        """The name that parses back to this measure; its unit stands in `of`."""
        to = "" if self.to == EXTREMES else f", to={self.to!r}"
        return f"{type(self).__name__}(of={self.of!r}{to})"

    def compared(self) -> tuple[CellsMeasure, ...]:
        """Return the measure that `of` names."""
        inner = parse_measure(self.of)
        return (inner,) if isinstance(inner, CellsMeasure) else ()

    @property
    def reference(self) -> str:
        """What every slice is compared with."""
        return self.to


@dataclass(frozen=True)
class ParityMeasure(ComparisonMeasure):
    """A named parity: the worst comparison between any two groups of a classifier.

    Parameters
    ----------
    by
        What is sliced by: an attribute, a column, or an intersection such as ``sex*race``.
    kind
        ``difference`` (largest minus smallest) or ``ratio`` (smallest over largest).
    y_true, y_pred, threshold, positive
        As in `TPR`.
    """

    abstract: ClassVar[bool] = True
    by: str
    kind: str = Contrast.DIFFERENCE.value
    y_true: str = "y_true"
    y_pred: str = "y_pred"
    threshold: float | None = None
    positive: str | None = None

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.kind not in {each.value for each in Contrast}:
            raise UsageError(
                f"{type(self).__name__} is of the kind {self.kind!r}; there are difference and "
                f"ratio."
            )

    @property
    def contrast(self) -> Contrast:
        """How figures are compared."""
        return Contrast(self.kind)

    @property
    def rate_parameters(self) -> dict[str, Any]:
        """The parameters of the rates that it compares."""
        return {
            "by": self.by,
            "y_true": self.y_true,
            "y_pred": self.y_pred,
            "threshold": self.threshold,
            "positive": self.positive,
            "unit": self.unit,
        }
