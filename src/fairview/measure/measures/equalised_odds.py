"""EqualisedOdds: whether both error rates are the same for all groups."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from fairview.measure.comparisons import ParityMeasure
from fairview.measure.measure import Better, CellsMeasure
from fairview.measure.measures.fpr import FPR
from fairview.measure.measures.tpr import TPR


@dataclass(frozen=True)
class EqualisedOdds(ParityMeasure):
    r"""Worst difference (or ratio) between any two groups, of true or of false positive rates.

    .. math:: \max\left(\max_g TPR_g - \min_g TPR_g,\; \max_g FPR_g - \min_g FPR_g\right)

    or, of the kind ``ratio``, the smallest over the largest (the smaller of both ratios). Range
    [0, 1]: 0 for a difference and 1 for a ratio where groups are alike. The interval is what
    simultaneous intervals of all pairs and of both rates (Bonferroni) allow, so it holds 0 (or 1)
    where nothing is shown to differ. Groups of unknown membership and withheld ones aren't
    compared; the note counts those. Source: Hardt, Price and Srebro, "Equality of Opportunity in
    Supervised Learning", NeurIPS 2016.

    Parameters
    ----------
    by
        What is sliced by: an attribute, a column, or an intersection such as ``sex*race``.
    kind
        ``difference`` (largest minus smallest) or ``ratio`` (smallest over largest).
    y_true, y_pred, threshold, positive
        As in `TPR`.

    Examples
    --------
    >>> [str(measure) for measure in EqualisedOdds(by="sex").compared()]
    ["TPR(by='sex')", "FPR(by='sex')"]
    """

    better: ClassVar[Better] = Better.NEITHER
    bounds: ClassVar[tuple[float, float]] = (0.0, 1.0)

    def compared(self) -> tuple[CellsMeasure, ...]:
        """Return the rates that are compared."""
        given = self.rate_parameters
        return (
            TPR(**given),
            FPR(**given),
        )
