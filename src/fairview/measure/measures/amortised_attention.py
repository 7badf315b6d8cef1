"""AmortisedAttention: whether attention evens out, over many rankings, to what items deserve."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from fairview.measure.discounts import check_discount
from fairview.measure.measure import Better, EntityMeasure, Floats
from fairview.measure.received import exposure


@dataclass(frozen=True)
class AmortisedAttention(EntityMeasure):
    r"""Attention that entities got in excess or in want of their relevance, over all rankings.

    .. math:: \sum_i |A_i - R_i|, \quad A_i = \sum_q \frac{v(r_{qi})}{\sum_j v(r_{qj})},
              \quad R_i = \sum_q \frac{rel_{qi}}{\sum_j rel_{qj}}

    Attention and relevance sum to 1 in each ranking, so one ranking adds 2 at most, and an unfair
    order may be made good by the next. It grows with the number of rankings: divide it by them to
    compare logs. A ranking in which nothing is relevant has no such relevance, which is an error:
    leave it out. Range [0, inf), 0 where each entity got what it deserves. Source: Biega, Gummadi
    and Weikum, "Equity of attention", SIGIR 2018.

    Parameters
    ----------
    of
        The column that names the entity: ``item_id``, a provider's column, or a group's.
    relevance
        The column of relevances, at least 0.
    discount
        Attention of rank r: ``log2``: 1/log2(1+r), ``trec``: 1/log2(max(r, 2)), ``none``: 1.

    Examples
    --------
    Two of equal relevance: one got 0.6 of the attention in each of two rankings, or took turns.

    >>> float(AmortisedAttention().figure(np.array([0.1 + 0.1, -0.1 - 0.1])))
    0.4
    >>> float(AmortisedAttention().figure(np.array([0.1 - 0.1, -0.1 + 0.1])))
    0.0
    """

    better: ClassVar[Better] = Better.LOWER
    bounds: ClassVar[tuple[float, float]] = (0.0, np.inf)
    signed: ClassVar[bool] = True
    of: str = "item_id"
    relevance: str = "relevance"
    discount: str = "log2"

    def __post_init__(self) -> None:
        super().__post_init__()
        check_discount(self.discount)

    @property
    def columns(self) -> tuple[str, ...]:
        """The entity's column, the relevance, and what places a row in its ranking."""
        return (self.of, self.relevance, "request_id", "position")

    @property
    def entity(self) -> str:
        """The column that names the entity."""
        return self.of

    def value(self, rows: Any) -> Any:
        """Return a row's part of its ranking's attention less its part of the relevance."""
        import ibis

        whole = ibis.window(group_by=rows.request_id)
        worth = rows[self.relevance].cast("float64")
        worth = ibis.ifelse(worth >= 0, worth, ibis.null("float64"))
        lacking = worth.isnull().cast("int64").sum().over(whole) > 0
        given = exposure(rows, self.discount)
        total = worth.sum().over(whole)
        deserved = ibis.ifelse(lacking | (total <= 0), ibis.null("float64"), worth / total)
        return given / given.sum().over(whole) - deserved

    def figure(self, received: Floats) -> Floats:
        """Return the sum of absolute differences of ... x E totals."""
        return np.asarray(np.abs(received).sum(axis=-1))
