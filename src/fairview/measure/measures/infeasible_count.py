"""InfeasibleCount: how many groups fall short of their target, over all prefixes of a list."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from fairview.measure.batches import RankedBatch
from fairview.measure.measure import Better, Floats
from fairview.measure.prefixes import shortfalls
from fairview.measure.representation import TargetMeasure


@dataclass(frozen=True)
class InfeasibleCount(TargetMeasure):
    r"""Groups that have fewer items than their target asks, summed over prefixes, per request.

    .. math:: \sum_{i=1}^{k} \sum_g 1[n_g(\pi^i) < \lfloor p^*_g\, i \rfloor]

    n counts a group's (soft) members among the first i ranks; an item of unknown membership adds
    to no group. Mean over requests; requests without a known target are excluded and counted.
    Range [0, inf): 0 where no prefix falls short. Source: Geyik et al., KDD 2019.

    Parameters
    ----------
    by
        The attribute.
    target
        Name of the target: ``qualified``, ``uniform``, or one of the log's own.
    at
        k, at least 1.

    Examples
    --------
    The list a, a, a, a against a half each: b should have 0, 1, 1, 2 by then, and has none.

    >>> batch = RankedBatch(
    ...     offsets=np.array([0, 4]), buckets=np.array([0], np.int16), groups=("a", "b"),
    ...     membership=np.array([[1, 0, 0.0]] * 4))
    >>> InfeasibleCount(by="x", target="uniform").reduce(batch).tolist()
    [[3.0]]
    """

    better: ClassVar[Better] = Better.LOWER
    bounds: ClassVar[tuple[float, float]] = (0.0, np.inf)

    def reduce(self, batch: RankedBatch) -> Floats:
        """Return R x 1 counts; NaN where the target isn't known."""
        value = batch.sum_by_request(shortfalls(batch, self.target) * (batch.rank <= self.at))
        value[np.isnan(batch.target(self.target)).any(axis=1)] = np.nan
        return value[:, None]
