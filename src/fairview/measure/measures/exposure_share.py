"""ExposureShare: how much of the page's attention each group's pictures get."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from fairview.core.ranges import UNKNOWN
from fairview.measure.batches import RankedBatch
from fairview.measure.measure import Floats, ratio
from fairview.measure.representation import BandMeasure


@dataclass(frozen=True)
class ExposureShare(BandMeasure):
    r"""Share of exposure that each group's items get, over all requests.

    .. math:: E_g = \frac{\sum_q \sum_{r \le k} v(r)\, a_{\pi_q(r) g}}
                         {\sum_q \sum_{r \le k} v(r)\, (1 - u_{\pi_q(r)})}

    v is the discount and u the probability that an item's group isn't known, so the groups'
    shares sum to one. The figure ``unknown`` is u's own share, of all exposure. Range [0, 1].
    Source: Singh and Joachims, "Fairness of Exposure in Rankings", KDD 2018.

    Parameters
    ----------
    by
        The attribute.
    discount
        ``log2``: 1/log2(1+r), ``trec``: 1/log2(max(r, 2)), ``none``: 1.
    at
        k, at least 1.
    start
        The first rank that counts, 1 unless a band of ranks is looked at.

    Examples
    --------
    Group a at rank 1 and b at rank 3: exposures 1 and 1/2. Rank 2, unknown, has 0.63 of 2.13.

    >>> batch = RankedBatch(
    ...     offsets=np.array([0, 3]), buckets=np.array([0], np.int16), groups=("a", "b"),
    ...     membership=np.array([[1, 0, 0], [0, 0, 1], [0, 1, 0.0]]))
    >>> share = ExposureShare(by="x")
    >>> share.figures(share.reduce(batch)[0], np.ones(3)).round(4).tolist()
    [0.6667, 0.3333, 0.2961]
    """

    bounds: ClassVar[tuple[float, float]] = (0.0, 1.0)
    discount: str = "log2"

    def components(self, groups: tuple[str, ...]) -> tuple[str, ...]:
        """Return the groups and ``unknown``."""
        return (*groups, UNKNOWN)

    def reduce(self, batch: RankedBatch) -> Floats:
        """Return R x (K+1) exposures."""
        return batch.received(self.discount, self.at, self.start)

    def figures(self, totals: Floats, counts: Floats) -> Floats:
        """Return the groups' shares of known exposure, then the unknown's of all (... x K+1)."""
        known = ratio(totals[..., :-1], totals[..., :-1].sum(axis=-1, keepdims=True))
        unknown = ratio(totals[..., -1:], totals.sum(axis=-1, keepdims=True))
        return np.concatenate([known, unknown], axis=-1)
