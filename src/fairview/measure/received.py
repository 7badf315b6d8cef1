"""What measures of inequality share: the exposure that each item or provider received."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from fairview.measure.discounts import check_discount
from fairview.measure.measure import Better, EntityMeasure


@dataclass(frozen=True)
class ReceivedMeasure(EntityMeasure):
    """A measure of how exposure is spread over entities.

    Parameters
    ----------
    of
        The column that names the entity: ``item_id``, or a provider's column.
    discount
        ``log2``: 1/log2(1+r), ``trec``: 1/log2(max(r, 2)), ``none``: 1.
    """

    abstract: ClassVar[bool] = True
    better: ClassVar[Better] = Better.LOWER
    bounds: ClassVar[tuple[float, float]] = (0.0, 1.0)
    of: str = "item_id"
    discount: str = "log2"

    def __post_init__(self) -> None:
        super().__post_init__()
        check_discount(self.discount)

    @property
    def columns(self) -> tuple[str, ...]:
        """The entity's column and the position."""
        return (self.of, "position")

    @property
    def entity(self) -> str:
        """The column that names the entity."""
        return self.of

    def value(self, rows: Any) -> Any:
        """Return the exposure of a row's position."""
        return exposure(rows, self.discount)


def exposure(rows: Any, discount: str) -> Any:
    """Return the ibis expression of the attention that a row's position gets."""
    import ibis

    if discount == "none":
        return ibis.literal(1.0)
    if discount == "trec":
        return 1.0 / ibis.greatest(rows.position, 2).log2()
    return 1.0 / (1 + rows.position).log2()
