"""What measures of a prediction's distance from the truth share."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from fairview.measure.components import Component, Distance
from fairview.measure.measure import GroupCellsMeasure


@dataclass(frozen=True)
class DistanceMeasure(GroupCellsMeasure):
    """The mean of one distance between prediction and truth.

    Parameters
    ----------
    by
        What is sliced by.
    y_true, y_pred
        The columns of what is true and of what was predicted.
    """

    abstract: ClassVar[bool] = True
    kind: ClassVar[str] = "signed"
    y_true: str = "y_true"
    y_pred: str = "y_pred"

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns of the truth and of the prediction."""
        return (self.y_true, self.y_pred)

    def components(self) -> tuple[Component, ...]:
        """Return the distance."""
        return (Distance(self.y_true, self.y_pred, self.kind),)


@dataclass(frozen=True)
class ProbabilityMeasure(GroupCellsMeasure):
    """The mean of one loss of a predicted probability.

    Parameters
    ----------
    by
        What is sliced by.
    y_true
        The column of what is true: zeros and ones, or booleans.
    y_score
        The column of the probability that was predicted.
    """

    abstract: ClassVar[bool] = True
    kind: ClassVar[str] = "squared"
    y_true: str = "y_true"
    y_score: str = "y_score"

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns of the truth and of the probability."""
        return (self.y_true, self.y_score)

    def components(self) -> tuple[Component, ...]:
        """Return the loss."""
        return (Distance(self.y_true, self.y_score, self.kind, probability=True),)
