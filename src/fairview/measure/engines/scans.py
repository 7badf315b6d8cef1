"""Scans: what one pass over a log counts, for every measure that shares the pass."""

from __future__ import annotations

from dataclasses import dataclass

from fairview.measure.components import Component
from fairview.measure.estimate import SamplingUnit
from fairview.measure.slices import parts_of

CLUSTER_COLUMN = {
    SamplingUnit.PERSON: "cluster_id",
    SamplingUnit.REQUEST: "request_id",
    SamplingUnit.ITEM: "item_id",
    SamplingUnit.CENSUS: "item_id",
}
"""The column whose values are drawn again, by sampling unit; independent rows have none."""

NUMBER = "fairview_row_number"
"""The column of row numbers that a scan of scattered independent rows reads."""


@dataclass(frozen=True)
class GroupScan:
    """What one pass over the rows counts, for every measure that shares it.

    Parameters
    ----------
    by
        What is sliced by, as in `GroupCellsMeasure.by`.
    unit
        The sampling unit, which decides the buckets.
    components
        What is counted and averaged, each once.
    scattered
        Whether independent rows are spread over buckets by their number, because their weights
        differ or because a row is counted in several components.
    """

    by: str
    unit: SamplingUnit
    components: tuple[Component, ...]
    scattered: bool = False

    @property
    def parts(self) -> tuple[str, ...]:
        """The attributes that are sliced by; none for all rows at once."""
        return parts_of(self.by)

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that the components read."""
        return tuple(dict.fromkeys(c for part in self.components for c in part.columns))
