"""Brier: the squared error of probabilities, by group."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from fairview.measure.measure import Better
from fairview.measure.regression import ProbabilityMeasure


@dataclass(frozen=True)
class Brier(ProbabilityMeasure):
    r"""Brier score of predicted probabilities, for each group of `by`.

    .. math:: \frac{1}{n_g} \sum_i (p_i - y_i)^2

    Range [0, 1], lower is better; 0.25 for always saying one half. Rows without a truth or a
    probability are excluded and counted, and a probability outside 0 to 1 is an error. Source:
    Brier, "Verification of Forecasts Expressed in Terms of Probability", 1950.

    Parameters
    ----------
    by
        What is sliced by: an attribute, a column, or an intersection such as ``sex*race``.
    y_true
        The column of what is true: zeros and ones, or booleans.
    y_score
        The column of the probability that was predicted.

    Examples
    --------
    Probabilities of 0.5 and 0.9 for two positives: (0.25 + 0.01) / 2.

    >>> import numpy as np
    >>> float(Brier(by="sex").figures(np.array([0.26]), np.array([2.0]))[0])
    0.13
    """

    better: ClassVar[Better] = Better.LOWER
    bounds: ClassVar[tuple[float, float]] = (0.0, 1.0)
    kind: ClassVar[str] = "squared"
