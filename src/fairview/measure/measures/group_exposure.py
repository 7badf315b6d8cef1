"""GroupExposure: how much attention an item of each group gets on average."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from fairview.measure.batches import RankedBatch
from fairview.measure.measure import Floats, ratio
from fairview.measure.representation import BandMeasure


@dataclass(frozen=True)
class GroupExposure(BandMeasure):
    r"""Mean exposure of a group's ranked items, over all requests.

    .. math:: E(G) = \frac{\sum_q \sum_{r} v(r)\, a_{\pi_q(r) G}}{\sum_q \sum_{r} a_{\pi_q(r) G}}

    v is the discount, 0 outside the ranks that count, and a the (soft) membership; every ranked
    item counts below, whatever its rank. `ExposureShare` says who gets the attention, this says
    how much there is for one of them. Items of unknown membership have no figure. Range [0, 1].
    Source: Singh and Joachims, "Fairness of Exposure in Rankings", KDD 2018.

    Parameters
    ----------
    by
        The attribute.
    discount
        ``log2``: 1/log2(1+r), ``trec``: 1/log2(max(r, 2)), ``none``: 1.
    at
        k, at least 1.
    start
        The first rank that counts, 1 unless a band of ranks is looked at.

    Examples
    --------
    Ranks 1 to 3 are a, b, b: 1 against (0.6309 + 0.5) / 2.

    >>> batch = RankedBatch(
    ...     offsets=np.array([0, 3]), buckets=np.array([0], np.int16), groups=("a", "b"),
    ...     membership=np.array([[1, 0, 0], [0, 1, 0], [0, 1, 0.0]]))
    >>> exposure = GroupExposure(by="x")
    >>> exposure.figures(exposure.reduce(batch)[0], np.ones(4)).round(4).tolist()
    [1.0, 0.5655]
    """

    bounds: ClassVar[tuple[float, float]] = (0.0, 1.0)
    discount: str = "log2"

    def components(self, groups: tuple[str, ...]) -> tuple[str, ...]:
        """Return each group's exposure, and its items."""
        return (*groups, *(f"items {group}" for group in groups))

    def reduce(self, batch: RankedBatch) -> Floats:
        """Return R x 2K exposures and counts of items."""
        return exposures_and_items(batch, self.discount, self.at, self.start)

    def figure_names(self, components: tuple[str, ...]) -> tuple[str, ...]:
        """Return the groups."""
        return components[: len(components) // 2]

    def figures(self, totals: Floats, counts: Floats) -> Floats:
        """Return each group's mean exposure (... x K)."""
        exposure, items = np.split(totals, 2, axis=-1)
        return ratio(exposure, items)


def exposures_and_items(batch: RankedBatch, discount: str, at: int, start: int) -> Floats:
    """Return R x 2K: the attention that each group's items get, and how many there are."""

    def make() -> Floats:
        items = batch.sum_by_group(np.ones(len(batch.membership)))[:, :-1]
        given = batch.received(discount, at, start)[:, :-1]
        return np.concatenate([given, items], axis=1)

    return batch.once(("exposures and items", discount, at, start), make)
