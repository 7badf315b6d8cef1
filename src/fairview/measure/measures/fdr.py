"""FDR: how often a selection of each group is wrong."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from fairview.measure.components import Share
from fairview.measure.measure import Better
from fairview.measure.rates import RateMeasure


@dataclass(frozen=True)
class FDR(RateMeasure):
    r"""False discovery rate: share of negatives among those selected, for each group of `by`.

    .. math:: P(y = 0 \mid \hat y = 1, g) = \frac{FP}{TP + FP}

    Undefined for a group of whom nobody was selected. Range [0, 1], lower is better. Source:
    Chouldechova, "Fair Prediction with Disparate Impact", Big Data 2017.

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
    Of ten who were selected, six are positives.

    >>> import numpy as np
    >>> float(FDR(by="sex").figures(np.array([6.0]), np.array([10.0]))[0])
    0.4
    """

    better: ClassVar[Better] = Better.LOWER
    rest: ClassVar[bool] = True

    @property
    def share(self) -> Share:
        """The share of positives among those selected."""
        return Share(self.true, ((self.selected, True),))
