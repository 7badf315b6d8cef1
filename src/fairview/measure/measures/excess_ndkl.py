"""ExcessNDKL: NDKL above what chance alone shows on lists drawn from the target."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from fairview.measure.batches import RankedBatch
from fairview.measure.measure import Better, Floats
from fairview.measure.measures.ndkl import NDKL
from fairview.measure.prefixes import chance_divergences, prefix_divergences


@dataclass(frozen=True)
class ExcessNDKL(NDKL):
    r"""NDKL minus the NDKL that draws from the target would show on average, per request.

    .. math:: \frac{1}{Z} \sum_{i=1}^{k}
              \frac{KL(D_{\pi^i} \| p^*) - E[KL(D_i \| p^*)]}{\log_2(i + 1)}

    with D_i the shares of i independent draws from the target: the exact expectation, which
    (K-1)/2i approximates for long prefixes alone. `NDKL` of a fair order is above 0; this is 0 on
    average where groups stand in the order that chance would give them, below 0 where an order is
    balanced on purpose, and above 0 where groups are pushed down. Requests are excluded as there.
    Range (-inf, inf). Source of the bias: Miller, "Note on the bias of information estimates",
    1955; of NDKL: Geyik et al., KDD 2019.

    Parameters
    ----------
    by
        The attribute.
    target
        Name of the target: ``qualified``, ``uniform``, or one of the log's own.
    smoothing
        alpha, at least 0, added to the count of every group with a target above 0; chance is
        taken without it.
    at
        k, at least 1.

    Examples
    --------
    The list a, b. The prefixes show ln 2 and 0; chance shows ln 2 and, on average, ln(2)/2.

    >>> batch = RankedBatch(
    ...     offsets=np.array([0, 2]), buckets=np.array([0], np.int16), groups=("a", "b"),
    ...     membership=np.array([[1, 0, 0], [0, 1, 0.0]]))
    >>> round(float(ExcessNDKL(by="x", target="uniform").reduce(batch)[0, 0]), 4)
    -0.1341
    """

    better: ClassVar[Better] = Better.NEAR_ZERO
    bounds: ClassVar[tuple[float, float]] = (-np.inf, np.inf)

    def divergence(self, batch: RankedBatch) -> Floats:
        """Return each prefix's divergence above chance (n); NaN where it holds nothing known."""
        shown = prefix_divergences(batch, self.target, self.smoothing)
        return shown - chance_divergences(batch, self.target)
