"""Accuracy: how often a decision is right, by group."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from fairview.measure.components import Component
from fairview.measure.measure import Better, Floats, ratio
from fairview.measure.rates import ClassifierMeasure


@dataclass(frozen=True)
class Accuracy(ClassifierMeasure):
    r"""Share of rows that were decided rightly, for each group of `by`.

    .. math:: \frac{TP + TN}{TP + FN + FP + TN}

    Range [0, 1], higher is better. Where few are positives it says little; see `BalancedAccuracy`.
    Source: the standard definition, as in Hardt, Price and Srebro, NeurIPS 2016.

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
    Eight of ten positives were selected, and one of ten negatives: 17 of 20 are right.

    >>> import numpy as np
    >>> float(Accuracy(by="sex").figures(np.array([8.0, 1.0]), np.array([10.0, 10.0]))[0])
    0.85
    """

    better: ClassVar[Better] = Better.HIGHER
    proportion: ClassVar[bool] = True

    def components(self) -> tuple[Component, ...]:
        """Return the shares that were selected among positives and among negatives."""
        return (self.among_positives, self.among_negatives)

    def figures(self, totals: Floats, counts: Floats) -> Floats:
        """Return the share (... x 1) of selections and counts of positives and negatives."""
        right = totals[..., :1] + counts[..., 1:] - totals[..., 1:]
        return ratio(right, counts.sum(axis=-1, keepdims=True))
