"""FOR: how often it was wrong not to select, by group."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from fairview.measure.components import Share
from fairview.measure.measure import Better
from fairview.measure.rates import RateMeasure


@dataclass(frozen=True)
class FOR(RateMeasure):
    r"""False omission rate: share of positives among those not selected, for each group of `by`.

    .. math:: P(y = 1 \mid \hat y = 0, g) = \frac{FN}{FN + TN}

    Undefined for a group of whom everybody was selected. Range [0, 1], lower is better. Source:
    Saleiro et al., "Aequitas: A Bias and Fairness Audit Toolkit", 2018.

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
    Of ten who were not selected, two are positives.

    >>> import numpy as np
    >>> float(FOR(by="sex").figures(np.array([2.0]), np.array([10.0]))[0])
    0.2
    """

    better: ClassVar[Better] = Better.LOWER

    @property
    def share(self) -> Share:
        """The share of positives among those not selected."""
        return Share(self.true, ((self.selected, False),))
