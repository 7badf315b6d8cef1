"""DemographicParity: whether all groups are selected equally often."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from fairview.measure.comparisons import ParityMeasure
from fairview.measure.measure import Better, CellsMeasure
from fairview.measure.measures.selection_rate import SelectionRate


@dataclass(frozen=True)
class DemographicParity(ParityMeasure):
    r"""Worst difference (or ratio) of selection rates between any two groups.

    .. math:: \max_g P(\hat y = 1 \mid g) - \min_g P(\hat y = 1 \mid g)

    or, of the kind ``ratio``, the smallest over the largest. Range [0, 1]: 0 for a
    difference and 1 for a ratio where groups are alike. The interval is what simultaneous intervals
    of all pairs allow, so it holds 0 (or 1) where nothing is shown to differ. Groups of unknown
    membership and withheld ones aren't compared; the note counts those. Source: Feldman et al.,
    "Certifying and Removing Disparate Impact", KDD 2015.

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
    >>> [str(measure) for measure in DemographicParity(by="sex").compared()]
    ["SelectionRate(by='sex')"]
    """

    better: ClassVar[Better] = Better.NEITHER
    bounds: ClassVar[tuple[float, float]] = (0.0, 1.0)

    def compared(self) -> tuple[CellsMeasure, ...]:
        """Return the rates that are compared."""
        given = self.rate_parameters
        return (SelectionRate(**given),)
