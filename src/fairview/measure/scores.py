"""What measures of scores share: mergeable histograms of the score, and the truth in each bin."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import numpy.typing as npt

from fairview.core.errors import UsageError
from fairview.measure.cells import Cells
from fairview.measure.components import Bins, Component, Flag, Number, Share
from fairview.measure.measure import Floats, GroupCellsMeasure

ROUNDING = 1e-13
"""Squared deviations from the mean, per row and largest score squared, that sums may differ by."""


@dataclass(frozen=True)
class ScoreMeasure(GroupCellsMeasure):
    """A measure of a score and of what turned out to be true.

    Parameters
    ----------
    by
        What is sliced by.
    y_true
        The column of what is true: zeros and ones, booleans, or text with `positive`.
    y_score
        The column of the score.
    low, high
        The smallest and the largest possible score.
    number
        How many bins of equal width the score is counted in.
    positive
        Where given, the text that means yes in `y_true`.
    """

    abstract: ClassVar[bool] = True
    bounds: ClassVar[tuple[float, float]] = (0.0, 1.0)
    binned: ClassVar[bool] = True
    crossed: ClassVar[bool] = False
    y_true: str = "y_true"
    y_score: str = "y_score"
    low: float = 0.0
    high: float = 1.0
    number: int = 1000
    positive: str | None = None

    def __post_init__(self) -> None:
        super().__post_init__()
        if not -np.inf < self.low < self.high < np.inf:
            raise UsageError(
                f"{type(self).__name__} takes scores from {self.low} to {self.high}; give a finite "
                f"low below high."
            )
        if not isinstance(self.number, int) or not 1 <= self.number <= 10_000:
            raise UsageError(f"{type(self).__name__} has {self.number} bins; use 1 to 10,000.")

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns of the truth and of the score."""
        return (self.y_true, self.y_score)

    @property
    def bins(self) -> Bins:
        """The bins of the score."""
        return Bins(self.y_score, self.low, self.high, self.number)

    def components(self) -> tuple[Component, ...]:
        """Return the share of positives, and the mean score, which says whether a bin is one score.

        Only the first makes the figure, so a row counts once.
        """
        return (Share(Flag(self.y_true, equals=self.positive)), Number(self.y_score))

    def counted(self, figure: str, components: tuple[str, ...]) -> tuple[str, ...]:
        """Return the first component of each bin: every row stands there once."""
        return components[:: len(self.components())]

    def several_scores(self, cells: Cells) -> npt.NDArray[np.bool_]:
        """Return which bins of a slice's pooled cells hold more than one score.

        A spread within the rounding of sums is none: engines add up in other orders.
        """
        largest = max(abs(self.low), abs(self.high))
        spread, count = cells.m2[0, 0, 1::2], cells.count[0, 0, 1::2]
        return np.asarray(spread > ROUNDING * count * largest**2)


def positives_and_negatives(
    totals: Floats, counts: Floats, components: int
) -> tuple[Floats, Floats]:
    """Return the positives and the negatives in each bin (... x bins), the lowest bin first."""
    positives = totals[..., ::components]
    return positives, counts[..., ::components] - positives
