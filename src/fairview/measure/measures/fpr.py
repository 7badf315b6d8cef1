"""FPR: how many negatives of each group are selected."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from fairview.measure.components import Share
from fairview.measure.measure import Better
from fairview.measure.rates import RateMeasure


@dataclass(frozen=True)
class FPR(RateMeasure):
    r"""False positive rate: share of negatives that were selected, for each group of `by`.

    .. math:: P(\hat y = 1 \mid y = 0, g) = \frac{FP}{FP + TN}

    Undefined for a group without negatives. Range [0, 1], lower is better. Source: Angwin et al.,
    "Machine Bias", ProPublica 2016, who published it by race for COMPAS.

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
    Of ten negatives, three were selected.

    >>> import numpy as np
    >>> float(FPR(by="sex").figures(np.array([3.0]), np.array([10.0]))[0])
    0.3
    """

    better: ClassVar[Better] = Better.LOWER

    @property
    def share(self) -> Share:
        """The share that was selected among negatives."""
        return self.among_negatives
