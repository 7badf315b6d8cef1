"""Scans: what one pass over a log counts, for every measure that shares the pass."""

from __future__ import annotations

from dataclasses import dataclass

from fairview.measure.components import Bins, Component
from fairview.measure.estimate import SamplingUnit
from fairview.measure.slices import parts_of

BINNED_BUCKETS = 64
"""How many buckets the cells of binned scores have: many bins in many buckets fill the memory."""
CLUSTER_COLUMN = {
    SamplingUnit.PERSON: "cluster_id",
    SamplingUnit.REQUEST: "request_id",
    SamplingUnit.ITEM: "item_id",
    SamplingUnit.CENSUS: "item_id",
}
"""The column whose values are drawn again, by sampling unit; independent rows have none."""

BOTH_COLUMNS = ("cluster_id", "item_id")
"""The columns of which both are drawn again where the sampling unit is ``both``."""

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
    bins
        Where given, every component is counted apart in each bin, in 64 buckets at most.
    """

    by: str
    unit: SamplingUnit
    components: tuple[Component, ...]
    scattered: bool = False
    bins: Bins | None = None

    @property
    def parts(self) -> tuple[str, ...]:
        """The attributes that are sliced by; none for all rows at once."""
        return parts_of(self.by)

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the components of its cells, bin after bin where it has bins."""
        if self.bins is None:
            return tuple(component.name for component in self.components)
        named = [self.bins.names(component.name) for component in self.components]
        return tuple(name for together in zip(*named, strict=True) for name in together)

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that the components read."""
        return tuple(dict.fromkeys(c for part in self.components for c in part.columns))
