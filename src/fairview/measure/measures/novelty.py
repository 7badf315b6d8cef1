"""Novelty: how far from the beaten track the shown items are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from fairview.core.errors import DataError
from fairview.measure.batches import RankedBatch
from fairview.measure.measure import Better, Floats, RequestMeasure, ratio


@dataclass(frozen=True)
class Novelty(RequestMeasure):
    r"""Mean surprise of the first k items, in bits, mean over requests.

    .. math:: \frac{1}{k'} \sum_{r \le k} -\log_2 p_{\pi(r)}

    p is the share of people who met the item before, and k' the number of items among the first
    k. Requests in which a popularity isn't known or is 0 are excluded and counted. Range [0, inf):
    0 where everybody knows everything. Source: Vargas and Castells, "Rank and relevance in novelty
    and diversity metrics for recommender systems", RecSys 2011 (mean self-information).

    Parameters
    ----------
    popularity
        The column of shares, from 0 to 1.
    at
        k, at least 1.

    Examples
    --------
    Items that a half and an eighth of people know: (1 + 3) / 2.

    >>> batch = RankedBatch(
    ...     offsets=np.array([0, 2]), buckets=np.array([0], np.int16),
    ...     columns={"popularity": np.array([0.5, 0.125])})
    >>> Novelty().reduce(batch).tolist()
    [[2.0]]
    """

    better: ClassVar[Better] = Better.NEITHER
    bounds: ClassVar[tuple[float, float]] = (0.0, np.inf)
    popularity: str = "popularity"
    at: int = 24

    @property
    def columns(self) -> tuple[str, ...]:
        """The column of popularities."""
        return (self.popularity,)

    def reduce(self, batch: RankedBatch) -> Floats:
        """Return R x 1 means; NaN where a popularity isn't known."""
        share = batch.numbers(self.popularity)
        if (share > 1).any():
            raise DataError(
                f"The column {self.popularity!r} has values above 1; give the share of people who "
                f"know an item."
            )
        inside = batch.rank <= self.at
        bits = -np.log2(share, out=np.zeros_like(share), where=share > 0)
        value = ratio(batch.sum_by_request(bits * inside), batch.sum_by_request(inside))
        value[batch.sum_by_request(inside & ~(share > 0)) > 0] = np.nan
        return value[:, None]
