"""Paired changes: what differs between two logs of the same clusters, with an interval.

One bucket at a time is left out of both sides together, so what the two have in common (the same
requests, the same people) cancels out of the interval as it does out of the difference.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import special

from fairview.core.errors import UsageError
from fairview.measure.cells import Cells
from fairview.measure.comparisons import ComparisonMeasure
from fairview.measure.entities import EntityTotals
from fairview.measure.estimate import OVERALL, Estimate, SamplingUnit, Status
from fairview.measure.estimation import Reduced
from fairview.measure.extremes import ExtremeMeasure
from fairview.measure.intervals import (
    MINIMUM_UNITS,
    Figures,
    jackknife_interval,
    jackknife_intervals,
    leave_out_entities,
    occupied_buckets,
    simultaneous_level,
    spread_of_rows,
)
from fairview.measure.measure import CellsMeasure, EntityMeasure, Measure
from fairview.measure.statistics import wilson

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Measured:
    """One measure of one log: its mergeable statistics, and the estimates that they gave."""

    measure: Measure
    reduced: Reduced
    estimates: tuple[Estimate, ...]

    @property
    def level(self) -> float:
        """The confidence of its intervals."""
        return self.estimates[0].level


@dataclass(frozen=True)
class Change:
    """One figure before and after, and their difference.

    Parameters
    ----------
    measure, slice
        Which figure.
    before, after
        The two estimates.
    difference
        After minus before; None unless both have a value.
    low, high
        The difference's paired interval, None where there is none.
    level
        Its confidence.
    status
        ``ok``, or why the difference can't be read.
    method
        How the interval was made.
    note
        What a reader has to know; empty where there is nothing.
    """

    measure: str
    slice: str
    before: Estimate
    after: Estimate
    difference: float | None
    low: float | None
    high: float | None
    level: float
    status: Status
    method: str
    note: str = ""

    @property
    def is_shown(self) -> bool:
        """Whether the whole interval lies on one side of 0."""
        return self.low is not None and self.high is not None and not self.low <= 0 <= self.high

    def to_dict(self) -> dict[str, Any]:
        """Return plain data, ready for JSON."""
        return {
            **asdict(self),
            "before": self.before.to_dict(),
            "after": self.after.to_dict(),
            "status": self.status.value,
        }


def paired_changes(before: Measured, after: Measured) -> list[Change]:
    """Return the change of each of a measure's figures.

    Clusters are what is resampled, so the interval holds for the same requests answered twice,
    for other requests of the same people, and for different people alike; it is narrow where
    the two sides move together.

    Raises
    ------
    UsageError
        Where the sides are of different measures, groups or levels.
    """
    measure, level = after.measure, after.level
    if before.measure != measure or before.level != level:
        raise UsageError(
            f"{before.measure} at {before.level} and {measure} at {level} can't be compared; "
            f"audit both sides alike."
        )
    if isinstance(before.reduced, EntityTotals) and isinstance(after.reduced, EntityTotals):
        ends = _entity_ends(measure, before.reduced, after.reduced, level)
    elif isinstance(before.reduced, Cells) and isinstance(after.reduced, Cells):
        if isinstance(measure, ComparisonMeasure) or measure.unit is SamplingUnit.BOTH:
            ends = [
                _apart(one, two) for one, two in zip(before.estimates, after.estimates, strict=True)
            ]
            return [
                _change(measure, one, two, end, level)
                for one, two, end in zip(before.estimates, after.estimates, ends, strict=True)
            ]
        pairs = zip(before.estimates, after.estimates, strict=True)
        sizes = [min(one.effective_n, two.effective_n) for one, two in pairs]
        ends = _cell_ends(measure, before.reduced, after.reduced, sizes, level)
    else:
        raise UsageError(f"{measure} was reduced in two different ways; audit both sides alike.")
    return [
        _change(measure, one, two, end, level)
        for one, two, end in zip(before.estimates, after.estimates, ends, strict=True)
    ]


@dataclass(frozen=True)
class _Ends:
    """The interval of one difference, and how it was made."""

    low: float
    high: float
    units: int
    method: str = "paired jackknife of buckets, Student's t"


def _cell_ends(
    measure: Measure, before: Cells, after: Cells, sizes: Sequence[float], level: float
) -> Sequence[_Ends]:
    if not isinstance(measure, CellsMeasure):
        raise UsageError(f"{measure} can't be read from cells.")
    if (before.slices, before.components) != (after.slices, after.components):
        raise UsageError(
            f"{measure} has other groups before ({', '.join((*before.slices, *before.components))})"
            f" than after ({', '.join((*after.slices, *after.components))}); declare the same "
            f"groups for both."
        )
    figures = partial(measure.sliced_figures, slices=after.slices)
    if before.independent or after.independent:
        return _row_ends(figures, before, after, level)
    buckets = np.union1d(before.buckets, after.buckets).astype(np.int16)
    spread = [c.spread(c.slices, c.components, buckets) for c in (before, after)]
    sides = [_Side(cells.totals, cells.count) for cells in spread]
    if isinstance(measure, ExtremeMeasure):
        single = () if after.slices == (OVERALL,) else tuple(range(len(after.slices)))
        places = [*((place,) for place in single), tuple(range(len(after.slices)))]
        return [
            _extreme_ends(measure, sides[0].part(each), sides[1].part(each), level)
            for each in places
        ]
    values = [side.of(figures) for side in sides]
    left_out = sides[1].without_each(figures) - sides[0].without_each(figures)
    differences = values[1] - values[0]
    if measure.proportion:
        return [
            _share_ends(float(d), left_out[:, i], n, level)
            for i, (d, n) in enumerate(zip(differences, sizes, strict=True))
        ]
    return [_ends(float(d), left_out[:, i], level) for i, d in enumerate(differences)]


def _apart(before: Estimate, after: Estimate) -> _Ends:
    """Return the interval of a difference whose sides have intervals of their own.

    The half-widths add up, which is never too little: a standard error of a difference is at
    most the sum of both.
    """
    ends = (before.low, before.high, after.low, after.high)
    if any(end is None for end in ends):
        return _Ends(math.nan, math.nan, 0)
    low, high, lower, higher = (float(end) for end in ends if end is not None)
    return _Ends(lower - high, higher - low, MINIMUM_UNITS, "both sides' intervals together")


def _row_ends(figures: Figures, before: Cells, after: Cells, level: float) -> Sequence[_Ends]:
    """Return the intervals of two logs of independent rows: their variances add up."""
    sides = [(c.totals.sum(axis=0), c.count.sum(axis=0)) for c in (before, after)]
    spread = np.hypot(*(spread_of_rows(cells, figures) for cells in (before, after)))
    difference = figures(*sides[1]) - figures(*sides[0])
    reach = spread * float(special.ndtri((1 + level) / 2))
    units = min(round(float(cells.count.max(initial=0))) for cells in (before, after))
    return [
        _Ends(float(d - r), float(d + r), units, "delta method on rows")
        for d, r in zip(difference, reach, strict=True)
    ]


@dataclass(frozen=True)
class _Side:
    """Sums per bucket of one log, or of some of its slices."""

    totals: Floats
    counts: Floats

    def part(self, places: Sequence[int]) -> _Side:
        """Return the sums of these slices together."""
        rows = list(places)
        return _Side(self.totals[:, rows].sum(axis=1), self.counts[:, rows].sum(axis=1))

    def of(self, figures: Figures) -> Floats:
        """Return the figures of everything."""
        return np.asarray(figures(self.totals.sum(axis=0), self.counts.sum(axis=0)))

    def without_each(self, figures: Figures) -> Floats:
        """Return b x f figures without one bucket each."""
        totals, counts = self.totals.sum(axis=0), self.counts.sum(axis=0)
        return np.asarray(figures(totals - self.totals, counts - self.counts))


def _extreme_ends(measure: ExtremeMeasure, before: _Side, after: _Side, level: float) -> _Ends:
    """Return what simultaneous intervals of parts and of their changes allow.

    Two bounds hold at once, and their overlap is given: the sides' own reaches apart, which is
    tight after a large change, and the largest change of any part, which is tight after a
    small one.
    """
    method = "simultaneous paired jackknife intervals of its parts, Šidák"
    values = [side.of(measure.parts) for side in (before, after)]
    left_out = [side.without_each(measure.parts) for side in (before, after)]
    there = [~np.isnan(value) for value in values]
    units = len(left_out[0])
    usable = all(
        mine.any() and np.isfinite(out[:, mine]).all()
        for mine, out in zip(there, left_out, strict=True)
    )
    if units < 2 or not usable:
        return _Ends(math.nan, math.nan, units, method)
    same = bool(np.array_equal(there[0], there[1]))
    intervals = int(there[0].sum()) * same + sum(int(mine.sum()) for mine in there)
    each = simultaneous_level(level, intervals)
    reaches = [
        measure.reach(*jackknife_intervals(value[mine], out[:, mine], each))
        for value, out, mine in zip(values, left_out, there, strict=True)
    ]
    low, high = reaches[1][0] - reaches[0][1], reaches[1][1] - reaches[0][0]
    if same:
        mine = there[0]
        change = values[1][mine] - values[0][mine]
        ends = jackknife_intervals(change, left_out[1][:, mine] - left_out[0][:, mine], each)
        farthest = measure.change_per_part * float(np.abs(np.stack(ends)).max())
        low, high = max(low, -farthest), min(high, farthest)
    return _Ends(low, high, units, method)


def _entity_ends(
    measure: Measure, before: EntityTotals, after: EntityTotals, level: float
) -> Sequence[_Ends]:
    if not isinstance(measure, EntityMeasure):
        raise UsageError(f"{measure} can't be read from entity totals.")
    buckets = np.union1d(occupied_buckets(before), occupied_buckets(after))
    sides = (before, after)
    left = [leave_out_entities(side, measure.figure, buckets)[:, 0] for side in sides]
    values = [float(measure.figure(side.per_entity())) for side in sides]
    return [_ends(values[1] - values[0], left[1] - left[0], level)]


def _share_ends(difference: float, left_out: Floats, n: float, level: float) -> _Ends:
    """Return the interval of a difference of shares; one without any spread isn't certain.

    Where no unit (or every unit) changed, the share of those that would is bounded by Wilson's
    interval on the effective n.
    """
    if difference not in (-1.0, 0.0, 1.0) or not np.all(left_out == difference) or n < 1:
        return _ends(difference, left_out, level)
    reach = float(wilson(0.0, n, level)[1])
    low, high = max(difference - reach, -1.0), min(difference + reach, 1.0)
    return _Ends(low, high, len(left_out), "Wilson on effective n")


def _ends(difference: float, left_out: Floats, level: float) -> _Ends:
    if len(left_out) < 2:
        return _Ends(math.nan, math.nan, len(left_out))
    low, high = jackknife_interval(difference, left_out, (-math.inf, math.inf), level)
    return _Ends(low, high, len(left_out))


def _change(
    measure: Measure, before: Estimate, after: Estimate, end: _Ends, level: float
) -> Change:
    low: float | None = None
    high: float | None = None
    difference, method, note = None, "none", ""
    status = next((e.status for e in (before, after) if e.value is None), Status.OK)
    if before.value is None or after.value is None:
        note = before.note or after.note
    else:
        difference = after.value - before.value
        if measure.unit is SamplingUnit.CENSUS:
            method = "census"
        elif end.units < MINIMUM_UNITS or not math.isfinite(end.low + end.high):
            status, note = Status.INSUFFICIENT, "too few independent units on either side"
        else:
            low, high, method = end.low, end.high, end.method
    return Change(
        measure.identity,
        before.slice,
        before,
        after,
        difference,
        low,
        high,
        level,
        status,
        method,
        note,
    )
