"""GroupShare: what the catalogue holds, by group."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from fairview.core.ranges import UNKNOWN
from fairview.measure.estimate import SamplingUnit
from fairview.measure.measure import Floats, GroupCellsMeasure, ratio


@dataclass(frozen=True)
class GroupShare(GroupCellsMeasure):
    r"""Share of the catalogue's items in each group: what there is to show.

    .. math:: S_g = \frac{\sum_i a_{ig}}{\sum_i (1 - u_i)}

    a is the (soft) membership of item i and u the probability that its group isn't known, so
    the groups' shares sum to one; the figure ``unknown`` is u's share of all items. Every item
    is counted, so there is no interval: a whole catalogue isn't a sample (see
    `SampledGroupShare`). Range [0, 1].

    Parameters
    ----------
    by
        The attribute, or a plain column of the items.

    Examples
    --------
    Three of a, one of b, four unknown.

    >>> GroupShare(by="x").figures(np.array([3.0, 1, 4]), np.array([3.0, 1, 4])).tolist()
    [0.75, 0.25, 0.5]
    """

    bounds: ClassVar[tuple[float, float]] = (0.0, 1.0)
    unit: ClassVar[SamplingUnit] = SamplingUnit.CENSUS

    def value(self, rows: Any) -> Any:
        """Return 1 for each item."""
        import ibis

        return ibis.literal(1.0)

    def figure_names(self, keys: tuple[str, ...]) -> tuple[str, ...]:
        """Return the groups, then ``unknown``."""
        return keys

    def counted(self, figure: str, keys: tuple[str, ...]) -> tuple[str, ...]:
        """Return what a share is a share of: the known groups, or everything."""
        return keys if figure == UNKNOWN else keys[:-1]

    def figures(self, totals: Floats, counts: Floats) -> Floats:
        """Return the groups' shares of known items, then the unknown's of all (... x K+1)."""
        known = ratio(totals[..., :-1], totals[..., :-1].sum(axis=-1, keepdims=True))
        unknown = ratio(totals[..., -1:], totals.sum(axis=-1, keepdims=True))
        return np.concatenate([known, unknown], axis=-1)
