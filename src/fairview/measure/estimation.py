"""From a log to estimates: reduce, resample, and say what can't be said."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from fairview.measure.cells import Cells
from fairview.measure.engines import Engine
from fairview.measure.entities import EntityTotals
from fairview.measure.estimate import OVERALL, Estimate, SamplingUnit, Status
from fairview.measure.extremes import ExtremeMeasure
from fairview.measure.intervals import (
    MINIMUM_UNITS,
    bootstrap_cells,
    effective_n,
    jackknife_interval,
    jackknife_intervals,
    leave_out_cells,
    leave_out_entities,
    percentile_interval,
    simultaneous_level,
    wilson_interval,
)
from fairview.measure.measure import EntityMeasure, GroupCellsMeasure, Measure, RequestMeasure

Floats = npt.NDArray[np.float64]
Reduced: TypeAlias = Cells | EntityTotals
"""What an engine makes of a log for one measure; it merges."""


@dataclass(frozen=True)
class Precision:
    """How intervals are made: their level, the bootstrap's replicates, the smallest cell shown."""

    level: float = 0.95
    replicates: int = 1000
    minimum_cell: int = 10


def evaluate(
    measure: Measure,
    engine: Engine,
    rng: np.random.Generator,
    precision: Precision | None = None,
) -> list[Estimate]:
    """Return the estimates of one measure on the engine's log.

    Raises
    ------
    UnsupportedError
        Where the engine can't do the measure.
    DataError
        Where the log lacks what the measure needs; this is checked before any row is read.
    """
    chosen = precision or Precision()
    return estimates_of(measure, reduce_log(measure, engine), rng, chosen)


def reduce_log(measure: Measure, engine: Engine) -> Reduced:
    """Return the mergeable statistics that a measure needs of the engine's log.

    Errors are those of `evaluate`.
    """
    engine.require(measure)
    engine.check(measure)
    if isinstance(measure, GroupCellsMeasure):
        return engine.group_cells(measure)
    if isinstance(measure, RequestMeasure):
        return engine.request_cells(measure)
    if isinstance(measure, EntityMeasure):
        return engine.entity_totals(measure)
    raise TypeError(f"{type(measure).__name__} is of no known reduction")


def estimates_of(
    measure: Measure, reduced: Reduced, rng: np.random.Generator, precision: Precision
) -> list[Estimate]:
    """Return the estimates that a measure's (merged) statistics give."""
    if isinstance(measure, EntityMeasure) and isinstance(reduced, EntityTotals):
        return estimate_entities(measure, reduced, precision)
    if isinstance(measure, GroupCellsMeasure | RequestMeasure) and isinstance(reduced, Cells):
        return estimate_cells(measure, reduced, rng, precision)
    raise TypeError(f"{measure} can't be read from {type(reduced).__name__}")


@dataclass(frozen=True)
class _Evidence:
    """What one figure rests on: its value, its counts per bucket, and its resamples."""

    value: float
    counts: Floats
    excluded: int
    left_out: Floats
    drawn: Floats | None
    reach: tuple[float, float] | None = None


def estimate_cells(
    measure: GroupCellsMeasure | RequestMeasure,
    cells: Cells,
    rng: np.random.Generator,
    precision: Precision,
) -> list[Estimate]:
    """Return the estimates that these (merged) cells give."""
    names = measure.figure_names(cells.keys)
    values = measure.figures(cells.totals.sum(axis=0), cells.count.sum(axis=0))
    left_out = leave_out_cells(cells, measure.figures)
    drawn = reach = None
    if isinstance(measure, ExtremeMeasure):
        reach = extreme_interval(measure, cells, precision.level)
    elif not measure.smooth:
        drawn = bootstrap_cells(cells, measure.figures, precision.replicates, rng)
    return [
        _estimate(
            measure,
            name,
            _Evidence(
                float(values[i]),
                _figure_counts(measure, name, cells),
                _figure_excluded(measure, name, cells),
                left_out[:, i],
                None if drawn is None else drawn[:, i],
                reach,
            ),
            precision,
        )
        for i, name in enumerate(names)
    ]


