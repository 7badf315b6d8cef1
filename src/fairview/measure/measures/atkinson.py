"""Atkinson: how unequally exposure is spread, with a stated dislike of what is at the bottom."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from fairview.core.errors import UsageError
from fairview.measure.measure import Floats, ratio
from fairview.measure.received import ReceivedMeasure


@dataclass(frozen=True)
class Atkinson(ReceivedMeasure):
    r"""Atkinson index of the exposure that entities received.

    .. math:: A_\epsilon = 1 - \frac{1}{\mu} \left( \frac{1}{n} \sum_i x_i^{1 - \epsilon}
              \right)^{1 / (1 - \epsilon)}, \quad A_1 = 1 - \frac{1}{\mu} \prod_i x_i^{1/n}

    with mean mu: the part of all exposure that could be given away if the rest were spread evenly,
    without loss to who dislikes inequality by epsilon. Where the log names its entities, those
    that were never shown count with an exposure of 0; from epsilon = 1 a single one of them makes
    it 1. Range [0, 1]: 0 where all received the same. Sources: Atkinson, "On the measurement of
    inequality", 1970; Lazovich et al., 2022.

    Parameters
    ----------
    of
        The column that names the entity: ``item_id``, or a provider's column.
    discount
        Exposure of rank r: ``log2``: 1/log2(1+r), ``trec``: 1/log2(max(r, 2)), ``none``: 1.
    epsilon
        The dislike of inequality, above 0.

    Examples
    --------
    One of four received everything: the mean root is 1, its square 1, against a mean of 4.

    >>> float(Atkinson().figure(np.array([0.0, 0.0, 0.0, 16.0])))
    0.75
    """

    epsilon: float = 0.5

    def __post_init__(self) -> None:
        super().__post_init__()
        if not self.epsilon > 0:
            raise UsageError(f"Atkinson dislikes inequality by {self.epsilon!r}; use more than 0.")

    def figure(self, received: Floats) -> Floats:
        """Return the index of ... x E totals; NaN where nothing was received."""
        share = ratio(received, received.mean(axis=-1, keepdims=True))
        with np.errstate(divide="ignore"):
            if self.epsilon == 1:
                level = np.exp(np.log(share).mean(axis=-1))
            else:
                power = 1 - self.epsilon
                level = (share**power).mean(axis=-1) ** (1 / power)
        return np.asarray(np.clip(1 - level, 0.0, 1.0))
