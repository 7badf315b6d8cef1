"""From cells to gaps and ratios between slices, with intervals that hold together."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
import numpy.typing as npt

from fairview.core.errors import DataError
from fairview.core.ranges import UNKNOWN
from fairview.measure.cells import Cells
from fairview.measure.comparisons import EXTREMES, ComparisonMeasure, Contrast
from fairview.measure.crossed import Crossed, crossed_units
from fairview.measure.estimate import OVERALL, Estimate, SamplingUnit, Status
from fairview.measure.evidence import Precision, figure_counts, figure_excluded, hidden_reasons
from fairview.measure.intervals import (
    MINIMUM_UNITS,
    covariance_of_rows,
    effective_n,
    leave_out_cells,
    scaled_interval,
)
from fairview.measure.measure import CellsMeasure, Figure, GroupCellsMeasure
from fairview.measure.slices import JOIN
from fairview.measure.statistics import (
    Parts,
    gaps_to,
    ratios_to,
    smallest_gap,
    worst_gap,
    worst_ratio,
)

Floats = npt.NDArray[np.float64]


def compare_slices(
    measure: ComparisonMeasure, cells: Cells, rng: np.random.Generator, precision: Precision
) -> list[Estimate]:
    """Return the estimates of a comparison: one per slice, or one of the extremes."""
    sides = [_Side.of(inner, cells, precision) for inner in measure.compared()]
    if measure.reference == EXTREMES:
        return [_extremes(measure, sides, rng, precision)]
    return _to_reference(measure, sides[0], rng, precision)


@dataclass(frozen=True)
class _Side:
    """One compared measure's figures, slice by slice and then overall."""

    measure: CellsMeasure
    figures: Sequence[Figure]
    counts: Sequence[Floats]
    excluded: Sequence[int]
    hidden: Sequence[str]
    parts: Parts
    independent: bool
    crossed: Sequence[tuple[int, float]] | None

    @classmethod
    def of(cls, measure: CellsMeasure, cells: Cells, precision: Precision) -> _Side:
        if isinstance(measure, GroupCellsMeasure):
            cells = cells.select(measure.component_names)
        named = measure.sliced(cells.slices, cells.components)
        if len(named) != len(cells.slices) + 1 or named[-1].label != OVERALL:
            raise DataError(
                f"{measure} can't be compared between slices; it needs to be sliced, and to give "
                f"one figure per slice and one overall."
            )
        counts = [figure_counts(figure, cells) for figure in named]
        both = measure.unit is SamplingUnit.BOTH
        return cls(
            measure,
            named,
            counts,
            [figure_excluded(figure, cells) for figure in named],
            hidden_reasons(measure, named, cells, precision.minimum_cell),
            parts_of_cells(measure, cells),
            cells.independent,
            [crossed_units(each, cells) for each in counts] if both else None,
        )

    @property
    def labels(self) -> list[str]:
        """The slices, then ``overall``."""
        return [figure.label for figure in self.figures]

    def units(self, place: int) -> int:
        """Return how many independent units a figure rests on."""
        counts = self.counts[place]
        if self.crossed is not None:
            return self.crossed[place][0]
        return round(float(counts.sum())) if self.independent else int((counts > 0).sum())

    def n(self, place: int) -> int:
        """Return a figure's observations."""
        return round(float(self.counts[place].sum()))

    def effective(self, place: int) -> float:
        """Return a figure's equal units."""
        if self.crossed is not None:
            return self.crossed[place][1]
        return float(self.n(place)) if self.independent else effective_n(self.counts[place])

    def gap_error(self, one: int, other: int) -> float:
        """Return the standard error of the difference of two figures."""
        a, b = self.parts.errors[[one, other]]
        return float(
            np.sqrt(max(a * a + b * b - 2 * self.parts.correlation[one, other] * a * b, 0))
        )


def parts_of_cells(measure: CellsMeasure, cells: Cells) -> Parts:
    """Return the figures of all slices, then overall, ready to be compared."""
    figures = partial(measure.sliced_figures, slices=cells.slices)
    values = figures(cells.totals.sum(axis=0), cells.count.sum(axis=0))
    named = measure.sliced(cells.slices, cells.components)
    counts = np.array([figure_counts(figure, cells).sum() for figure in named])
    if measure.unit is SamplingUnit.BOTH:
        sizes = None
        if measure.proportion:
            sizes = [crossed_units(figure_counts(figure, cells), cells)[1] for figure in named]
        return Crossed.of(cells, figures).parts(values, measure.bounds, sizes)
    if not cells.independent:
        sizes = None
        if measure.proportion:
            sizes = [effective_n(figure_counts(figure, cells)) for figure in named]
        left_out = leave_out_cells(cells, figures)
        if not len(left_out):
            left_out = np.full((1, len(named)), math.nan)
        return Parts.of_clusters(left_out, values, measure.bounds, sizes)
    if measure.proportion:
        n = np.where(counts > 0, counts, math.nan)[:-1]
        return Parts.of_shares(np.round(values[:-1] * n), n, overall=True)
    return _parts_of_rows(values, covariance_of_rows(cells, figures), measure.bounds)


def _parts_of_rows(values: Floats, covariance: Floats, bounds: tuple[float, float]) -> Parts:
    errors = np.sqrt(np.diagonal(covariance))
    with np.errstate(invalid="ignore", divide="ignore"):
        correlation = covariance / np.outer(errors, errors)
    correlation = np.clip(np.nan_to_num(correlation), -1, 1)
    np.fill_diagonal(correlation, 1.0)

    def ends(critical: float) -> tuple[Floats, Floats]:
        both = [
            scaled_interval(float(value), float(critical * error), bounds)
            for value, error in zip(values, errors, strict=True)
        ]
        return np.array([low for low, _ in both]), np.array([high for _, high in both])

    return Parts(values, errors, correlation, ends)


