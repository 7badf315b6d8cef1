"""CalibrationWithinGroups: how badly calibrated the worst group is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from fairview.measure.comparisons import LARGEST, ComparisonMeasure, Contrast
from fairview.measure.measure import Better, CellsMeasure
from fairview.measure.measures.ece import ECE


@dataclass(frozen=True)
class CalibrationWithinGroups(ComparisonMeasure):
    r"""Largest calibration error of any group of `by`.

    .. math:: \max_a ECE_a

    Range [0, 1], lower is better; not 0 for calibrated scores, so the note gives what the worst
    group would be expected to have were it calibrated (see `ECE`). The interval is what intervals
    of all groups at once allow (Šidák). Groups of unknown membership and withheld ones aren't
    compared. Source: Kleinberg, Mullainathan and Raghavan, "Inherent Trade-Offs in the Fair
    Determination of Risk Scores", ITCS 2017, for calibration within groups.

    Parameters
    ----------
    by
        What is sliced by: an attribute, a column, or an intersection such as ``sex*race``.
    y_true
        The column of what is true: zeros and ones, or booleans.
    y_score
        The column of the probability that was predicted.
    number
        How many bins of equal width from 0 to 1.

    Examples
    --------
    >>> [str(measure) for measure in CalibrationWithinGroups(by="sex", number=10).compared()]
    ["ECE(by='sex', number=10)"]
    """

    better: ClassVar[Better] = Better.LOWER
    bounds: ClassVar[tuple[float, float]] = (0.0, 1.0)
    by: str
    y_true: str = "y_true"
    y_score: str = "y_score"
    number: int = 15

    def compared(self) -> tuple[CellsMeasure, ...]:
        """Return the calibration error of each group."""
        return (ECE(self.by, self.y_true, self.y_score, number=self.number, unit=self.unit),)

    @property
    def reference(self) -> str:
        """The largest error alone."""
        return LARGEST

    @property
    def contrast(self) -> Contrast:
        """No contrast: the error itself."""
        return Contrast.DIFFERENCE
