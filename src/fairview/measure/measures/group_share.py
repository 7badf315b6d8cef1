"""GroupShare: what the catalogue holds, by group."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, ClassVar

import numpy as np

from fairview.core.ranges import UNKNOWN
from fairview.measure.estimate import SamplingUnit
from fairview.measure.measure import Figure, Floats, GroupCellsMeasure, ratio
from fairview.measure.slices import JOIN


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

    >>> counts = np.array([[3.0], [1.0], [4.0]])
    >>> slices = ("a", "b", "unknown")
    >>> GroupShare(by="x").sliced_figures(counts, counts, slices=slices).tolist()
    [0.75, 0.25, 0.5]
    """

    bounds: ClassVar[tuple[float, float]] = (0.0, 1.0)
    unit: SamplingUnit = field(default=SamplingUnit.CENSUS, kw_only=True)

    def value(self, rows: Any) -> Any:
        """Return 1 for each item."""
        import ibis

        return ibis.literal(1.0)

    def sliced(self, slices: tuple[str, ...], components: tuple[str, ...]) -> list[Figure]:
        """Return the groups, then ``unknown``; a share's n is what it is a share of."""
        everything = tuple(range(len(slices)))
        known = tuple(i for i in everything if not _is_unknown(slices[i]))
        return [
            Figure(label, everything if _is_unknown(label) else known, (0,)) for label in slices
        ]

    def sliced_figures(self, totals: Floats, counts: Floats, *, slices: tuple[str, ...]) -> Floats:
        """Return each group's share of known items, and the unknown's of all (... x s)."""
        got = totals[..., 0]
        unknown = np.array([_is_unknown(label) for label in slices])
        known = np.where(unknown, 0.0, got).sum(axis=-1, keepdims=True)
        return np.where(unknown, ratio(got, got.sum(axis=-1, keepdims=True)), ratio(got, known))


def _is_unknown(label: str) -> bool:
    return UNKNOWN in label.split(JOIN)
