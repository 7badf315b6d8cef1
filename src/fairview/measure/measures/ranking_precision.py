"""RankingPrecision: how many of the first k items are relevant."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from fairview.core.errors import UsageError
from fairview.measure.batches import RankedBatch
from fairview.measure.measure import Floats, ratio
from fairview.measure.relevance import RelevanceMeasure


@dataclass(frozen=True)
class RankingPrecision(RelevanceMeasure):
    r"""Share of the first k items that are relevant, mean over requests.

    .. math:: P@k = \frac{1}{k} \sum_{r \le k} 1[rel_{\pi(r)} \ge t]

    A list shorter than k is divided by k too, as trec_eval does, unless `per` says otherwise.
    Requests with an item among the first k whose grade isn't known are excluded and counted.
    Range [0, 1], higher is better. Source: trec_eval, measure P.

    Parameters
    ----------
    relevance
        The column of grades, at least 0.
    relevant_from
        t, the smallest grade that counts as relevant.
    at
        k, at least 1.
    per
        ``k``: divided by k; ``shown``: by the items shown among the first k.

    Examples
    --------
    Grades 0, 2, 1 at k=4: two of four.

    >>> batch = RankedBatch(
    ...     offsets=np.array([0, 3]), buckets=np.array([0], np.int16),
    ...     columns={"relevance": np.array([0.0, 2.0, 1.0])})
    >>> RankingPrecision(at=4).reduce(batch).tolist()
    [[0.5]]
    """

    per: str = "k"

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.per not in ("k", "shown"):
            raise UsageError(f"RankingPrecision isn't per {self.per!r}; use k or shown.")

    def reduce(self, batch: RankedBatch) -> Floats:
        """Return R x 1 shares; NaN where a grade isn't known."""
        below = np.full(len(batch), float(self.at))
        if self.per == "shown":
            below = batch.sum_by_request(batch.rank <= self.at)
        value = ratio(batch.sum_by_request(self.hits(batch)), below)
        value[self.unclear(batch)] = np.nan
        return value[:, None]
