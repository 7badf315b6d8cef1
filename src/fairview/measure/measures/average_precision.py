"""AveragePrecision: how pure the top of a score's ranking is, by group."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from scipy import special

from fairview.measure.cells import Cells
from fairview.measure.measure import Better, Floats, ratio
from fairview.measure.scores import ScoreMeasure, positives_and_negatives


@dataclass(frozen=True)
class AveragePrecision(ScoreMeasure):
    r"""Mean precision over the positives, from the highest score down, for each group of `by`.

    .. math:: \sum_b \frac{n^+_b}{N^+} \cdot
              \frac{\sum_{c \ge b} n^+_c}{\sum_{c \ge b} n^+_c + n^-_c}

    from positives and negatives in bins b of the score; a bin is one threshold, as equal scores
    are. How far it may be from the figure of the scores themselves follows from putting each bin's
    positives first or last; that bound is in the note and is added to both ends of the interval.
    It is exact where each bin holds one score. Undefined for a group without positives. Range
    (0, 1], higher is better; a score without any information has the share of positives. Source:
    Zhu, "Recall, Precision and Average Precision", 2004; without interpolation, as scikit-learn.

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
    Two bins: the upper one holds one positive and one negative, the lower one a positive and two
    negatives: 1/2 * 1/2 + 1/2 * 2/5.

    >>> totals, counts = np.array([1.0, 0, 1, 0]), np.array([3.0, 3, 2, 2])
    >>> float(AveragePrecision(by="sex", number=2).figures(totals, counts)[0])
    0.45
    """

    better: ClassVar[Better] = Better.HIGHER

    def figures(self, totals: Floats, counts: Floats) -> Floats:
        """Return the mean precision (... x 1) of sums and counts per bin."""
        yes, no = positives_and_negatives(totals, counts, 2)
        above = np.cumsum(yes[..., ::-1], axis=-1)
        selected = np.cumsum((yes + no)[..., ::-1], axis=-1)
        weighed = (yes[..., ::-1] * np.nan_to_num(ratio(above, selected))).sum(axis=-1)
        return ratio(weighed[..., None], yes.sum(axis=-1, keepdims=True))

    def binning_error(self, cells: Cells) -> float:
        """Return how far the best and the worst order within bins are from the figure."""
        totals, counts = cells.totals[0, 0], cells.count[0, 0]
        yes, no = (part[::-1] for part in positives_and_negatives(totals, counts, 2))
        mixed = (self.several_scores(cells))[::-1] & (yes > 0)
        if not mixed.any():
            return 0.0
        over, under = np.cumsum(yes) - yes, np.cumsum(no) - no
        own = yes * (over + yes) / np.maximum(over + yes + under + no, 1e-300)
        best, worst = (
            _sum_of_precisions(over, yes, under),
            _sum_of_precisions(over, yes, under + no),
        )
        off = np.maximum(best - own, own - worst)
        return float(off[mixed].sum() / yes.sum())


def _sum_of_precisions(over: Floats, yes: Floats, wrong: Floats) -> Floats:
    """Return the sum over i = 1 … yes of (over + i) / (over + i + wrong)."""
    start = over + wrong + 1
    return np.asarray(yes - wrong * (special.digamma(start + yes) - special.digamma(start)))
