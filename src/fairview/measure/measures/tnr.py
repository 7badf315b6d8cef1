"""TNR: how many negatives of each group are left alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from fairview.measure.components import Share
from fairview.measure.measure import Better
from fairview.measure.rates import RateMeasure


@dataclass(frozen=True)
class TNR(RateMeasure):
    r"""True negative rate: share of negatives that were not selected, for each group of `by`.

    .. math:: P(\hat y = 0 \mid y = 0, g) = \frac{TN}{FP + TN}

    Undefined for a group without negatives. Range [0, 1], higher is better. Also specificity.
    Source: Hardt, Price and Srebro, "Equality of Opportunity in Supervised Learning", NeurIPS 2016.

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
    Of ten negatives, four were selected.

    >>> import numpy as np
    >>> float(TNR(by="sex").figures(np.array([4.0]), np.array([10.0]))[0])
    0.6
    """

    better: ClassVar[Better] = Better.HIGHER
    rest: ClassVar[bool] = True

    @property
    def share(self) -> Share:
        """The share that was selected among negatives."""
        return self.among_negatives
