"""TPR: how many positives of each group are found."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from fairview.measure.components import Share
from fairview.measure.measure import Better
from fairview.measure.rates import RateMeasure


@dataclass(frozen=True)
class TPR(RateMeasure):
    r"""True positive rate: share of positives that were selected, for each group of `by`.

    .. math:: P(\hat y = 1 \mid y = 1, g) = \frac{TP}{TP + FN}

    Undefined for a group without positives. Range [0, 1], higher is better. Also recall and
    sensitivity. Source: Hardt, Price and Srebro, "Equality of Opportunity in Supervised Learning",
    NeurIPS 2016.

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
    Of ten positives, seven were selected.

    >>> import numpy as np
    >>> float(TPR(by="sex").figures(np.array([7.0]), np.array([10.0]))[0])
    0.7
    """

    better: ClassVar[Better] = Better.HIGHER

    @property
    def share(self) -> Share:
        """The share that was selected among positives."""
        return self.among_positives
