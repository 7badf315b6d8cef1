"""RMSE: how far predictions are from the truth, large errors most, by group."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from fairview.measure.measure import Better, Floats
from fairview.measure.regression import DistanceMeasure


@dataclass(frozen=True)
class RMSE(DistanceMeasure):
    r"""Root of the mean squared error, for each group of `by`.

    .. math:: \sqrt{\frac{1}{n_g} \sum_i (\hat y_i - y_i)^2}

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
    Squared errors of 2 and 6 have a mean of 4.

    >>> float(RMSE(by="sex").figures(np.array([8.0]), np.array([2.0]))[0])
    2.0
    """

    better: ClassVar[Better] = Better.LOWER
    bounds: ClassVar[tuple[float, float]] = (0.0, float("inf"))
    kind: ClassVar[str] = "squared"

    def figures(self, totals: Floats, counts: Floats) -> Floats:
        """Return the root (... x 1) of the mean square."""
        return np.asarray(np.sqrt(super().figures(totals, counts)))
