"""CalibratedDivergence: how far a list's mix is from the mix that a person's own history has."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from fairview.core.errors import UsageError
from fairview.measure.batches import RankedBatch
from fairview.measure.measure import Better, Floats, ratio
from fairview.measure.representation import BandMeasure, TargetMeasure, pooled


@dataclass(frozen=True)
class CalibratedDivergence(BandMeasure, TargetMeasure):
    r"""Divergence of what is wanted from what is shown, mean over requests.

    .. math:: C_{KL}(p, q) = \sum_g p(g|u) \ln \frac{p(g|u)}{\tilde q(g|u)},
              \quad \tilde q = (1 - \alpha)\, q + \alpha\, p

    p is the request's target, such as the shares of the groups in the person's own history given
    as the log's qualified candidates, and q each group's share of attention among the first k
    items of a known group. Requests without a known item or target are excluded and counted.
    Range [0, -ln alpha], 0 on target. Source: Steck, "Calibrated recommendations", RecSys 2018.

    Parameters
    ----------
    by
        The attribute, such as a genre.
    target
        Name of the target: ``qualified``, ``uniform``, or one of the log's own.
    discount
        ``none``: 1, ``log2``: 1/log2(1+r), ``trec``: 1/log2(max(r, 2)).
    alpha
        How much of p is mixed into q, above 0 and below 1; 0.01 in the source.
    at
        k, at least 1.
    start
        The first rank that counts, 1 unless a band of ranks is looked at.

    Examples
    --------
    All of a, where half is wanted: 0.5 ln(0.5/0.995) + 0.5 ln(0.5/0.005).

    >>> batch = RankedBatch(
    ...     offsets=np.array([0, 1]), buckets=np.array([0], np.int16), groups=("a", "b"),
    ...     membership=np.array([[1, 0, 0.0]]))
    >>> divergence = CalibratedDivergence(by="x", target="uniform")
    >>> round(float(divergence.reduce(batch)[0, 0]), 4)
    1.9585
    """

    better: ClassVar[Better] = Better.LOWER
    bounds: ClassVar[tuple[float, float]] = (0.0, np.inf)
    discount: str = "none"
    alpha: float = 0.01

    def __post_init__(self) -> None:
        super().__post_init__()
        if not 0 < self.alpha < 1:
            raise UsageError(
                f"CalibratedDivergence mixes alpha = {self.alpha!r} of the target in; use a number "
                f"between 0 and 1."
            )

    def reduce(self, batch: RankedBatch) -> Floats:
        """Return R x 1 divergences; NaN for a request without a target or a known item."""
        sums = pooled(batch, self.discount, self.at, self.target, self.start)
        got, wanted = np.split(np.nan_to_num(sums), 2, axis=1)
        total = got.sum(axis=1, keepdims=True)
        q, p = ratio(got, total), ratio(wanted, total)
        mixed = (1 - self.alpha) * q + self.alpha * p
        logs = np.log(np.divide(p, mixed, out=np.ones_like(p), where=p > 0))
        value: Floats = np.maximum((p * logs).sum(axis=1), 0.0)
        value[np.isnan(sums).any(axis=1)] = np.nan
        return value[:, None]
