"""From a log to estimates: reduce, resample, and say what can't be said."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
from scipy import special

from fairview.core.errors import DataError
from fairview.core.ranges import UNKNOWN
from fairview.measure.cells import Cells
from fairview.measure.comparing import compare_slices
from fairview.measure.comparisons import LARGEST, ComparisonMeasure
from fairview.measure.crossed import METHOD, NO_SPREAD, Crossed, crossed_units
from fairview.measure.engines import Engine
from fairview.measure.entities import EntityTotals
from fairview.measure.estimate import OVERALL, Estimate, SamplingUnit, Status
from fairview.measure.evidence import (
    Precision,
    figure_counts,
    figure_excluded,
    hidden_reasons,
    too_small,
)
from fairview.measure.extremes import ExtremeMeasure
from fairview.measure.intervals import (
    MINIMUM_UNITS,
    bootstrap_cells,
    bootstrap_rows,
    effective_n,
    jackknife_interval,
    jackknife_intervals,
    leave_out_cells,
    leave_out_entities,
    percentile_interval,
    scaled_interval,
    simultaneous_level,
    spread_of_rows,
)
from fairview.measure.measure import CellsMeasure, EntityMeasure, Measure
from fairview.measure.slices import JOIN
from fairview.measure.statistics import wilson

Floats = npt.NDArray[np.float64]
Reduced: TypeAlias = Cells | EntityTotals
"""What an engine makes of a log for one measure; it merges."""


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
    return evaluate_all([measure], engine, rng, precision)


def evaluate_all(
    measures: Sequence[Measure],
    engine: Engine,
    rng: np.random.Generator,
    precision: Precision | None = None,
) -> list[Estimate]:
    """Return the estimates of several measures, measure after measure.

    What measures have in common is counted once. Errors are those of `evaluate`.
    """
    chosen = precision or Precision()
    found: list[Estimate] = []
    for measure, reduced in zip(measures, engine.reduce(measures), strict=True):
        if isinstance(reduced, DataError):
            raise reduced
        found += estimates_of(measure, reduced, rng, chosen)
    return found


def reduce_log(measure: Measure, engine: Engine) -> Reduced:
    """Return the mergeable statistics that a measure needs of the engine's log.

    Errors are those of `evaluate`.
    """
    [reduced] = engine.reduce([measure])
    if isinstance(reduced, DataError):
        raise reduced
    return reduced


def estimates_of(
    measure: Measure, reduced: Reduced, rng: np.random.Generator, precision: Precision
) -> list[Estimate]:
    """Return the estimates that a measure's (merged) statistics give."""
    if isinstance(measure, EntityMeasure) and isinstance(reduced, EntityTotals):
        return estimate_entities(measure, reduced, precision)
    if isinstance(measure, ComparisonMeasure) and isinstance(reduced, Cells):
        if measure.reference == LARGEST:
            return [_largest(measure, reduced, rng, precision)]
        return compare_slices(measure, reduced, rng, precision)
    if isinstance(measure, CellsMeasure) and isinstance(reduced, Cells):
        return estimate_cells(measure, reduced, rng, precision)
    raise TypeError(f"{measure} can't be read from {type(reduced).__name__}")


@dataclass(frozen=True)
class _Evidence:
    """What one figure rests on: its value, its counts per bucket, and its resamples.

    `spread` is its standard error where rows are independent; then there are no buckets. `binning`
    is how far it may be from the figure of the rows themselves. `crossed` is its units, equal units
    and half width where people and items are both drawn again.
    """

    value: float
    counts: Floats
    excluded: int
    left_out: Floats
    drawn: Floats | None = None
    reach: tuple[float, float] | None = None
    spread: float | None = None
    binning: float = 0.0
    own: tuple[float, float] | None = None
    crossed: tuple[int, float, float] | None = None


