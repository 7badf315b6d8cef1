"""BalancedAccuracy: the mean of the two rates of being right, by group."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from fairview.measure.components import Component
from fairview.measure.measure import Better, Floats, ratio
from fairview.measure.rates import ClassifierMeasure


@dataclass(frozen=True)
class BalancedAccuracy(ClassifierMeasure):
    r"""Mean of the true positive and the true negative rate, for each group of `by`.

    .. math:: \frac{1}{2} \left( \frac{TP}{TP + FN} + \frac{TN}{FP + TN} \right)

    Undefined for a group that lacks positives or negatives. Range [0, 1], higher is better; 0.5 for
    a coin. Source: Brodersen et al., "The Balanced Accuracy and Its Posterior Distribution", ICPR
    2010.

    Parameters
    ----------
    by
        What is sliced by: an attribute, a column, or an intersection such as ``sex*race``.
    y_true
        The column of what is true: zeros and ones, booleans, or text with `positive`.
    y_pred
        The column of what was decided, alike; or of a score with `threshold`.
    threshold
        Where given, a row is selected where its `y_pred` is at least this.
    positive
        Where given, the text that means yes.

    Examples
    --------
    Eight of ten positives were selected, and one of five negatives: (0.8 + 0.8) / 2.

    >>> import numpy as np
    >>> float(BalancedAccuracy(by="sex").figures(np.array([8.0, 1.0]), np.array([10.0, 5.0]))[0])
    0.8
    """

    better: ClassVar[Better] = Better.HIGHER
    proportion: ClassVar[bool] = False

    def components(self) -> tuple[Component, ...]:
        """Return the shares that were selected among positives and among negatives."""
        return (self.among_positives, self.among_negatives)

    def figures(self, totals: Floats, counts: Floats) -> Floats:
        """Return the mean (... x 1) of both rates; NaN where one isn't there."""
        rates = ratio(totals, counts)
        return (rates[..., :1] + 1 - rates[..., 1:]) / 2
