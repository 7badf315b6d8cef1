"""What measures of classifiers share: who was selected, and who should have been."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass
from typing import ClassVar

from fairview.core.errors import UsageError
from fairview.measure.components import Component, Flag, Share
from fairview.measure.measure import Floats, GroupCellsMeasure, ratio


@dataclass(frozen=True)
class ClassifierMeasure(GroupCellsMeasure):
    """A measure of decisions, and usually of what turned out to be true.

    Parameters
    ----------
    by
        What is sliced by.
    y_true
        The column of what is true: zeros and ones, or booleans, or text with `positive`.
    y_pred
        The column of what was decided, alike; or of a score with `threshold`.
    threshold
        Where given, `y_pred` is a score, and a row is selected where it is at least this.
    positive
        Where given, the text that means yes in `y_true` (and in `y_pred` without a threshold).
    """

    abstract: ClassVar[bool] = True
    bounds: ClassVar[tuple[float, float]] = (0.0, 1.0)
    y_true: str = "y_true"
    y_pred: str = "y_pred"
    threshold: float | None = None
    positive: str | None = None

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.threshold is not None and not abs(self.threshold) < float("inf"):
            raise UsageError(f"{type(self).__name__} has the threshold {self.threshold}.")

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that the components read."""
        read = (column for component in self.components() for column in component.columns)
        return tuple(dict.fromkeys(read))

    @property
    def true(self) -> Flag:
        """Whether the row is a positive."""
        return Flag(self.y_true, equals=self.positive)

    @property
    def selected(self) -> Flag:
        """Whether the row was selected."""
        if self.threshold is not None:
            return Flag(self.y_pred, at_least=self.threshold)
        return Flag(self.y_pred, equals=self.positive)

    @property
    def among_positives(self) -> Share:
        """The share that was selected among positives."""
        return Share(self.selected, ((self.true, True),))

    @property
    def among_negatives(self) -> Share:
        """The share that was selected among negatives."""
        return Share(self.selected, ((self.true, False),))


@dataclass(frozen=True)
class RateMeasure(ClassifierMeasure):
    """One share of rows: the mean of one component, or what is left to one."""

    abstract: ClassVar[bool] = True
    proportion: ClassVar[bool] = True
    rest: ClassVar[bool] = False

    def components(self) -> tuple[Component, ...]:
        """Return the one share that the rate is, or is the rest of."""
        return (self.share,)

    @property
    @abstractmethod
    def share(self) -> Share:
        """The share."""

    def figures(self, totals: Floats, counts: Floats) -> Floats:
        """Return the share of sums and counts (... x 1), or 1 minus it."""
        found = ratio(totals[..., :1], counts[..., :1])
        return 1 - found if self.rest else found
