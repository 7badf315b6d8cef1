"""ExpectedExposureRelevance: how much of the exposure goes where it is due (EE-R)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from fairview.measure.batches import RankedBatch
from fairview.measure.expected_exposure import ExpectedExposureMeasure
from fairview.measure.measure import Better, Floats


@dataclass(frozen=True)
class ExpectedExposureRelevance(ExpectedExposureMeasure):
    r"""Sum of products of expected and due exposure of a query's items, mean over queries.

    .. math:: EE\text{-}R = \epsilon^T \epsilon^*

    with epsilon as in `ExpectedExposureDisparity`, and the exposure that is due as in
    `expected_exposure.due_exposure`, among the items that the query's rankings show. For groups,
    both are summed by group first. Queries in which a relevance isn't known are excluded and
    counted. Range [0, inf), higher is better. Source: Diaz et al., CIKM 2020.

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
        It changes nothing here: a mean of exposures has no bias.

    Examples
    --------
    The better item first: exposures 1 and 1/2, as is due.

    >>> batch = RankedBatch(
    ...     offsets=np.array([0, 2]), buckets=np.array([0], np.int16),
    ...     columns={"item_id": np.array(["x", "y"]), "relevance": np.array([1.0, 0.0])},
    ...     position=np.array([1, 2]), rankings=np.array([0, 0]))
    >>> ExpectedExposureRelevance().reduce(batch).tolist()
    [[1.25]]
    """

    better: ClassVar[Better] = Better.HIGHER

    def reduce(self, batch: RankedBatch) -> Floats:
        """Return R x 1 sums of products of queries; NaN where they aren't known."""
        return np.asarray(self.exposures(batch).due[:, None])
