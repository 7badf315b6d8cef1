"""DTR: whether attention is in proportion to what items are worth, group against group."""

from __future__ import annotations

from dataclasses import dataclass

from fairview.measure.batches import RankedBatch
from fairview.measure.disparate import DisparateMeasure
from fairview.measure.measure import Floats


@dataclass(frozen=True)
class DTR(DisparateMeasure):
    r"""Disparate treatment ratio: exposure per utility of a group over that of a reference.

    .. math:: DTR_g = \frac{E(g) / U(g)}{E(ref) / U(ref)}

    E and U are the group's mean exposure and mean utility over all ranked items, pooled over
    requests, so the groups' sizes cancel. Requests in which a utility isn't known are excluded and
    counted; undefined where a group's utility, or the reference's exposure or utility, is 0. Range
    [0, inf): 1 where attention is in proportion to merit, below 1 where the group gets less than
    its merit. Source: Singh and Joachims, "Fairness of Exposure in Rankings", KDD 2018.

    Parameters
    ----------
    by
        The attribute.
    relevance
        The column of utilities, at least 0.
    to
        The reference: a group, or ``rest`` for all the others together.
    discount
        ``log2``: 1/log2(1+r), ``trec``: 1/log2(max(r, 2)), ``none``: 1.
    at
        k, at least 1: items below it get no exposure, and count with their utility.
    start
        The first rank that counts, 1 unless a band of ranks is looked at.

    Examples
    --------
    Items of equal worth, a at rank 1 and b at rank 3: exposure 1 and 1/2 for the same utility.

    >>> import numpy as np
    >>> batch = RankedBatch(
    ...     offsets=np.array([0, 3]), buckets=np.array([0], np.int16), groups=("a", "b"),
    ...     columns={"relevance": np.ones(3)},
    ...     membership=np.array([[1, 0, 0], [0, 0, 1], [0, 1, 0.0]]))
    >>> dtr = DTR(by="x")
    >>> dtr.figures(dtr.reduce(batch)[0], np.ones(8)).tolist()
    [2.0, 0.5]
    """

    discount: str = "log2"

    @property
    def columns(self) -> tuple[str, ...]:
        """The column of utilities."""
        return (self.relevance,)

    def given(self, batch: RankedBatch) -> Floats:
        """Return the attention of each row's rank."""
        return batch.attention(self.discount, self.at, self.start)