def _to_reference(
    measure: ComparisonMeasure, side: _Side, rng: np.random.Generator, precision: Precision
) -> list[Estimate]:
    labels = side.labels
    if measure.reference not in labels:
        raise DataError(
            f"{measure} compares with {measure.reference!r}, and the slices are "
            f"{', '.join(labels)}."
        )
    at = labels.index(measure.reference)
    shown = np.array([not why for why in side.hidden])
    kept = np.flatnonzero(shown | (np.arange(len(labels)) == at))
    kept = kept[(kept == at) | (kept != len(labels) - 1)]
    compare = gaps_to if measure.contrast is Contrast.DIFFERENCE else ratios_to
    mask = np.isin(np.arange(len(labels)), kept)
    found = compare(
        side.parts.only(mask), int(np.searchsorted(kept, at)), rng, precision.level, p_values=False
    )
    estimates = []
    for place, label in enumerate(labels[:-1]):
        if place == at:
            continue
        value = low = high = math.nan
        hidden, note = side.hidden[place] or (side.hidden[at] and "the reference is withheld"), ""
        if not hidden:
            row = int(np.searchsorted(kept, place))
            value, low, high = (float(part[row]) for part in (found.values, found.low, found.high))
            note = _power(measure, side.gap_error(place, at), found.critical, precision.level)
        units = min(side.units(place), side.units(at))
        estimates.append(
            _estimate(
                measure, label, (value, low, high), precision, hidden=hidden, units=units,
                n=side.n(place), effective=side.effective(place), excluded=side.excluded[place],
                note=note, method="max-T over the slices",
            )
        )  # fmt: skip
    return estimates


def _extremes(
    measure: ComparisonMeasure,
    sides: Sequence[_Side],
    rng: np.random.Generator,
    precision: Precision,
) -> Estimate:
    """Return the worst comparison of any two known groups, over all compared measures."""
    is_gap = measure.contrast is Contrast.DIFFERENCE
    level = 1 - (1 - precision.level) / len(sides)
    found, notes, units, n, effective = [], [], [], 0, 0.0
    for side in sides:
        known = np.array([UNKNOWN not in label.split(JOIN) for label in side.labels])
        known[-1] = False
        mask = known & np.array([not why for why in side.hidden])
        places = [int(place) for place in np.flatnonzero(mask)]
        worst = (worst_gap if is_gap else worst_ratio)(
            side.parts.only(mask), rng, level, p_values=False
        )
        found.append((worst.value, worst.low, worst.high))
        notes.append(_about(side, places, worst.first, worst.second, int((known & ~mask).sum())))
        if worst.first >= 0:
            one, other = places[worst.first], places[worst.second]
            notes.append(_power(measure, side.gap_error(one, other), worst.critical, level))
            units += [side.units(one), side.units(other)]
        n = max(n, sum(side.n(place) for place in places))
        effective = max(effective, sum(side.effective(place) for place in places))
    pick = np.max if is_gap else np.min
    value, low, high = (float(pick([each[i] for each in found])) for i in range(3))
    return _estimate(
        measure, OVERALL, (value, low, high), precision, hidden="", units=min(units, default=0),
        n=n, effective=effective, excluded=max(side.excluded[-1] for side in sides),
        note="; ".join(note for note in notes if note), method="max-T over all pairs of slices",
    )  # fmt: skip


def _about(side: _Side, places: Sequence[int], one: int, other: int, hidden: int) -> str:
    """Return which two slices an extreme is about, and how many couldn't be compared."""
    withheld = f"{hidden} withheld" if hidden else ""
    if one < 0:
        return f"fewer than two slices can be compared{', ' + withheld if withheld else ''}"
    labels, values = side.labels, side.parts.values
    said = " and ".join(f"{labels[places[i]]} ({values[places[i]]:.6g})" for i in (one, other))
    what = type(side.measure).__name__
    return f"{what} of {said}, of {len(places)} slices{', ' + withheld if withheld else ''}"


def _power(measure: ComparisonMeasure, error: float, critical: float, level: float) -> str:
    """Return the gap that would be found four times of five."""
    if measure.contrast is not Contrast.DIFFERENCE or not math.isfinite(critical * error):
        return ""
    least = float(smallest_gap(error, level, 0.8, critical))
    return f"a gap of {least:.2g} would be found four times of five"


def _estimate(
    measure: ComparisonMeasure,
    label: str,
    ends: tuple[float, float, float],
    precision: Precision,
    *,
    hidden: str,
    units: int,
    n: int,
    effective: float,
    excluded: int,
    note: str,
    method: str,
) -> Estimate:
    value, low, high = ends
    status, interval = Status.OK, math.isfinite(low) and not math.isnan(high)
    if hidden:
        status, note = Status.SUPPRESSED, hidden
    elif not math.isfinite(value):
        status, note = Status.UNDEFINED, note or "the definition gives no value here"
    elif units < MINIMUM_UNITS or not interval:
        status, note = Status.INSUFFICIENT, f"only {units} independent groups of units; {note}"
    is_ok, shown = status is Status.OK, status in (Status.OK, Status.INSUFFICIENT)
    return Estimate(
        measure=measure.identity,
        slice=label,
        value=value if shown else None,
        low=low if is_ok else None,
        high=high if is_ok else None,
        level=precision.level,
        n=n,
        effective_n=effective,
        excluded=excluded,
        status=status,
        unit=measure.unit,
        method=method if is_ok else "none",
        note=note,
    )


__all__ = ["compare_slices", "parts_of_cells"]
