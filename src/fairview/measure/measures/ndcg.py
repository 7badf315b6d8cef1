"""NDCG: how well a list is ordered by graded relevance."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from fairview.core.errors import UsageError
from fairview.measure.batches import RankedBatch
from fairview.measure.measure import Better, Floats, RequestMeasure, ratio

IDEAL_COLUMN = "ideal_dcg"


@dataclass(frozen=True)
class NDCG(RequestMeasure):
    r"""Normalised discounted cumulative gain of the first k items, mean over requests.

    .. math:: DCG@k = \sum_{r \le k} \frac{gain(rel_{\pi(r)})}{\log_2(1 + r)}, \quad
              NDCG@k = \frac{DCG@k}{ideal}

    A request is excluded and counted where a relevance is unknown (among the first k, where the
    ideal is a column), or where the ideal is 0, because nothing was relevant. Items stand in the
    order shown; there are no ties. Range [0, 1] where the ideal is one. Source: Järvelin and
    Kekäläinen, TOIS 2002; exponential gain as in Burges et al., ICML 2005.

    Parameters
    ----------
    relevance
        The column of grades, at least 0.
    gain
        ``linear``: the grade; ``exponential``: 2^grade - 1.
    ideal
        ``shown``: the best order of the shown items, which says nothing of what wasn't shown;
        ``column``: the request's value in the column ``ideal_dcg``, in the same gain.
    at
        k, at least 1.

    Examples
    --------
    Grades 0, 1: DCG = 1/log2(3), best 1.

    >>> batch = RankedBatch(
    ...     offsets=np.array([0, 2]), buckets=np.array([0], np.int16),
    ...     columns={"relevance": np.array([0.0, 1.0])})
    >>> round(float(NDCG().reduce(batch)[0, 0]), 4)
    0.6309
    """

    better: ClassVar[Better] = Better.HIGHER
    bounds: ClassVar[tuple[float, float]] = (0.0, 1.0)
    relevance: str = "relevance"
    gain: str = "linear"
    ideal: str = "shown"
    at: int = 24

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.gain not in ("linear", "exponential"):
            raise UsageError(f"NDCG has no gain {self.gain!r}; use linear or exponential.")
        if self.ideal not in ("shown", "column"):
            raise UsageError(f"NDCG has no ideal {self.ideal!r}; use shown or column.")

    @property
    def columns(self) -> tuple[str, ...]:
        """The relevance, and the ideal where it is a column."""
        return (self.relevance, IDEAL_COLUMN) if self.ideal == "column" else (self.relevance,)

    def reduce(self, batch: RankedBatch) -> Floats:
        """Return R x 1 values; NaN where a relevance or the ideal isn't known."""
        grade = batch.numbers(self.relevance)
        gain = grade if self.gain == "linear" else np.exp2(grade) - 1
        weight = batch.attention("log2", self.at)
        lacking = np.isnan(gain) & ((weight > 0) | (self.ideal == "shown"))
        gain = np.nan_to_num(gain)
        if self.ideal == "column":
            best = batch.first(batch.numbers(IDEAL_COLUMN))
        else:
            order = np.lexsort((-gain, batch.request_of))
            best = batch.sum_by_request(gain[order] * weight)
        value = ratio(batch.sum_by_request(gain * weight), np.nan_to_num(best))
        value[batch.sum_by_request(lacking) > 0] = np.nan
        return value[:, None]
