"""ExpectedExposureDisparity: how unequally a stochastic ranker spreads its exposure (EE-D)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from fairview.measure.batches import RankedBatch
from fairview.measure.expected_exposure import ExpectedExposureMeasure
from fairview.measure.measure import Floats


@dataclass(frozen=True)
class ExpectedExposureDisparity(ExpectedExposureMeasure):
    r"""Sum of squares of the exposures that a query's items are expected to get, mean of queries.

    .. math:: EE\text{-}D = \| \epsilon \|^2, \quad
              \epsilon_i = \frac{1}{S} \sum_{s=1}^{S} \gamma^{r_{si} - 1}

    over the S rankings of the query, each item's exposure 0 where a ranking leaves it out. For
    groups, :math:`A^T \epsilon` takes the place of epsilon. Queries in which a relevance isn't
    known are excluded and counted, and with `unbiased` those of one ranking. Range (0, inf), lower
    is more equal; it is smallest for a ranker that shuffles. Source: Diaz et al., "Evaluating
    stochastic rankings with expected exposure", CIKM 2020.

    Parameters
    ----------
    by
        The attribute whose groups' exposures are compared; None for those of single items.
    relevance
        The column of grades, at least 0.
    query
        The column that names the query.
    patience
        gamma, above 0 and below 1.
    unbiased
        Whether products of one ranking with itself are left out, which makes the mean right for
        any number of rankings from 2.

    Examples
    --------
    Two items that take turns: exposures (1 + 1/2) / 2 each.

    >>> batch = RankedBatch(
    ...     offsets=np.array([0, 4]), buckets=np.array([0], np.int16),
    ...     columns={"item_id": np.array(["x", "y", "y", "x"]), "relevance": np.ones(4)},
    ...     position=np.array([1, 2, 1, 2]), rankings=np.array([0, 0, 1, 1]))
    >>> ExpectedExposureDisparity().reduce(batch).tolist()
    [[1.125]]
    """

    def reduce(self, batch: RankedBatch) -> Floats:
        """Return R x 1 disparities of queries; NaN where they aren't known."""
        return np.asarray(self.exposures(batch).disparity(self.unbiased)[:, None])
