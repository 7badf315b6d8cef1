"""Engines: the places where a log becomes cells. An engine that can't do a measure says who can."""

from __future__ import annotations

import pkgutil
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from inspect import isabstract
from typing import Any, ClassVar, TypeAlias, TypeVar

from fairview.core.errors import DataError, UnsupportedError
from fairview.measure.cells import Cells
from fairview.measure.components import Bins
from fairview.measure.engines.scans import GroupScan
from fairview.measure.entities import EntityTotals
from fairview.measure.estimate import SamplingUnit
from fairview.measure.measure import (
    EntityMeasure,
    GroupCellsMeasure,
    Measure,
    Reduction,
    RequestMeasure,
)

ScanKey: TypeAlias = tuple[str, SamplingUnit, bool, Bins | None]
M = TypeVar("M")
R = TypeVar("R")


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

    @classmethod
    def can(cls, measure: Measure) -> bool:
        """Return whether this engine can do a measure."""
        return measure.reduction in cls.reductions

    def require(self, measure: Measure) -> None:
        """Raise `UnsupportedError` where this engine can't do the measure; it names who can."""
        if self.can(measure):
            return
        able = [name for name, kind in known_engines().items() if kind.can(measure)]
        raise UnsupportedError(
            f"The engine {self.name!r} can't do {measure} ({measure.reduction.value}); "
            f"{', '.join(able) or 'no engine'} can."
        )

    @abstractmethod
    def check(self, measure: Measure) -> None:
        """Raise `DataError` where the log lacks what the measure needs; reads no rows."""

    @abstractmethod
    def group_scan(self, scan: GroupScan) -> Scanned:
        """Return the cells of one pass of reduction 1: one slice per group, ``unknown`` last."""

    @abstractmethod
    def request_cells(self, measure: RequestMeasure) -> Cells:
        """Return the cells of reduction 2: one component per value that a request gives."""

    @abstractmethod
    def entity_totals(self, measure: EntityMeasure) -> EntityTotals:
        """Return the totals of reduction 3."""

    def request_scan(self, measures: Sequence[RequestMeasure]) -> list[Cells | DataError]:
        """Return the cells of several ranking measures, or the error of each that has one.

        By default one after the other; an engine that can read the log once for all does.
        """
        return [_tried(self.request_cells, measure) for measure in measures]

    def group_cells(self, measure: GroupCellsMeasure) -> Cells:
        """Return the cells of one measure of reduction 1."""
        return self.group_scan(scan_of([measure])).of(measure)

    def reduce(self, measures: Sequence[Measure]) -> list[Cells | EntityTotals | DataError]:
        """Return what the log gives for each measure, or the error of each that has one.

        The rows are scanned once for all measures of reduction 1 that slice by the same, with
        the same sampling unit.

        Raises
        ------
        UnsupportedError
            Where the engine can't do one of them.
        """
        needed = tuple(dict.fromkeys(part for measure in measures for part in measure.rests_on))
        for part in needed:
            self.require(part)
        made: dict[Measure, Cells | EntityTotals | DataError | None] = {
            part: _tried(self.check, part) for part in needed
        }
        todo = [part for part in needed if made[part] is None]
        scans = [part for part in todo if isinstance(part, GroupCellsMeasure)]
        scanned: dict[ScanKey, Scanned] = {}
        for key in dict.fromkeys(_scan_key(part) for part in scans):
            together = [part for part in scans if _scan_key(part) == key]
            try:
                scanned[key] = self.group_scan(scan_of(together))
            except DataError as error:
                made |= dict.fromkeys(together, error)
        made |= {
            part: _tried(scanned[_scan_key(part)].of, part)
            for part in scans
            if _scan_key(part) in scanned
        }
        requests = [part for part in todo if isinstance(part, RequestMeasure)]
        made |= dict(zip(requests, self.request_scan(requests), strict=True))
        entities = [part for part in todo if isinstance(part, EntityMeasure)]
        made |= {part: _tried(self.entity_totals, part) for part in entities}
        return [_together([made[part] for part in measure.rests_on]) for measure in measures]


def known_engines() -> dict[str, type[Engine]]:
    """Return every engine by name, those of other packages that are imported included."""
    for info in pkgutil.iter_modules(__path__):
        import_module(f"{__name__}.{info.name}")
    kinds = [kind for kind in _kinds_of(Engine) if not isabstract(kind)]
    return {kind.name: kind for kind in sorted(kinds, key=lambda kind: str(kind.name))}


def _kinds_of(base: type[Any]) -> Iterator[type[Any]]:
    for kind in base.__subclasses__():
        yield kind
        yield from _kinds_of(kind)


@dataclass(frozen=True)
class Scanned:
    """What one scan found: the cells of all its components, and the values that can't be.

    Parameters
    ----------
    cells
        Slices x components of the scan.
    astray
        Component to the number of rows whose values can't be.
    outside
        The number of rows whose score is in no bin.
    """

    cells: Cells
    astray: Mapping[str, int]
    outside: int = 0

    def of(self, measure: GroupCellsMeasure) -> Cells:
        """Return one measure's cells.

        Raises
        ------
        DataError
            Where it reads values that can't be.
        """
        if self.outside and measure.bins is not None:
            raise DataError(
                f"{measure} reads {self.outside} {'score' if self.outside == 1 else 'scores'} "
                f"outside {measure.bins.low:g} to {measure.bins.high:g}; mend the log, or give the "
                f"smallest and the largest possible score as low and high."
            )
        for part in measure.components():
            astray = self.astray[part.name]
            if astray:
                values = "value that isn't" if astray == 1 else "values that aren't"
                mend = "mend the log"
                if part.binary and getattr(measure, "threshold", 0) is None:
                    mend += ", or make a decision of a score with threshold=…"
                raise DataError(
                    f"{measure} reads {astray} {values} {part.valid} from "
                    f"{', '.join(part.columns)}; {mend}."
                )
        return self.cells.select(measure.component_names)


def scan_of(measures: Sequence[GroupCellsMeasure]) -> GroupScan:
    """Return the one scan that measures of the same slices and sampling unit share."""
    components = dict.fromkeys(c for measure in measures for c in measure.components())
    return GroupScan(
        measures[0].by,
        measures[0].unit,
        tuple(components),
        scattered=not all(measure.disjoint for measure in measures),
        bins=measures[0].bins,
    )


def _together(
    parts: Sequence[Cells | EntityTotals | DataError | None],
) -> Cells | EntityTotals | DataError:
    """Return what a measure rests on as one: the only one, or cells with all components."""
    for part in parts:
        if isinstance(part, DataError):
            return part
    cells = [part for part in parts if isinstance(part, Cells)]
    if len(cells) > 1:
        return cells[0].beside(cells[1:])
    if parts[0] is None:
        raise TypeError("a measure is of no known reduction")
    return parts[0]


def _scan_key(measure: GroupCellsMeasure) -> ScanKey:
    return measure.by, measure.unit, measure.disjoint, measure.bins


def _tried(call: Callable[[M], R], measure: M) -> R | DataError:
    try:
        return call(measure)
    except DataError as error:
        return error


__all__ = ["Engine", "GroupScan", "Scanned", "known_engines", "scan_of"]
