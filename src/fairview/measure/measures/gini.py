"""Gini: how unequally exposure is spread over items or providers, without any groups."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from fairview.measure.measure import Floats, ratio
from fairview.measure.received import ReceivedMeasure


@dataclass(frozen=True)
class Gini(ReceivedMeasure):
    r"""Gini coefficient of the exposure that entities received.

    .. math:: G = \frac{2 \sum_i i\, x_{(i)}}{n \sum_i x_i} - \frac{n + 1}{n}

    with x sorted ascending and i from 1.
    Range [0, 1): 0 where all received the same. Where the log names its entities, those that
    were never shown count with an exposure of 0. Source: Lazovich et al., "Measuring
    disparate outcomes of content recommendation algorithms", 2022.

    Parameters
    ----------
    of
        The column that names the entity: ``item_id``, or a provider's column.
    discount
        Exposure of rank r: ``log2``: 1/log2(1+r), ``trec``: 1/log2(max(r, 2)), ``none``: 1.

    Examples
    --------
    One of four received everything: G = 3/4.

    >>> float(Gini().figure(np.array([0.0, 0.0, 0.0, 8.0])))
    0.75
    """

    def figure(self, received: Floats) -> Floats:
        """Return the coefficient of ... x E totals; NaN where nothing was received."""
        n = received.shape[-1]
        ordered = np.sort(received, axis=-1)
        total = ordered.sum(axis=-1)
        weighted = (ordered * np.arange(1, n + 1)).sum(axis=-1)
        coefficient: Floats = ratio(2 * weighted, n * total) - (n + 1) / n
        return coefficient
