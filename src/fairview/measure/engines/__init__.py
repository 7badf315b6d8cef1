"""Engines: the places where a log becomes cells. An engine that can't do a measure says who can."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import ClassVar

from fairview.core.errors import UnsupportedError
from fairview.measure.cells import Cells
from fairview.measure.entities import EntityTotals
from fairview.measure.measure import (
    EntityMeasure,
    GroupCellsMeasure,
    Measure,
    Reduction,
    RequestMeasure,
)


class Engine(ABC):
    """A place that holds one log and reduces it.

    Attributes
    ----------
    name
        The engine's name.
    reductions
        Which reductions it can do.
    """

    name: ClassVar[str]
    reductions: ClassVar[frozenset[Reduction]]

    @property
    @abstractmethod
    def columns(self) -> tuple[str, ...]:
        """The columns of the log's rows."""

    def require(self, measure: Measure) -> None:
        """Raise `UnsupportedError` where this engine can't do the measure's reduction."""
        if measure.reduction in self.reductions:
            return
        able = [
            kind.name for kind in Engine.__subclasses__() if measure.reduction in kind.reductions
        ]
        raise UnsupportedError(
            f"The engine {self.name!r} can't do {measure} ({measure.reduction.value}); "
            f"{', '.join(able) or 'no engine'} can."
        )

    @abstractmethod
    def check(self, measure: Measure) -> None:
        """Raise `DataError` where the log lacks what the measure needs; reads no rows."""

    @abstractmethod
    def group_cells(self, measure: GroupCellsMeasure) -> Cells:
        """Return the cells of reduction 1: one component per group, ``unknown`` last."""

    @abstractmethod
    def request_cells(self, measure: RequestMeasure) -> Cells:
        """Return the cells of reduction 2: one component per value that a request gives."""

    @abstractmethod
    def entity_totals(self, measure: EntityMeasure) -> EntityTotals:
        """Return the totals of reduction 3."""


__all__ = ["Engine"]
