"""Audits that are looked at every day: estimates whose intervals hold on all days at once.

Each day's cells are merged into those of the days before (`persistence` keeps them); people fall
in the same bucket whenever they come, so they count once. Nothing else is kept but the tuning.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from fairview.core.errors import UsageError
from fairview.measure.cells import Cells
from fairview.measure.comparing import parts_of_cells
from fairview.measure.comparisons import EXTREMES, ComparisonMeasure, Contrast
from fairview.measure.estimate import OVERALL, Estimate, Status
from fairview.measure.estimation import estimates_of
from fairview.measure.evidence import Precision
from fairview.measure.measure import CellsMeasure, GroupCellsMeasure
from fairview.measure.statistics import Parts, always_valid


def watched_estimates(
    measure: CellsMeasure | ComparisonMeasure,
    cells: Cells,
    planned_error: float,
    rng: np.random.Generator,
    precision: Precision | None = None,
) -> list[Estimate]:
    """Return the estimates of everything seen so far, each with a confidence sequence.

    Look as often as you like, and stop when you like: no interval of any look leaves the truth
    out, at the level, for each figure by itself. They are about 1.55 times as wide as those of a
    single look, or wider far from the planned error. See `always_valid`.

    Parameters
    ----------
    measure
        A smooth measure that gives one figure per slice, or a gap between slices and a reference.
    cells
        The merged cells of all days.
    planned_error
        The tuning, fixed before the first look: the standard error at which intervals are to be
        narrowest.
    rng
        Where chance comes from.
    precision
        As in `evaluate`.

    Raises
    ------
    UsageError
        Where the measure takes an extreme or a ratio, or the planned error isn't above 0.
    """
    chosen = precision or Precision()
    inner = _inner(measure)
    names = [figure.label for figure in inner.sliced(cells.slices, cells.components)]
    if isinstance(inner, GroupCellsMeasure):
        cells = cells.select(inner.component_names)
    parts = parts_of_cells(inner, cells)
    found = []
    for estimate in estimates_of(measure, cells, rng, chosen):
        if estimate.status is not Status.OK or estimate.value is None or estimate.low is None:
            found.append(estimate)
            continue
        at = names.index(estimate.slice)
        error = _error(measure, parts, at, names)
        low, high = always_valid(estimate.value, error, planned_error, chosen.level)
        found.append(
            replace(
                estimate,
                low=max(float(low), measure.bounds[0]),
                high=min(float(high), measure.bounds[1]),
                method=f"confidence sequence, planned error {planned_error:g}",
            )
        )
    return found


def _inner(measure: CellsMeasure | ComparisonMeasure) -> CellsMeasure:
    if not isinstance(measure, ComparisonMeasure):
        if not measure.smooth:
            raise UsageError(f"{measure} takes an extreme; watch the figures that it is made of.")
        return measure
    if measure.reference == EXTREMES or measure.contrast is not Contrast.DIFFERENCE:
        raise UsageError(
            f"{measure} can't be watched; watch a gap to a reference, such as {OVERALL!r}."
        )
    return measure.compared()[0]


def _error(
    measure: CellsMeasure | ComparisonMeasure, parts: Parts, at: int, names: list[str]
) -> float:
    if not isinstance(measure, ComparisonMeasure):
        return float(parts.errors[at])
    other = names.index(measure.reference)
    a, b = parts.errors[[at, other]]
    return float(np.sqrt(max(a * a + b * b - 2 * parts.correlation[at, other] * a * b, 0.0)))
