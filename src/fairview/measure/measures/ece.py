"""ECE: how far probabilities are from what happens, in bins of equal width, by group."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from fairview.measure.calibration import CalibrationMeasure
from fairview.measure.measure import Floats


@dataclass(frozen=True)
class ECE(CalibrationMeasure):
    r"""Expected calibration error over bins of equal width, for each group of `by`.

    .. math:: \sum_b \frac{n_b}{n} \left| \bar y_b - \bar p_b \right|

    Range [0, 1], lower is better. It isn't 0 for a calibrated score: the figure ``null`` is what a
    calibrated score would be expected to have with these scores and counts,
    :math:`\sum_b \sqrt{2/\pi \sum_{i \in b} p_i (1 - p_i)} / n`; 500 calibrated scores in 15 bins
    have about 0.054 where they are uniform and 0.039 where they are Beta(2, 8). The interval is a
    region of all bins together, so it reaches 0 where nothing is shown to be wrong. A score on an
    edge is in the upper bin. Source: Naeini, Cooper and Hauskrecht, "Obtaining Well Calibrated
    Probabilities Using Bayesian Binning", AAAI 2015.

    Parameters
    ----------
    by
        What is sliced by: an attribute, a column, or an intersection such as ``sex*race``.
    y_true
        The column of what is true: zeros and ones, or booleans.
    y_score
        The column of the probability that was predicted.
    low, high, number, positive
        The bins: 15 of equal width from 0 to 1.

    Examples
    --------
    Two bins: ten rows with scores 2 too high in sum, thirty with scores 4 too low.

    >>> totals, counts = np.array([2.0, 1, -4, 3]), np.array([10.0, 10, 30, 30])
    >>> round(float(ECE(by="sex", number=2).figures(totals, counts)[0]), 3)
    0.15
    """

    number: int = 15

    @property
    def coarse(self) -> int:
        """How many bins there are."""
        return self.number

    def bin_of(self, counts: Floats) -> Floats:
        """Return each bin itself."""
        return np.broadcast_to(np.arange(counts.shape[-1]) * 1.0, counts.shape)
