"""ACE: how far probabilities are from what happens, in bins of equal mass, by group."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from fairview.core.errors import UsageError
from fairview.measure.calibration import CalibrationMeasure
from fairview.measure.measure import Floats, ratio


@dataclass(frozen=True)
class ACE(CalibrationMeasure):
    r"""Calibration error over bins that hold about as many rows each, for each group of `by`.

    .. math:: \sum_b \frac{n_b}{n} \left| \bar y_b - \bar p_b \right|

    with b the `groups` parts of equal mass of the group's own scores. Scores are counted in
    `number` fine bins, which are put together in order and aren't cut: parts are equal to within a
    fine bin. Range [0, 1], lower is better; ``null`` and the interval are as in `ECE`. Source:
    Nixon et al., "Measuring Calibration in Deep Learning", CVPR workshops 2019.

    Parameters
    ----------
    by
        What is sliced by: an attribute, a column, or an intersection such as ``sex*race``.
    y_true
        The column of what is true: zeros and ones, or booleans.
    y_score
        The column of the probability that was predicted.
    low, high, number, positive
        The fine bins: 1,000 of equal width from 0 to 1.
    groups
        How many parts of equal mass.

    Examples
    --------
    Four fine bins of ten rows make two parts; distances of 1 and 1, and of 2 and -2.

    >>> totals, counts = np.array([1.0, 1, 1, 1, 2, 1, -2, 1]), np.full(8, 10.0)
    >>> float(ACE(by="sex", number=4, groups=2).figures(totals, counts)[0])
    0.05
    """

    groups: int = 15

    def __post_init__(self) -> None:
        super().__post_init__()
        if not 1 <= self.groups < self.number:
            raise UsageError(
                f"ACE puts {self.number} fine bins into {self.groups} parts; use fewer parts."
            )

    @property
    def coarse(self) -> int:
        """How many parts there are."""
        return self.groups

    def bin_of(self, counts: Floats) -> Floats:
        """Return the part in which the middle row of each fine bin is."""
        middle = np.cumsum(counts, axis=-1) - counts / 2
        part = np.floor(
            np.nan_to_num(ratio(middle, counts.sum(axis=-1, keepdims=True))) * self.groups
        )
        return np.asarray(np.minimum(part, self.groups - 1))
