"""From a log to estimates: reduce, resample, and say what can't be said."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from fairview.measure.cells import Cells
from fairview.measure.engines import Engine
from fairview.measure.entities import EntityTotals
from fairview.measure.estimate import OVERALL, Estimate, SamplingUnit, Status
from fairview.measure.intervals import (
    MINIMUM_UNITS,
    bootstrap_cells,
    effective_n,
    jackknife_interval,
    leave_out_cells,
    leave_out_entities,
    percentile_interval,
    wilson_interval,
)
from fairview.measure.measure import EntityMeasure, GroupCellsMeasure, Measure, RequestMeasure

Floats = npt.NDArray[np.float64]


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
    engine.require(measure)
    engine.check(measure)
    if isinstance(measure, GroupCellsMeasure):
        return estimate_cells(measure, engine.group_cells(measure), rng, chosen)
    if isinstance(measure, RequestMeasure):
        return estimate_cells(measure, engine.request_cells(measure), rng, chosen)
    if isinstance(measure, EntityMeasure):
        return estimate_entities(measure, engine.entity_totals(measure), chosen)
    raise TypeError(f"{type(measure).__name__} is of no known reduction")


@dataclass(frozen=True)
class _Evidence:
    """What one figure rests on: its value, its counts per bucket, and its resamples."""

    value: float
    counts: Floats
    excluded: int
    left_out: Floats
    drawn: Floats | None


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
    drawn = None
    if not measure.smooth:
        drawn = bootstrap_cells(cells, measure.figures, precision.replicates, rng)
    return [
        _estimate(
            measure,
            name,
            _Evidence(
                float(values[i]),
                _figure_counts(name, cells),
                _figure_excluded(name, cells),
                left_out[:, i],
                None if drawn is None else drawn[:, i],
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


def _figure_counts(name: str, cells: Cells) -> Floats:
    """Return a figure's counts per bucket: its own component's, else all, else the largest."""
    if name in cells.keys:
        return cells.count[:, cells.keys.index(name)]
    if name == OVERALL:
        everything: Floats = cells.count.sum(axis=1)
        return everything
    largest: Floats = cells.count.max(axis=1, initial=0)
    return largest


def _figure_excluded(name: str, cells: Cells) -> int:
    if name in cells.keys:
        return int(cells.excluded[cells.keys.index(name)])
    return int(cells.excluded.max(initial=0))


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
    if evidence.drawn is not None:
        low, high = percentile_interval(evidence.drawn, level)
        return low, high, "bootstrap of buckets, percentiles"
    low, high = jackknife_interval(evidence.value, evidence.left_out, measure.bounds, level)
    return low, high, "jackknife of buckets, Student's t"
