"""SampledGroupShare: what a larger whole holds, by group, from a sample of its items."""

from __future__ import annotations

from dataclasses import dataclass, field

from fairview.measure.estimate import SamplingUnit
from fairview.measure.measures.group_share import GroupShare


@dataclass(frozen=True)
class SampledGroupShare(GroupShare):
    r"""Share of items in each group where the items are a random sample of something larger.

    .. math:: S_g = \frac{\sum_i a_{ig}}{\sum_i (1 - u_i)}

    as in `GroupShare`, with an interval about the whole that the items were drawn from: what a
    contributor or a generator tends to supply, for instance. Range [0, 1].

    Parameters
    ----------
    by
        The attribute, or a plain column of the items.

    Examples
    --------
    >>> SampledGroupShare(by="skin_tone").unit.value
    'item'
    """

    unit: SamplingUnit = field(default=SamplingUnit.ITEM, kw_only=True)
