"""HitRate@k: how often the first k items hold something relevant."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from fairview.measure.batches import RankedBatch
from fairview.measure.measure import Floats
from fairview.measure.relevance import RelevanceMeasure


@dataclass(frozen=True)
class HitRate(RelevanceMeasure):
    r"""Share of requests with a relevant item among the first k.

    .. math:: \frac{1}{|Q|} \sum_q 1[\exists\, r \le k : rel_{\pi_q(r)} \ge t]

    A request without a hit whose first k items aren't all graded is excluded and counted. Range
    [0, 1], higher is better. Source: trec_eval, measure success.

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
    Grades 0, 2 at k=1 and at k=2.

    >>> batch = RankedBatch(
    ...     offsets=np.array([0, 2]), buckets=np.array([0], np.int16),
    ...     columns={"relevance": np.array([0.0, 2.0])})
    >>> HitRate(at=1).reduce(batch).tolist(), HitRate(at=2).reduce(batch).tolist()
    ([[0.0]], [[1.0]])
    """

    proportion: ClassVar[bool] = True

    def reduce(self, batch: RankedBatch) -> Floats:
        """Return R x 1 zeros and ones; NaN where it isn't known."""
        hit = batch.sum_by_request(self.hits(batch)) > 0
        return np.where(~hit & self.unclear(batch), np.nan, hit.astype(float))[:, None]
