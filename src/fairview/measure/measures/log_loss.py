"""LogLoss: the surprise of probabilities, by group."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from fairview.measure.components import Component, Distance
from fairview.measure.measure import Better
from fairview.measure.regression import ProbabilityMeasure


@dataclass(frozen=True)
class LogLoss(ProbabilityMeasure):
    r"""Mean negative log of the probability given to what happened, for each group of `by`.

    .. math:: -\frac{1}{n_g} \sum_i y_i \ln p_i + (1 - y_i) \ln (1 - p_i)

    Range [0, inf), lower is better; ln 2 = 0.69 for always saying one half. Probabilities are kept
    `clip` away from 0 and 1, because a certainty that fails is infinitely bad. Rows without a
    truth or a probability are excluded and counted. Source: Good, "Rational Decisions", 1952.

    Parameters
    ----------
    by
        What is sliced by: an attribute, a column, or an intersection such as ``sex*race``.
    y_true
        The column of what is true: zeros and ones, or booleans.
    y_score
        The column of the probability that was predicted.
    clip
        How near 0 and 1 a probability may come; 1e-15.

    Examples
    --------
    Probabilities of 0.5 and 1 for two positives: ln 2 / 2.

    >>> import numpy as np
    >>> round(float(LogLoss(by="sex").figures(np.array([np.log(2)]), np.array([2.0]))[0]), 4)
    0.3466
    """

    better: ClassVar[Better] = Better.LOWER
    bounds: ClassVar[tuple[float, float]] = (0.0, float("inf"))
    kind: ClassVar[str] = "log"
    clip: float = 1e-15

    def components(self) -> tuple[Component, ...]:
        """Return the loss."""
        return (Distance(self.y_true, self.y_score, "log", probability=True, clip=self.clip),)
