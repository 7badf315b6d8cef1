"""ShareKL: how far the shown mix is from the target, without what chance alone adds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from fairview.measure.batches import RankedBatch
from fairview.measure.estimate import OVERALL
from fairview.measure.measure import Better, Floats
from fairview.measure.representation import (
    BandMeasure,
    TargetMeasure,
    pooled,
    pooled_names,
    pooled_shares,
)


@dataclass(frozen=True)
class ShareKL(BandMeasure, TargetMeasure):
    r"""Kullback-Leibler divergence of the shown mix from the target, pooled, less its bias.

    .. math:: \sum_g s_g \ln \frac{s_g}{p^*_g} - \frac{K - 1}{2n}

    s is each group's share of the n first items of a known group over all requests, and K the
    number of groups with a target above 0. The figure ``plug-in`` is the sum alone, ``chance`` is
    what n independent draws from the target would show of it on average (Miller 1955): with 10
    groups and 50 draws about 0.09. Where items come in clusters chance shows more than that. A
    group that is shown against a target of 0 makes it undefined. Range (-inf, inf), 0 on target.

    Parameters
    ----------
    by
        The attribute.
    target
        Name of the target: ``qualified``, ``uniform``, or one of the log's own.
    at
        k, at least 1.
    start
        The first rank that counts, 1 unless a band of ranks is looked at.

    Examples
    --------
    Three of a and one of b, where half is on target: 0.75 ln 1.5 + 0.25 ln 0.5, less 1/8.

    >>> ShareKL(by="x").figures(np.array([3.0, 1, 2, 2]), np.ones(4)).round(4).tolist()
    [0.0058, 0.1308, 0.125]
    """

    better: ClassVar[Better] = Better.NEAR_ZERO

    def components(self, groups: tuple[str, ...]) -> tuple[str, ...]:
        """Return each group's count, and its count on target."""
        return pooled_names(groups)

    def reduce(self, batch: RankedBatch) -> Floats:
        """Return R x 2K counts; NaN for a request without a target or a known item."""
        return pooled(batch, "none", self.at, self.target, self.start)

    def figure_names(self, components: tuple[str, ...]) -> tuple[str, ...]:
        """Return ``overall``, ``plug-in`` and ``chance``."""
        return (OVERALL, "plug-in", "chance")

    def counted(self, figure: str, components: tuple[str, ...]) -> tuple[str, ...]:
        """Return no component: requests are counted once, not once per group."""
        return ()

    def figures(self, totals: Floats, counts: Floats) -> Floats:
        """Return the divergence without bias, with it, and the bias (... x 3)."""
        share, target = pooled_shares(totals)
        possible = (share == 0) | (target > 0)
        quotient = np.divide(share, target, out=np.ones_like(share), where=(share > 0) & possible)
        found = (share * np.log(quotient)).sum(axis=-1)
        found = np.where(possible.all(axis=-1), found, np.nan)
        n = totals[..., : totals.shape[-1] // 2].sum(axis=-1)
        groups = (target > 0).sum(axis=-1)
        chance = np.divide(groups - 1, 2 * n, out=np.full_like(found, np.nan), where=n > 0)
        return np.stack([found - chance, found, chance], axis=-1)
