"""ExpectedExposureLoss: how far expected exposure is from the exposure that is due (EE-L)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from fairview.measure.batches import RankedBatch
from fairview.measure.expected_exposure import ExpectedExposureMeasure
from fairview.measure.measure import Floats


@dataclass(frozen=True)
class ExpectedExposureLoss(ExpectedExposureMeasure):
    r"""Squared distance of expected from due exposure of a query's items, mean over queries.

    .. math:: EE\text{-}L = \| \epsilon - \epsilon^* \|^2
              = EE\text{-}D - 2\, EE\text{-}R + \| \epsilon^* \|^2

    with the parts as in `ExpectedExposureDisparity` and `ExpectedExposureRelevance`. For groups,
    both exposures are summed by group first. Queries in which a relevance isn't known are excluded
    and counted, and with `unbiased` those of one ranking. Range [0, inf), or any sign by chance
    where `unbiased`; 0 where every item gets what is due. Source: Diaz et al., CIKM 2020.

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
    Two items of one grade, always in the same order: 1 and 1/2, where 3/4 is due to each.

    >>> batch = RankedBatch(
    ...     offsets=np.array([0, 2]), buckets=np.array([0], np.int16),
    ...     columns={"item_id": np.array(["x", "y"]), "relevance": np.ones(2)},
    ...     position=np.array([1, 2]), rankings=np.array([0, 0]))
    >>> ExpectedExposureLoss().reduce(batch).tolist()
    [[0.125]]
    """

    bounds: ClassVar[tuple[float, float]] = (-np.inf, np.inf)

    def reduce(self, batch: RankedBatch) -> Floats:
        """Return R x 1 losses of queries; NaN where they aren't known."""
        found = self.exposures(batch)
        loss = found.disparity(self.unbiased) - 2 * found.due + found.ideal
        return np.asarray((loss if self.unbiased else np.maximum(loss, 0.0))[:, None])
