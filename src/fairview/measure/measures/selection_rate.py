"""SelectionRate: how many of each group are selected."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from fairview.measure.components import Share
from fairview.measure.measure import Better
from fairview.measure.rates import RateMeasure


@dataclass(frozen=True)
class SelectionRate(RateMeasure):
    r"""Share of rows that were selected, for each group of `by`.

    .. math:: P(\hat y = 1 \mid g)

    over the rows whose decision is known. Range [0, 1]; neither direction is good in itself.
    Source: the rate behind demographic parity and the four-fifths rule (Feldman et al., "Certifying
    and Removing Disparate Impact", KDD 2015).

    Parameters
    ----------
    by
        What is sliced by: an attribute, a column, or an intersection such as ``sex*race``.
    y_pred
        The column of what was decided, alike; or of a score with `threshold`.
    threshold
        Where given, a row is selected where its `y_pred` is at least this.
    positive
        Where given, the text that means yes.
    y_true
        Not read.

    Examples
    --------
    Three of four were selected.

    >>> import numpy as np
    >>> float(SelectionRate(by="sex").figures(np.array([3.0]), np.array([4.0]))[0])
    0.75
    """

    better: ClassVar[Better] = Better.NEITHER

    @property
    def share(self) -> Share:
        """The share that was selected."""
        return Share(self.selected)