def estimate_cells(
    measure: CellsMeasure, cells: Cells, rng: np.random.Generator, precision: Precision
) -> list[Estimate]:
    """Return the estimates that these (merged) cells give."""
    named = measure.sliced(cells.slices, cells.components)
    figures = partial(measure.sliced_figures, slices=cells.slices)
    values = figures(cells.totals.sum(axis=0), cells.count.sum(axis=0))
    drawn = reach = spread = None
    left_out = np.full((0, len(named)), math.nan)
    crossed: list[tuple[int, float, float] | None] = [None] * len(named)
    if measure.unit is SamplingUnit.BOTH:
        counts = [figure_counts(figure, cells) for figure in named]
        reaches = Crossed.of(cells, figures).reach(precision.level)
        crossed = [
            (*crossed_units(n, cells), float(own)) for n, own in zip(counts, reaches, strict=True)
        ]
    elif cells.independent:
        spread = np.zeros(len(named)) if measure.own_method else _spreads(measure, cells)
        if precision.bootstrap or not measure.smooth:
            drawn = bootstrap_rows(cells, figures, precision.replicates, rng)
    else:
        left_out = leave_out_cells(cells, figures)
        if isinstance(measure, ExtremeMeasure):
            reach = extreme_intervals(measure, cells, precision.level)
        elif precision.bootstrap or not measure.smooth:
            drawn = bootstrap_cells(cells, figures, precision.replicates, rng)
    own: list[tuple[float, float] | None] = [None] * len(named)
    if measure.own_method:
        names = measure.figure_names(cells.components)
        own = [
            measure.own_interval(
                names[i % len(names)], cells.together(figure.slices), precision.level
            )
            for i, figure in enumerate(named)
        ]
    evidence = [
        _Evidence(
            float(values[i]),
            figure_counts(figure, cells),
            figure_excluded(figure, cells),
            left_out[:, i],
            None if drawn is None else drawn[:, i],
            None if reach is None else reach[i],
            None if spread is None else float(spread[i]),
            measure.binning_error(cells.only(figure.slices)) if measure.binned else 0.0,
            own[i],
            crossed[i],
        )
        for i, figure in enumerate(named)
    ]
    hidden = hidden_reasons(measure, named, cells, precision.minimum_cell)
    return [
        _estimate(measure, figure.label, each, precision, hidden[i])
        for i, (figure, each) in enumerate(zip(named, evidence, strict=True))
    ]


def _spreads(measure: CellsMeasure, cells: Cells) -> Floats:
    """Return the standard errors of all figures of independent rows, a slice at a time."""
    if type(measure).sliced_figures is not CellsMeasure.sliced_figures:
        return spread_of_rows(cells, partial(measure.sliced_figures, slices=cells.slices))

    def figures(totals: Floats, counts: Floats) -> Floats:
        return measure.figures(totals[..., 0, :], counts[..., 0, :])

    named = measure.sliced(cells.slices, cells.components)
    step = len(measure.figure_names(cells.components))
    # The only slice, such as unknown, is overall too: both have their figures.
    return np.concatenate(
        [spread_of_rows(cells.together(f.slices), figures) for f in named[:: max(step, 1)]]
    )


def _largest(
    measure: ComparisonMeasure, cells: Cells, rng: np.random.Generator, precision: Precision
) -> Estimate:
    """Return the largest first figure of any known slice, with what all their intervals allow."""
    [inner] = measure.compared()
    names = [s for s in cells.slices if UNKNOWN not in s.split(JOIN) and s != OVERALL]
    known = set(names)
    found = estimate_cells(inner, cells, rng, precision)
    shown = [e for e in found if e.slice in known and e.value is not None]
    each = simultaneous_level(precision.level, len(shown))
    again = estimate_cells(inner, cells, rng, replace(precision, level=each))
    at = {e.slice: e for e in again}
    whole = next(e for e in found if e.slice == OVERALL)
    if not shown:
        return replace(
            whole, measure=measure.identity, value=None, low=None, high=None, method="none",
            status=Status.UNDEFINED, note="no slice can be shown",
        )  # fmt: skip
    worst = max(shown, key=lambda e: float(e.value or 0.0))
    ends = [(at[e.slice].low, at[e.slice].high) for e in shown]
    lows = [low for low, _ in ends if low is not None]
    highs = [high for _, high in ends if high is not None]
    is_ok = len(lows) == len(highs) == len(shown)
    beside = [e for e in found if e.slice.startswith(f"{worst.slice}: ") and e.value is not None]
    about = "".join(f"; {e.slice} is {e.value:.3g}" for e in beside)
    hidden = len(known) - len(shown)
    return replace(
        whole,
        measure=measure.identity,
        value=worst.value,
        low=max(lows) if is_ok else None,
        high=max(highs) if is_ok else None,
        status=Status.OK if is_ok else Status.INSUFFICIENT,
        method="simultaneous intervals of all slices, Šidák" if is_ok else "none",
        note=f"of {worst.slice}, the largest of {len(shown)} slices"
        + (f", {hidden} withheld" if hidden else "")
        + about,
    )


def estimate_entities(
    measure: EntityMeasure, totals: EntityTotals, precision: Precision
) -> list[Estimate]:
    """Return the one estimate that these (merged) totals give."""
    per_bucket = np.asarray(abs(totals.totals).sum(axis=1)).ravel()
    counts = per_bucket / max(per_bucket.sum(), 1e-300) * totals.n
    received = totals.per_entity()
    value = float(measure.figure(received)) if len(received) else math.nan
    left_out = leave_out_entities(totals, measure.figure)[:, 0] if len(received) else received
    evidence = _Evidence(value, counts, 0, left_out)
    small = too_small(measure, counts, precision.minimum_cell)
    return [_estimate(measure, OVERALL, evidence, precision, small)]