def estimate_entities(
    measure: EntityMeasure, totals: EntityTotals, precision: Precision
) -> list[Estimate]:
    """Return the one estimate that these (merged) totals give."""
    per_bucket = np.asarray(totals.totals.sum(axis=1)).ravel()
    counts = per_bucket / max(per_bucket.sum(), 1e-300) * totals.n
    received = totals.per_entity()
    value = float(measure.figure(received)) if len(received) else math.nan
    left_out = leave_out_entities(totals, measure.figure)[:, 0] if len(received) else received
    evidence = _Evidence(value, counts, 0, left_out, None)
    return [_estimate(measure, OVERALL, evidence, precision)]


def extreme_interval(
    measure: ExtremeMeasure, cells: Cells, level: float
) -> tuple[float, float] | None:
    """Return what simultaneous intervals of a measure's parts allow; None where one has none."""
    values = measure.parts(cells.totals.sum(axis=0), cells.count.sum(axis=0))
    left_out = leave_out_cells(cells, measure.parts)
    there = ~np.isnan(values)
    if len(left_out) < 2 or not there.any() or not np.isfinite(left_out[:, there]).all():
        return None
    each = simultaneous_level(level, int(there.sum()))
    low, high = jackknife_intervals(values[there], left_out[:, there], each)
    least, most = measure.reach(low, high)
    return max(least, measure.bounds[0]), min(most, measure.bounds[1])


def _figure_counts(measure: Measure, name: str, cells: Cells) -> Floats:
    """Return a figure's counts per bucket: of the components that it counts, else the largest."""
    rows = [cells.keys.index(key) for key in measure.counted(name, cells.keys)]
    found: Floats = cells.count[:, rows].sum(axis=1) if rows else cells.count.max(axis=1, initial=0)
    return found


def _figure_excluded(measure: Measure, name: str, cells: Cells) -> int:
    rows = [cells.keys.index(key) for key in measure.counted(name, cells.keys)]
    found = cells.excluded[rows].sum() if rows else cells.excluded.max(initial=0)
    return round(float(found))


def _estimate(measure: Measure, name: str, evidence: _Evidence, precision: Precision) -> Estimate:
    n, units = round(float(evidence.counts.sum())), int((evidence.counts > 0).sum())
    low = high = None
    method, note, status = "none", "", Status.OK
    if n < precision.minimum_cell:
        status, note = Status.SUPPRESSED, f"fewer than {precision.minimum_cell} observations"
    elif not math.isfinite(evidence.value):
        status, note = Status.UNDEFINED, "the definition gives no value here"
    elif measure.unit is SamplingUnit.CENSUS:
        method = "census"
    elif units < MINIMUM_UNITS:
        status, note = Status.INSUFFICIENT, f"only {units} independent groups of units"
    else:
        low, high, method = _interval(measure, evidence, precision.level)
        if not (math.isfinite(low) and math.isfinite(high)):
            low, high, method = None, None, "none"
            status, note = Status.INSUFFICIENT, "undefined without some of the units"
    shown = status in (Status.OK, Status.INSUFFICIENT)
    return Estimate(
        measure=measure.identity,
        slice=name,
        value=evidence.value if shown else None,
        low=low,
        high=high,
        level=precision.level,
        n=n,
        effective_n=effective_n(evidence.counts),
        excluded=evidence.excluded,
        status=status,
        unit=measure.unit,
        method=method,
        note=note,
    )


def _interval(measure: Measure, evidence: _Evidence, level: float) -> tuple[float, float, str]:
    constant = bool(np.all(evidence.left_out == evidence.value))
    if measure.proportion and constant and evidence.value in (0.0, 1.0):
        low, high = wilson_interval(evidence.value, effective_n(evidence.counts), level)
        return low, high, "Wilson on effective n"
    if isinstance(measure, ExtremeMeasure):
        low, high = evidence.reach or (math.nan, math.nan)
        return low, high, "simultaneous jackknife intervals of its parts, Šidák"
    if evidence.drawn is not None:
        low, high = percentile_interval(evidence.drawn, level)
        return low, high, "bootstrap of buckets, percentiles"
    low, high = jackknife_interval(evidence.value, evidence.left_out, measure.bounds, level)
    return low, high, "jackknife of buckets, Student's t"
