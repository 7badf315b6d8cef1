"""What measures of calibration share: how far the mean score is from what happened, bin by bin."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from scipy import stats

from fairview.core.errors import UsageError
from fairview.measure.cells import Cells
from fairview.measure.components import Component, Distance
from fairview.measure.estimate import OVERALL
from fairview.measure.measure import Better, Floats, ratio
from fairview.measure.scores import ScoreMeasure

NULL = "null"
"""The figure that a perfectly calibrated score of this sample would be expected to have."""


@dataclass(frozen=True)
class CalibrationMeasure(ScoreMeasure):
    """A mean over bins of the distance between the score and the truth.

    Parameters
    ----------
    groups
        How many bins of the score the distance is taken in.
    """

    abstract: ClassVar[bool] = True
    better: ClassVar[Better] = Better.LOWER
    binned: ClassVar[bool] = False
    own_method: ClassVar[str] = "region of all bins together, chi-squared"
    disjoint: ClassVar[bool] = True

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.positive is not None or self.low < 0 or self.high > 1:
            raise UsageError(
                f"{type(self).__name__} compares probabilities in [0, 1] with zeros and ones; it "
                f"takes no text, nor other scores."
            )

    def components(self) -> tuple[Component, ...]:
        """Return score minus truth, and the variance that the score itself implies."""
        return tuple(
            Distance(self.y_true, self.y_score, kind, probability=True)
            for kind in ("signed", "chance")
        )

    def figure_names(self, components: tuple[str, ...]) -> tuple[str, ...]:
        """Return the error, and what it would be expected to be for a calibrated score."""
        return (OVERALL, NULL)

    def counted(self, figure: str, components: tuple[str, ...]) -> tuple[str, ...]:
        """Return the first component of each bin: every row stands there once."""
        return components[::2]

    @abstractmethod
    def bin_of(self, counts: Floats) -> Floats:
        """Return which bin (... x number) each fine bin of these counts belongs to, from 0."""

    @property
    @abstractmethod
    def coarse(self) -> int:
        """How many bins there are."""

    def gathered(self, values: Floats, home: Floats) -> Floats:
        """Return the sums (... x coarse) of fine bins by the bin that they belong to."""
        if values.shape[-1] == self.coarse:
            return values
        return np.stack(
            [np.where(home == b, values, 0.0).sum(axis=-1) for b in range(self.coarse)], axis=-1
        )

    def figures(self, totals: Floats, counts: Floats) -> Floats:
        """Return the error and its null (... x 2) of sums and counts per fine bin."""
        n = counts[..., ::2]
        home = self.bin_of(n)
        everything = n.sum(axis=-1, keepdims=True)
        off = np.abs(self.gathered(totals[..., ::2], home)).sum(axis=-1, keepdims=True)
        variance = np.maximum(self.gathered(totals[..., 1::2], home), 0.0)
        null = np.sqrt(2 / np.pi * variance).sum(axis=-1, keepdims=True)
        return np.concatenate([ratio(off, everything), ratio(null, everything)], axis=-1)

    def own_interval(self, figure: str, cells: Cells, level: float) -> tuple[float, float] | None:
        r"""Return error plus and minus the farthest that a region of all bins' distances allows.

        With distances d of covariance S and weights w, the error changes by at most
        :math:`\sqrt{\chi^2_{B,level} \sum_{bc} w_b w_c |S_{bc}|}` within the ellipsoid that holds
        the true distances at the level. So it covers at least at the level, a calibrated score
        included, where the error itself is never 0. The null is known from the scores alone.
        """
        pooled = cells.pooled()
        n, totals = pooled.count[0, 0, ::2], pooled.totals[0, 0]
        home, everything = self.bin_of(n), n.sum()
        if not everything:
            return None
        value, null = (float(each) for each in self.figures(totals, pooled.count[0, 0]))
        if figure == NULL:
            return null, null
        if cells.independent:
            size = self.gathered(n, home)
            mean = ratio(self.gathered(totals[::2], home), size)
            fine = pooled.mean[0, 0, ::2]
            square = self.gathered(pooled.m2[0, 0, ::2] + n * fine**2, home)
            variance = np.maximum(square - size * np.nan_to_num(mean) ** 2, 0.0)
            least = self.gathered(totals[1::2], home)
            spread = np.diag(np.maximum(variance, least))
        else:
            each = self.gathered(cells.totals[:, 0, ::2], home)
            units = len(each)
            if units < 2:
                return None
            away = each - each.mean(axis=0)
            spread = np.abs(away.T @ away) * units / (units - 1)
        used = int((self.gathered(n, home) > 0).sum())
        reach = float(np.sqrt(stats.chi2.ppf(level, used) * spread.sum()) / everything)
        return max(value - reach, 0.0), min(value + reach, 1.0)
