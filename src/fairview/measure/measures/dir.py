"""DIR: whether clicks are in proportion to what items are worth, group against group."""

from __future__ import annotations

from dataclasses import dataclass

from fairview.measure.batches import RankedBatch
from fairview.measure.disparate import DisparateMeasure
from fairview.measure.measure import Floats


@dataclass(frozen=True)
class DIR(DisparateMeasure):
    r"""Disparate impact ratio: clicks per utility of a group over that of a reference.

    .. math:: DIR_g = \frac{CTR(g) / U(g)}{CTR(ref) / U(ref)}

    CTR and U are the group's mean clicks and mean utility over all ranked items, pooled over
    requests. The source expects clicks of :math:`v(r)\, u`; where `click` is empty that is what is
    taken, and otherwise what people did. Requests in which a value isn't known are excluded and
    counted; undefined where a group's utility, or the reference's clicks or utility, is 0. Range
    [0, inf): 1 where clicks are in proportion to merit. Source: Singh and Joachims, KDD 2018.

    Parameters
    ----------
    by
        The attribute.
    relevance
        The column of utilities, at least 0.
    to
        The reference: a group, or ``rest`` for all the others together.
    click
        The column of clicks, 0 or 1 or their number; empty for the expected ones.
    discount
        Of the expected clicks; ``none``, ``log2``: 1/log2(1+r), or ``trec``: 1/log2(max(r, 2)).
    at
        k, at least 1: clicks below it don't count.
    start
        The first rank that counts, 1 unless a band of ranks is looked at.

    Examples
    --------
    One item of each group, worth 1 and 2, clicked once each: a gets twice as much per worth.

    >>> import numpy as np
    >>> batch = RankedBatch(
    ...     offsets=np.array([0, 2]), buckets=np.array([0], np.int16), groups=("a", "b"),
    ...     columns={"relevance": np.array([1.0, 2.0]), "click": np.array([1, 1])},
    ...     membership=np.array([[1, 0, 0], [0, 1, 0.0]]))
    >>> impact = DIR(by="x")
    >>> impact.figures(impact.reduce(batch)[0], np.ones(8)).tolist()
    [2.0, 0.5]
    """

    click: str = "click"
    discount: str = "log2"

    @property
    def columns(self) -> tuple[str, ...]:
        """The column of utilities, and that of clicks."""
        return (self.relevance, self.click) if self.click else (self.relevance,)

    def given(self, batch: RankedBatch) -> Floats:
        """Return the clicks of each row within the ranks that count."""
        if self.click:
            inside = batch.attention("none", self.at, self.start)
            return inside * batch.numbers(self.click)
        return batch.attention(self.discount, self.at, self.start) * batch.numbers(self.relevance)