def extreme_intervals(
    measure: ExtremeMeasure, cells: Cells, level: float
) -> list[tuple[float, float] | None]:
    """Return what simultaneous intervals of a measure's parts allow, per slice, then overall.

    None for a slice in which a part has no interval.
    """
    every = [*range(len(cells.slices))] if cells.slices != (OVERALL,) else []
    found = []
    for places in [*([place] for place in every), [*range(len(cells.slices))]]:
        totals, counts = (part[:, places].sum(axis=1) for part in (cells.totals, cells.count))
        found.append(_extreme_interval(measure, totals, counts, level))
    return found


def _extreme_interval(
    measure: ExtremeMeasure, totals: Floats, counts: Floats, level: float
) -> tuple[float, float] | None:
    values = measure.parts(totals.sum(axis=0), counts.sum(axis=0))
    left_out = measure.parts(totals.sum(axis=0) - totals, counts.sum(axis=0) - counts)
    there = ~np.isnan(values)
    if len(left_out) < 2 or not there.any() or not np.isfinite(left_out[:, there]).all():
        return None
    each = simultaneous_level(level, int(there.sum()))
    low, high = jackknife_intervals(values[there], left_out[:, there], each)
    least, most = measure.reach(low, high)
    return max(least, measure.bounds[0]), min(most, measure.bounds[1])


def _estimate(
    measure: Measure, name: str, evidence: _Evidence, precision: Precision, hidden: str
) -> Estimate:
    n, units = round(float(evidence.counts.sum())), int((evidence.counts > 0).sum())
    units = n if evidence.spread is not None else units
    equal = n if evidence.spread is not None else effective_n(evidence.counts)
    if evidence.crossed is not None:
        units, equal, _ = evidence.crossed
    low = high = None
    method, note, status = "none", "", Status.OK
    if hidden:
        status, note = Status.SUPPRESSED, hidden
    elif not math.isfinite(evidence.value):
        status, note = Status.UNDEFINED, "the definition gives no value here"
    elif measure.unit is SamplingUnit.CENSUS:
        method = "census"
    elif units < MINIMUM_UNITS:
        status, note = Status.INSUFFICIENT, f"only {units} independent groups of units"
    else:
        low, high, method = _interval(measure, evidence, precision.level)
        if evidence.binning:
            note = f"bins of scores put it within {evidence.binning:.2g} of its exact value"
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
        effective_n=equal,
        excluded=evidence.excluded,
        status=status,
        unit=measure.unit,
        method=method,
        note=note,
    )


def _interval(measure: Measure, evidence: _Evidence, level: float) -> tuple[float, float, str]:
    """Return an interval, wider by what binning may hide, and how it was made."""
    low, high, method = _plain_interval(measure, evidence, level)
    if evidence.binning:
        low = max(low - evidence.binning, measure.bounds[0])
        high = min(high + evidence.binning, measure.bounds[1])
    return low, high, method


def _plain_interval(
    measure: Measure, evidence: _Evidence, level: float
) -> tuple[float, float, str]:
    if evidence.own is not None and isinstance(measure, CellsMeasure):
        return *evidence.own, measure.own_method
    if evidence.crossed is not None:
        _, equal, reach = evidence.crossed
        if measure.proportion and reach < NO_SPREAD and evidence.value in (0.0, 1.0):
            return *_wilson(evidence.value, equal, level), "Wilson on effective n"
        return *scaled_interval(evidence.value, reach, measure.bounds), METHOD
    if evidence.drawn is not None and evidence.spread is not None:
        low, high = percentile_interval(evidence.drawn, level)
        if low < high or not math.isfinite(low):
            return low, high, "bootstrap of the cells of rows, percentiles"
    if evidence.spread is not None:
        return _row_interval(measure, evidence, evidence.spread, level)
    constant = bool(np.all(evidence.left_out == evidence.value))
    if measure.proportion and constant and evidence.value in (0.0, 1.0):
        low, high = _wilson(evidence.value, effective_n(evidence.counts), level)
        return low, high, "Wilson on effective n"
    if isinstance(measure, ExtremeMeasure):
        low, high = evidence.reach or (math.nan, math.nan)
        return low, high, "simultaneous jackknife intervals of its parts, Šidák"
    if evidence.drawn is not None:
        low, high = percentile_interval(evidence.drawn, level)
        return low, high, "bootstrap of buckets, percentiles"
    low, high = jackknife_interval(evidence.value, evidence.left_out, measure.bounds, level)
    return low, high, "jackknife of buckets, Student's t"


def _row_interval(
    measure: Measure, evidence: _Evidence, spread: float, level: float
) -> tuple[float, float, str]:
    n = float(evidence.counts.sum())
    if measure.proportion:
        low, high = _wilson(evidence.value, n, level)
        return low, high, "Wilson"
    reach = spread * float(special.stdtrit(max(n - 1, 1), (1 + level) / 2))
    low, high = scaled_interval(evidence.value, reach, measure.bounds)
    return low, high, "delta method on rows, Student's t"


def _wilson(share: float, n: float, level: float) -> tuple[float, float]:
    low, high = wilson(share * n, n, level)
    return float(low), float(high)
