"""PairwiseAccuracy: how often the better one of two shown items stands first, by its group."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from fairview.core.errors import UsageError
from fairview.measure.batches import RankedBatch
from fairview.measure.estimate import OVERALL
from fairview.measure.measure import Better, Floats, ratio
from fairview.measure.representation import TINY, BandMeasure


@dataclass(frozen=True)
class PairwiseAccuracy(BandMeasure):
    r"""Share of pairs within a list whose better item stands first, by the better item's group.

    .. math:: A_s = P(\pi(j) < \pi(j') \mid y_j > y_{j'},\ g_j = s)

    over pairs of items of the same request, pooled over requests; pairs of equal relevance aren't
    counted, and ``overall`` counts every pair once. Requests in which a relevance isn't known are
    excluded and counted. It says how a ranker treats a group only where relevance doesn't depend
    on the order that was shown: people click what stands first, so clicks need randomised pairs
    (`DTR` and others share the trouble). Range [0, 1], 1 is a perfect order and 0.5 a random one.
    Source: Beutel et al., "Fairness in recommendation ranking through pairwise comparisons", KDD
    2019.

    Parameters
    ----------
    by
        The attribute.
    relevance
        The column of relevances, at least 0.
    pairs
        ``all``; ``intra``: with another item of the same group; ``inter``: of another known group.
    at
        k, at least 1: only the first k items are paired.
    start
        The first rank that counts, 1 unless a band of ranks is looked at.

    Examples
    --------
    The list a (0), b (2), a (1): b stands below a worse a and above a worse a; the other a below.

    >>> batch = RankedBatch(
    ...     offsets=np.array([0, 3]), buckets=np.array([0], np.int16), groups=("a", "b"),
    ...     columns={"relevance": np.array([0.0, 2.0, 1.0])},
    ...     membership=np.array([[1, 0, 0], [0, 1, 0], [1, 0, 0.0]]))
    >>> accuracy = PairwiseAccuracy(by="x")
    >>> accuracy.figures(accuracy.reduce(batch)[0], np.ones(6)).round(4).tolist()
    [0.0, 0.5, 0.3333]
    """

    better: ClassVar[Better] = Better.HIGHER
    bounds: ClassVar[tuple[float, float]] = (0.0, 1.0)
    relevance: str = "relevance"
    pairs: str = "all"

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.pairs not in ("all", "intra", "inter"):
            raise UsageError(
                f"PairwiseAccuracy has no pairs {self.pairs!r}; use all, intra or inter."
            )

    @property
    def columns(self) -> tuple[str, ...]:
        """The column of relevances."""
        return (self.relevance,)

    def components(self, groups: tuple[str, ...]) -> tuple[str, ...]:
        """Return each group's pairs in order and those of all, then all of each group's pairs."""
        names = (*groups, OVERALL)
        return (*names, *(f"pairs {name}" for name in names))

    def reduce(self, batch: RankedBatch) -> Floats:
        """Return R x 2(K+1) counts of pairs; NaN where a relevance isn't known."""
        grade = batch.numbers(self.relevance)
        inside = batch.attention("none", self.at, self.start) > 0
        right = np.zeros((len(grade), len(batch.groups) + 1))
        every = np.zeros_like(right)
        for apart in range(1, int(np.diff(batch.offsets).max(initial=0))):
            upper = np.flatnonzero(batch.request_of[apart:] == batch.request_of[:-apart])
            upper = upper[inside[upper] & inside[upper + apart]]
            upper = upper[grade[upper] != grade[upper + apart]]
            first = grade[upper] > grade[upper + apart]
            better = np.where(first, upper, upper + apart)
            worse = np.where(first, upper + apart, upper)
            weight = self._weights(batch, better, worse)
            np.add.at(every, better, weight)
            np.add.at(right, better[first], weight[first])
        counts = batch.sum_by_request(np.concatenate([right, every], axis=1))
        counts[batch.sum_by_request(np.isnan(grade) & inside) > 0] = np.nan
        return counts

    def figure_names(self, components: tuple[str, ...]) -> tuple[str, ...]:
        """Return the groups, then ``overall``."""
        return components[: len(components) // 2]

    def counted(self, figure: str, components: tuple[str, ...]) -> tuple[str, ...]:
        """Return no component: requests are counted, not pairs."""
        return ()

    def figures(self, totals: Floats, counts: Floats) -> Floats:
        """Return each group's share of pairs in order, then that of all (... x K+1)."""
        right, every = np.split(np.where(totals > TINY, totals, 0.0), 2, axis=-1)
        return ratio(right, every)

    def _weights(self, batch: RankedBatch, better: Floats, worse: Floats) -> Floats:
        """Return m x (K+1): how much each pair counts for the better item's groups, and for all."""
        own, other = batch.membership[better, :-1], batch.membership[worse, :-1]
        if self.pairs == "all":
            return np.concatenate([own, np.ones((len(own), 1))], axis=1)
        if self.pairs == "intra":
            each = own * other
        else:
            each = own * (other.sum(axis=1, keepdims=True) - other)
        return np.concatenate([each, each.sum(axis=1, keepdims=True)], axis=1)
