"""Ratio: slices over a reference, or the smallest over the largest."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from fairview.core.errors import UsageError
from fairview.measure.comparisons import Contrast, ContrastMeasure
from fairview.measure.measure import Better


@dataclass(frozen=True)
class Ratio(ContrastMeasure):
    r"""Ratio of a measure between slices.

    .. math:: \frac{M_g}{M_{ref}} \quad \text{or} \quad \frac{\min_g M_g}{\max_g M_g}

    Range [0, inf) against a reference, [0, 1] between extremes; 1 where slices are alike. The
    measure must not be negative. Intervals as in `Gap`. Source: the four-fifths rule of the Uniform
    Guidelines on Employee Selection Procedures, 1978, asks for a ratio of selection rates of 0.8.

    Parameters
    ----------
    of
        The measure that is compared, by its identity: ``TPR(by='sex')``, or a ranking measure with
        `requests_by`.
    to
        What slices are compared with: ``overall``, a slice's label, or ``extremes``.

    Examples
    --------
    >>> Ratio(of="SelectionRate(by='sex')").reference
    'extremes'
    """

    better: ClassVar[Better] = Better.NEAR_ONE
    bounds: ClassVar[tuple[float, float]] = (0.0, float("inf"))

    def __post_init__(self) -> None:
        super().__post_init__()
        [inner] = self.compared()
        if inner.bounds[0] < 0:
            raise UsageError(f"Ratio compares figures that can't be negative, and {inner} can be.")

    @property
    def contrast(self) -> Contrast:
        """How figures are compared."""
        return Contrast.RATIO
