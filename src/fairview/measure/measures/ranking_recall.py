"""RankingRecall: how many of the relevant items are among the first k."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from fairview.core.errors import UsageError
from fairview.measure.batches import RankedBatch
from fairview.measure.measure import Floats, ratio
from fairview.measure.relevance import TOTAL_COLUMN, RelevanceMeasure


@dataclass(frozen=True)
class RankingRecall(RelevanceMeasure):
    r"""Share of a request's relevant items that are among its first k, mean over requests.

    .. math:: R@k = \frac{\sum_{r \le k} 1[rel_{\pi(r)} \ge t]}{\text{relevant items}}

    Requests without a relevant item, and those in which a grade that is needed isn't known, are
    excluded and counted. Range [0, 1], higher is better. Source: trec_eval, measure recall.

    Parameters
    ----------
    relevance
        The column of grades, at least 0.
    relevant_from
        t, the smallest grade that counts as relevant.
    at
        k, at least 1.
    relevant
        ``shown``: the relevant items of the whole logged list, which says nothing of what wasn't
        logged; ``column``: the request's number in the column ``relevant_total``.

    Examples
    --------
    Grades 0, 2, 1 at k=2: one of two.

    >>> batch = RankedBatch(
    ...     offsets=np.array([0, 3]), buckets=np.array([0], np.int16),
    ...     columns={"relevance": np.array([0.0, 2.0, 1.0])})
    >>> RankingRecall(at=2).reduce(batch).tolist()
    [[0.5]]
    """

    relevant: str = "shown"

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.relevant not in ("shown", "column"):
            raise UsageError(
                f"RankingRecall has no relevant {self.relevant!r}; use shown or column."
            )

    @property
    def columns(self) -> tuple[str, ...]:
        """The column of grades, and the total where it is a column."""
        return (self.relevance, TOTAL_COLUMN) if self.relevant == "column" else (self.relevance,)

    def reduce(self, batch: RankedBatch) -> Floats:
        """Return R x 1 shares; NaN where nothing is relevant or a grade isn't known."""
        grade = batch.numbers(self.relevance)
        if self.relevant == "column":
            total, unclear = batch.first(batch.numbers(TOTAL_COLUMN)), self.unclear(batch)
        else:
            total = batch.sum_by_request(grade >= self.relevant_from)
            unclear = batch.sum_by_request(np.isnan(grade)) > 0
        value = ratio(batch.sum_by_request(self.hits(batch)), np.nan_to_num(total))
        value[unclear] = np.nan
        return value[:, None]
