"""FNR: how many positives of each group are missed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from fairview.measure.components import Share
from fairview.measure.measure import Better
from fairview.measure.rates import RateMeasure


@dataclass(frozen=True)
class FNR(RateMeasure):
    r"""False negative rate: share of positives that were not selected, for each group of `by`.

    .. math:: P(\hat y = 0 \mid y = 1, g) = \frac{FN}{TP + FN}

    Undefined for a group without positives. Range [0, 1], lower is better. Source: Angwin et al.,
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
    Of ten positives, eight were selected.

    >>> import numpy as np
    >>> round(float(FNR(by="sex").figures(np.array([8.0]), np.array([10.0]))[0]), 12)
    0.2
    """

    better: ClassVar[Better] = Better.LOWER
    rest: ClassVar[bool] = True

    @property
    def share(self) -> Share:
        """The share that was selected among positives."""
        return self.among_positives
