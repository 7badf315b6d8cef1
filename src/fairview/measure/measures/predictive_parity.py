"""PredictiveParity: whether a selection means the same for all groups."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from fairview.measure.comparisons import ParityMeasure
from fairview.measure.measure import Better, CellsMeasure
from fairview.measure.measures.ppv import PPV


@dataclass(frozen=True)
class PredictiveParity(ParityMeasure):
    r"""Worst difference (or ratio) of positive predictive values between any two groups.

    .. math:: \max_g PPV_g - \min_g PPV_g

    or, of the kind ``ratio``, the smallest over the largest. Range [0, 1]: 0 for a
    difference and 1 for a ratio where groups are alike. The interval is what simultaneous intervals
    of all pairs allow, so it holds 0 (or 1) where nothing is shown to differ. Groups of unknown
    membership and withheld ones aren't compared; the note counts those. Source: Chouldechova,
    "Fair Prediction with Disparate Impact", Big Data 2017.

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
    >>> [str(measure) for measure in PredictiveParity(by="sex").compared()]
    ["PPV(by='sex')"]
    """

    better: ClassVar[Better] = Better.NEITHER
    bounds: ClassVar[tuple[float, float]] = (0.0, 1.0)

    def compared(self) -> tuple[CellsMeasure, ...]:
        """Return the rates that are compared."""
        given = self.rate_parameters
        return (PPV(**given),)
