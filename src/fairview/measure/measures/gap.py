"""Gap: how far slices are from a reference, or from each other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from fairview.measure.comparisons import Contrast, ContrastMeasure
from fairview.measure.measure import Better


@dataclass(frozen=True)
class Gap(ContrastMeasure):
    r"""Difference of a measure between slices.

    .. math:: M_g - M_{ref} \quad \text{or} \quad \max_g M_g - \min_g M_g

    Range: differences of the measure's own; 0 where slices are alike. Against a reference there is
    a figure for every other slice, and their intervals hold together (max-T). Between extremes
    there is one, with what simultaneous intervals of all pairs allow; slices of unknown membership
    and withheld ones aren't compared, and the note counts the latter. Source: the differences of
    Hardt, Price and Srebro, NeurIPS 2016; for the intervals, Westfall and Young, 1993.

    Parameters
    ----------
    of
        The measure that is compared, by its identity: ``TPR(by='sex')``, or a ranking measure with
        `requests_by`.
    to
        What slices are compared with: ``overall``, a slice's label, or ``extremes``.

    Examples
    --------
    >>> str(Gap(of="TPR(by='sex')", to="overall"))
    'Gap(of="TPR(by=\'sex\')", to=\'overall\')'
    """

    better: ClassVar[Better] = Better.NEAR_ZERO

    @property
    def contrast(self) -> Contrast:
        """How figures are compared."""
        return Contrast.DIFFERENCE
