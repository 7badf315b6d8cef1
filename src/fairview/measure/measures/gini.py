"""Gini: how unequally exposure is spread over items or providers, without any groups."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from fairview.measure.measure import Better, EntityMeasure, Floats, ratio


@dataclass(frozen=True)
class Gini(EntityMeasure):
    r"""Gini coefficient of the exposure that entities received.

    .. math:: G = \frac{2 \sum_i i\, x_{(i)}}{n \sum_i x_i} - \frac{n + 1}{n}

    with x sorted ascending and i from 1; exposure of one row is :math:`1/\log_2(1 + rank)`.
    Range [0, 1): 0 where all received the same. Where the log names its entities, those that
    were never shown count with an exposure of 0. Source: Lazovich et al., "Measuring
    disparate outcomes of content recommendation algorithms", 2022.

    Parameters
    ----------
    of
        The column that names the entity: ``item_id``, or a provider's column.

    Examples
    --------
    One of four received everything: G = 3/4.

    >>> float(Gini().figure(np.array([0.0, 0.0, 0.0, 8.0])))
    0.75
    """

    better: ClassVar[Better] = Better.LOWER
    bounds: ClassVar[tuple[float, float]] = (0.0, 1.0)
    of: str = "item_id"

    @property
    def columns(self) -> tuple[str, ...]:
        """The entity's column and the position."""
        return (self.of, "position")

    @property
    def entity(self) -> str:
        """The column that names the entity."""
        return self.of

    def value(self, rows: Any) -> Any:
        """Return the exposure of a row's position."""
        return 1.0 / (1 + rows.position).log2()

    def figure(self, received: Floats) -> Floats:
        """Return the coefficient of ... x E totals; NaN where nothing was received."""
        n = received.shape[-1]
        ordered = np.sort(received, axis=-1)
        total = ordered.sum(axis=-1)
        weighted = (ordered * np.arange(1, n + 1)).sum(axis=-1)
        coefficient: Floats = ratio(2 * weighted, n * total) - (n + 1) / n
        return coefficient
