"""AUC: how well a score ranks positives above negatives, by group."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from fairview.measure.cells import Cells
from fairview.measure.measure import Better, Floats, ratio
from fairview.measure.scores import ScoreMeasure, positives_and_negatives


@dataclass(frozen=True)
class AUC(ScoreMeasure):
    r"""Chance that a positive's score is above a negative's, for each group of `by`.

    .. math:: \frac{1}{N^+ N^-} \sum_b n^+_b \left( \sum_{c < b} n^-_c + \frac{n^-_b}{2} \right)

    from positives and negatives in bins b of the score: two in one bin count half, as ties do.
    The figure is within :math:`\sum_b n^+_b n^-_b / (2 N^+ N^-)` of the one of the scores
    themselves, where the sum is over bins that hold more than one score; that bound is in the
    note and is added to both ends of the interval. It is exact where each bin holds one score,
    such as for deciles. Undefined for a group without positives or without negatives. Range
    [0, 1], higher is better, 0.5 for chance. Source: Hanley and McNeil, "The Meaning and Use of
    the Area under a ROC Curve", Radiology 1982.

    Parameters
    ----------
    by
        What is sliced by: an attribute, a column, or an intersection such as ``sex*race``.
    y_true
        The column of what is true: zeros and ones, booleans, or text with `positive`.
    y_score
        The column of the score.
    low, high
        The smallest and the largest possible score.
    number
        How many bins of equal width the score is counted in.
    positive
        Where given, the text that means yes in `y_true`.

    Examples
    --------
    Two bins: one of two positives and two of three negatives are in the lower one. Of six pairs,
    two are right, and three are ties: (1 * 2 + 0.5 * (1 * 2 + 1 * 1)) / 6.

    >>> totals, counts = np.array([1.0, 0, 1, 0]), np.array([3.0, 3, 2, 2])
    >>> round(float(AUC(by="sex", number=2).figures(totals, counts)[0]), 4)
    0.5833
    """

    better: ClassVar[Better] = Better.HIGHER

    def figures(self, totals: Floats, counts: Floats) -> Floats:
        """Return the area (... x 1) of sums and counts per bin."""
        yes, no = positives_and_negatives(totals, counts, 2)
        below = np.cumsum(no, axis=-1) - no
        right = (yes * (below + no / 2)).sum(axis=-1, keepdims=True)
        pairs = yes.sum(axis=-1, keepdims=True) * no.sum(axis=-1, keepdims=True)
        return ratio(right, pairs)

    def binning_error(self, cells: Cells) -> float:
        """Return the pairs in bins of several scores, as a share of all pairs, halved."""
        yes, no = positives_and_negatives(cells.totals[0, 0], cells.count[0, 0], 2)
        mixed = self.several_scores(cells)
        pairs = float(yes.sum() * no.sum())
        return float((yes * no)[mixed].sum()) / (2 * pairs) if pairs else 0.0
