"""What a figure of cells rests on: its counts, what it leaves out, and whether it may be shown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from fairview.measure.cells import Cells
from fairview.measure.crossed import crossed_units
from fairview.measure.estimate import OVERALL, SamplingUnit
from fairview.measure.measure import CellsMeasure, Figure, Measure
from fairview.measure.suppression import suppressed

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Precision:
    """How intervals are made: their level, the bootstrap's replicates, the smallest cell shown.

    Parameters
    ----------
    level
        The confidence of an interval.
    replicates
        How often a bootstrap draws.
    minimum_cell
        The fewest observations of a figure that is shown, and the fewest people too where people
        are the sampling unit.
    bootstrap
        Whether smooth figures get percentiles of a bootstrap as well (of buckets, or of the cells
        of independent rows) in place of the jackknife and of closed forms, which need no chance.
    """

    level: float = 0.95
    replicates: int = 1000
    minimum_cell: int = 10
    bootstrap: bool = False


def figure_counts(figure: Figure, cells: Cells) -> Floats:
    """Return a figure's counts per bucket: of the components that it counts, else the largest."""
    counts: Floats = cells.count[:, list(figure.slices)].sum(axis=1)
    if figure.components:
        return np.asarray(counts[:, list(figure.components)].sum(axis=1))
    return np.asarray(counts.max(axis=1, initial=0))


def figure_excluded(figure: Figure, cells: Cells) -> int:
    """Return how many observations a figure leaves out; the same row may lack two components."""
    columns = list(figure.components) or slice(None)
    found = cells.excluded[list(figure.slices)].sum(axis=0)[columns].max(initial=0)
    return round(float(found))


def hidden_reasons(
    measure: CellsMeasure,
    named: Sequence[Figure],
    cells: Cells,
    minimum: int,
) -> list[str]:
    """Return why each figure is withheld, empty for those that are shown."""
    counts = [figure_counts(figure, cells) for figure in named]
    units: list[int | None] = [None] * len(counts)
    if measure.unit is SamplingUnit.BOTH:
        units = [crossed_units(each, cells)[0] for each in counts]
    reasons = [
        too_small(measure, each, minimum, own) for each, own in zip(counts, units, strict=True)
    ]
    if cells.slices == (OVERALL,):
        return reasons
    figures = max(len(measure.figure_names(cells.components)), 1)
    single = len(named) - figures if len(named) > len(cells.slices) else len(named)
    for offset in range(figures):
        places = range(offset, single, figures)
        n = np.array([counts[i].sum() for i in places])
        small = np.array([bool(reasons[i]) for i in places])
        for i, withheld in zip(places, suppressed(cells.slices, n, small, minimum), strict=True):
            if withheld and not reasons[i]:
                reasons[i] = "withheld so that a smaller group can't be worked out from the total"
    return reasons


def too_small(measure: Measure, counts: Floats, minimum: int, crossed: int | None = None) -> str:
    """Return why counts per bucket are too little to be shown, empty where they aren't.

    `crossed` is how many buckets of people or of items they stand in, where both are drawn again.
    """
    n, units = round(float(counts.sum())), int((counts > 0).sum())
    if n < minimum:
        return f"fewer than {minimum} observations"
    if measure.unit is SamplingUnit.PERSON and units < minimum:
        return f"observations of fewer than {minimum} people"
    if crossed is not None and crossed < minimum:
        return f"observations of fewer than {minimum} people or items"
    return ""
