"""TopShare: how much of all exposure the most exposed part of the entities received."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from fairview.core.errors import UsageError
from fairview.measure.measure import Floats, ratio
from fairview.measure.received import ReceivedMeasure


@dataclass(frozen=True)
class TopShare(ReceivedMeasure):
    r"""Share of the exposure that the most exposed entities received.

    .. math:: T_p = \frac{\sum_{i \le pn} x_{(i)}}{\sum_i x_i}

    with x sorted descending; where pn isn't whole, the entity at the edge counts in part. Where the
    log names its entities, those that were never shown count with an exposure of 0. Range [p, 1]:
    p where all received the same. Source: Lazovich et al., "Measuring disparate outcomes of
    content recommendation algorithms with distributional inequality metrics", 2022, who rate it
    best of those that they compare.

    Parameters
    ----------
    of
        The column that names the entity: ``item_id``, or a provider's column.
    discount
        Exposure of rank r: ``log2``: 1/log2(1+r), ``trec``: 1/log2(max(r, 2)), ``none``: 1.
    part
        p, above 0 and below 1.

    Examples
    --------
    The first quarter of 8 entities, two of them, received 6 of 12.

    >>> float(TopShare(part=0.25).figure(np.array([1.0, 1, 1, 1, 1, 1, 2, 4])))
    0.5
    """

    part: float = 0.1

    def __post_init__(self) -> None:
        super().__post_init__()
        if not 0 < self.part < 1:
            raise UsageError(f"TopShare is of a part between 0 and 1, not of {self.part!r}.")

    def figure(self, received: Floats) -> Floats:
        """Return the share of ... x E totals; NaN where nothing was received."""
        ordered = -np.sort(-received, axis=-1)
        counted = np.clip(self.part * received.shape[-1] - np.arange(received.shape[-1]), 0, 1)
        return ratio((ordered * counted).sum(axis=-1), ordered.sum(axis=-1))
