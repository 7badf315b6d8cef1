"""MRR: how far down the first relevant item is."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from fairview.measure.batches import RankedBatch
from fairview.measure.measure import Floats
from fairview.measure.relevance import RelevanceMeasure


@dataclass(frozen=True)
class MRR(RelevanceMeasure):
    r"""Mean reciprocal rank of the first relevant item among the first k.

    .. math:: \frac{1}{|Q|} \sum_q \frac{1}{\min \{ r \le k : rel_{\pi_q(r)} \ge t \}}

    with 0 for a request that has none. Requests in which a grade above the first relevant item
    isn't known are excluded and counted. Range [0, 1], higher is better. Source: Voorhees, TREC-8,
    1999; trec_eval, measure recip_rank.

    Parameters
    ----------
    relevance
        The column of grades, at least 0.
    relevant_from
        t, the smallest grade that counts as relevant.
    at
        k, at least 1.

    Examples
    --------
    The first relevant item is the second.

    >>> batch = RankedBatch(
    ...     offsets=np.array([0, 3]), buckets=np.array([0], np.int16),
    ...     columns={"relevance": np.array([0.0, 2.0, 1.0])})
    >>> MRR().reduce(batch).tolist()
    [[0.5]]
    """

    def reduce(self, batch: RankedBatch) -> Floats:
        """Return R x 1 reciprocal ranks; NaN where one isn't known."""
        grade = batch.numbers(self.relevance)
        decided = np.isnan(grade) | (grade >= self.relevant_from)
        rank = np.where(decided & (batch.rank <= self.at), batch.rank, np.inf)
        where = batch.smallest_by_request(rank)
        found = batch.sum_by_request((rank == where[batch.request_of]) & np.isnan(grade)) > 0
        value = np.where(np.isinf(where), 0.0, 1 / where)
        value[found & np.isfinite(where)] = np.nan
        return value[:, None]
