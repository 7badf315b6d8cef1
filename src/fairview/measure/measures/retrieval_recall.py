"""RetrievalRecall: how many of the true neighbours an index finds, by group."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar

import numpy as np

from fairview.core.ranges import UNKNOWN
from fairview.measure.batches import RankedBatch
from fairview.measure.estimate import OVERALL, SamplingUnit
from fairview.measure.measure import Better, Floats, ratio
from fairview.measure.representation import AttributeMeasure


@dataclass(frozen=True)
class RetrievalRecall(AttributeMeasure):
    r"""Share of the exact search's first k items that the index found, by the items' group.

    .. math:: R_g@k = \frac{\sum_q \sum_{r \le k} f_{\pi_q(r)}\, a_{\pi_q(r) g}}
                           {\sum_q \sum_{r \le k} a_{\pi_q(r) g}}

    The log's rows are what an exact search found, in its order; f says whether the index returned
    the item too. The figure ``unknown`` is that of items whose group isn't known, ``overall`` that
    of all. Slice it by the selectivity of the filter with `requests_by` and a band of the log:
    an index that loses items under narrow filters loses them unequally. Requests in which f isn't
    known are excluded and counted. Range [0, 1], higher is better; a group that is found less is
    shown less, whatever a ranker does after.

    Parameters
    ----------
    by
        The attribute.
    found
        The column of f, 0 or 1.
    at
        k, at least 1.

    Examples
    --------
    Of three neighbours a, b, b the index found the first two.

    >>> batch = RankedBatch(
    ...     offsets=np.array([0, 3]), buckets=np.array([0], np.int16), groups=("a", "b"),
    ...     columns={"found": np.array([1, 1, 0])},
    ...     membership=np.array([[1, 0, 0], [0, 1, 0], [0, 1, 0.0]]))
    >>> recall = RetrievalRecall(by="x", at=10)
    >>> recall.figures(recall.reduce(batch)[0], np.ones(8)).round(4).tolist()
    [1.0, 0.5, nan, 0.6667]
    """

    better: ClassVar[Better] = Better.HIGHER
    bounds: ClassVar[tuple[float, float]] = (0.0, 1.0)
    found: str = "found"
    unit: SamplingUnit = field(default=SamplingUnit.REQUEST, kw_only=True)

    @property
    def columns(self) -> tuple[str, ...]:
        """The column of what was found."""
        return (self.found,)

    def components(self, groups: tuple[str, ...]) -> tuple[str, ...]:
        """Return what was found of each group, of ``unknown`` and of all, then what there was."""
        names = (*groups, UNKNOWN, OVERALL)
        return (*names, *(f"there {name}" for name in names))

    def reduce(self, batch: RankedBatch) -> Floats:
        """Return R x 2(K+2) counts; NaN where it isn't known what was found."""
        inside = batch.attention("none", self.at)
        found = batch.numbers(self.found)
        parts = []
        for weight in (inside * np.nan_to_num(found), inside):
            sums = batch.sum_by_group(weight)
            parts += [sums, sums.sum(axis=1, keepdims=True)]
        counts = np.concatenate(parts, axis=1)
        counts[batch.sum_by_request(np.isnan(found) & (inside > 0)) > 0] = np.nan
        return counts

    def figure_names(self, components: tuple[str, ...]) -> tuple[str, ...]:
        """Return the groups, ``unknown`` and ``overall``."""
        return components[: len(components) // 2]

    def counted(self, figure: str, components: tuple[str, ...]) -> tuple[str, ...]:
        """Return no component: requests are counted, not items."""
        return ()

    def figures(self, totals: Floats, counts: Floats) -> Floats:
        """Return each group's recall, that of ``unknown`` and that of all (... x K+2)."""
        found, there = np.split(totals, 2, axis=-1)
        return ratio(found, there)
