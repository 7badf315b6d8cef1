"""Bias: whether predictions are too high or too low, by group."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from fairview.measure.measure import Better
from fairview.measure.regression import DistanceMeasure


@dataclass(frozen=True)
class Bias(DistanceMeasure):
    r"""Mean of prediction minus truth, for each group of `by`.

    .. math:: \frac{1}{n_g} \sum_i (\hat y_i - y_i)

    Range (-inf, inf), 0 is best, in the unit of y; positive where predictions are too high. Rows
    without a truth or a prediction are excluded and counted. Source: the standard definition.

    Parameters
    ----------
    by
        What is sliced by: an attribute, a column, or an intersection such as ``sex*race``.
    y_true, y_pred
        The columns of what is true and of what was predicted.

    Examples
    --------
    One prediction is 3 too high, one is 1 too low.

    >>> import numpy as np
    >>> float(Bias(by="sex").figures(np.array([2.0]), np.array([2.0]))[0])
    1.0
    """

    better: ClassVar[Better] = Better.NEAR_ZERO
    bounds: ClassVar[tuple[float, float]] = (-float("inf"), float("inf"))
    kind: ClassVar[str] = "signed"
