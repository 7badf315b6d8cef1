"""MAE: how far predictions are from the truth, by group."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from fairview.measure.measure import Better
from fairview.measure.regression import DistanceMeasure


@dataclass(frozen=True)
class MAE(DistanceMeasure):
    r"""Mean absolute error, for each group of `by`.

    .. math:: \frac{1}{n_g} \sum_i |\hat y_i - y_i|

    Range [0, inf), lower is better, in the unit of y. Rows without a truth or a prediction are
    excluded and counted. Source: the standard definition, as scikit-learn.

    Parameters
    ----------
    by
        What is sliced by: an attribute, a column, or an intersection such as ``sex*race``.
    y_true, y_pred
        The columns of what is true and of what was predicted.

    Examples
    --------
    Errors of 1 and 3.

    >>> import numpy as np
    >>> float(MAE(by="sex").figures(np.array([4.0]), np.array([2.0]))[0])
    2.0
    """

    better: ClassVar[Better] = Better.LOWER
    bounds: ClassVar[tuple[float, float]] = (0.0, float("inf"))
    kind: ClassVar[str] = "absolute"
