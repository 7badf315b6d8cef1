"""IntraListDiversity: how unlike each other the items of a list are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from fairview.core.errors import DataError
from fairview.measure.batches import RankedBatch
from fairview.measure.measure import Better, Floats, RequestMeasure, ratio


@dataclass(frozen=True)
class IntraListDiversity(RequestMeasure):
    r"""Mean cosine distance of the pairs among the first k items, mean over requests.

    .. math:: \frac{2}{m(m-1)} \sum_{i < j \le k} (1 - \cos(x_{\pi(i)}, x_{\pi(j)}))

    with m the number of items among the first k; it comes from the sum of the unit vectors, O(m).
    Lists of one item, and those with a vector of zeros, are excluded and counted. Range [0, 2],
    higher is more diverse. Source: Ziegler et al., "Improving recommendation lists through topic
    diversification", WWW 2005 (intra-list similarity), as a distance.

    Parameters
    ----------
    vector
        The column of vectors, lists of one length.
    at
        k, at least 1.

    Examples
    --------
    Two alike and one at a right angle: distances 0, 1 and 1.

    >>> batch = RankedBatch(
    ...     offsets=np.array([0, 3]), buckets=np.array([0], np.int16),
    ...     columns={"vector": np.array([[1.0, 0], [2, 0], [0, 1]])})
    >>> IntraListDiversity().reduce(batch).round(4).tolist()
    [[0.6667]]
    """

    better: ClassVar[Better] = Better.HIGHER
    bounds: ClassVar[tuple[float, float]] = (0.0, 2.0)
    vector: str = "vector"
    at: int = 24

    @property
    def columns(self) -> tuple[str, ...]:
        """The column of vectors."""
        return (self.vector,)

    def reduce(self, batch: RankedBatch) -> Floats:
        """Return R x 1 mean distances; NaN for a list of one item, or with a vector of zeros."""
        vectors = np.asarray(batch.columns[self.vector], np.float64)
        if vectors.ndim != 2 or not np.isfinite(vectors).all():
            raise DataError(f"The column {self.vector!r} must hold lists of finite numbers.")
        inside = batch.rank <= self.at
        length = np.linalg.norm(vectors, axis=1)
        units = ratio(vectors, length[:, None])
        total = batch.sum_by_request(np.nan_to_num(units) * inside[:, None])
        m = batch.sum_by_request(inside)
        likeness = ratio((total**2).sum(axis=1) - m, m * (m - 1))
        value = np.clip(1 - likeness, 0.0, 2.0)
        value[batch.sum_by_request(inside & (length == 0)) > 0] = np.nan
        return value[:, None]
