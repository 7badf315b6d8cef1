"""Intervals: hand-made cases here, coverage by simulation under `make prove`."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import numpy as np
import pytest
from statsmodels.stats.proportion import proportion_confint

from fairview.measure import OVERALL, Cells, Precision, SamplingUnit, Status, estimate_cells
from fairview.measure.intervals import (
    effective_n,
    jackknife_interval,
    leave_out_cells,
)
from fairview.measure.measures.action_rate import ActionRate
from fairview.measure.measures.div import Div

RATE = ActionRate(by="x")
REPLICATIONS = 10_000


def test_wilson_agrees_with_statsmodels() -> None:
    for count, n in ((0, 12), (3, 40), (40, 40), (510, 1000)):
        values = np.zeros((n, 1))
        values[:count] = 1.0
        cells = replace(Cells.from_rows(("x",), np.zeros(n, np.int16), values), independent=True)
        measure = ActionRate(by="", unit=SamplingUnit.ROW)
        [found] = estimate_cells(measure, cells, np.random.default_rng(0), Precision())
        assert (found.low, found.high) == pytest.approx(
            proportion_confint(count, n, 0.05, "wilson"), abs=1e-12
        )


def test_few_units_give_a_value_without_an_interval() -> None:
    cells = Cells.from_rows(("x",), np.array([1, 2, 3] * 10, np.int16), np.ones((30, 1)))
    [estimate] = estimate_cells(RATE, cells, np.random.default_rng(0), Precision(minimum_cell=3))
    assert estimate.status is Status.INSUFFICIENT
    assert estimate.value == 1.0
    assert estimate.low is None


def test_nothing_observed_is_suppressed_not_zero() -> None:
    estimates = estimate_cells(RATE, Cells.empty(("x",)), np.random.default_rng(0), Precision())
    assert {e.status for e in estimates} == {Status.SUPPRESSED}
    assert {e.value for e in estimates} == {None}


def test_all_ones_get_a_wilson_interval_not_a_point() -> None:
    values = np.column_stack([np.ones(50), np.full(50, np.nan)])
    cells = Cells.from_rows(("overall", "supply"), np.arange(50, dtype=np.int16), values)
    estimates = estimate_cells(Div(), cells, np.random.default_rng(0), Precision())
    assert estimates[0].high == 1.0
    assert estimates[0].low == pytest.approx(proportion_confint(50, 50, 0.05, "wilson")[0])
    assert "Wilson" in estimates[0].method


def test_effective_n_of_one_heavy_unit_is_near_one() -> None:
    assert effective_n(np.array([1000.0, 1, 1])) == pytest.approx(1.004, abs=0.01)


def test_same_generator_same_interval() -> None:
    rng = np.random.default_rng(3)
    cells = Cells.from_rows(
        ("x",), rng.integers(0, 200, 900).astype(np.int16), (rng.random((900, 1)) < 0.2) * 1.0
    )
    one = estimate_cells(RATE, cells, np.random.default_rng(7), Precision())
    two = estimate_cells(RATE, cells, np.random.default_rng(7), Precision())
    assert one == two


def test_a_figure_with_a_minimum_gets_bootstrap_percentiles() -> None:
    class Smaller(Div):
        """The smaller of the two components' means."""

        smooth = False

        def figure_names(self, keys: tuple[str, ...]) -> tuple[str, ...]:
            return ("smaller",)

        def figures(self, totals: np.ndarray, counts: np.ndarray) -> np.ndarray:
            return super().figures(totals, counts).min(axis=-1, keepdims=True)

    rng = np.random.default_rng(0)
    values = (rng.random((800, 2)) < 0.4) * 1.0
    cells = Cells.from_rows(("overall", "supply"), rng.integers(0, 4096, 800), values)
    [estimate] = estimate_cells(Smaller(), cells, rng, Precision())
    assert "bootstrap" in estimate.method
    assert estimate.low is not None
    assert estimate.value is not None
    assert estimate.high is not None
    assert estimate.low < estimate.value < estimate.high


def _person_cells(rng: np.random.Generator, row: np.ndarray, occupied: np.ndarray) -> Cells:
    """Cells of people with a click rate of their own each, Beta(2, 8), so rows are clustered."""
    shown = rng.poisson(8, len(row)) + 1
    clicks = rng.binomial(shown, rng.beta(2, 8, len(row)))
    count = np.bincount(row, shown).reshape(-1, 1, 1)
    mean = np.bincount(row, clicks).reshape(-1, 1, 1) / count
    return Cells((OVERALL,), ("x",), occupied, count, mean, count * 0, np.zeros((1, 1)))


@pytest.mark.prove
@pytest.mark.parametrize("seed", [11, 12, 13])
@pytest.mark.parametrize("people", [150, 3000])
def test_clustered_rates_are_covered_at_the_nominal_rate(seed: int, people: int) -> None:
    rng = np.random.default_rng(seed)
    occupied, row = np.unique(rng.integers(0, 4096, people), return_inverse=True)
    covered = 0
    for _ in range(REPLICATIONS):
        cells = _person_cells(rng, row, occupied.astype(np.int16))
        left_out = leave_out_cells(cells, partial(RATE.sliced_figures, slices=cells.slices))[:, 0]
        value = float(cells.totals.sum() / cells.count.sum())
        low, high = jackknife_interval(value, left_out, (0.0, 1.0), 0.95)
        covered += low <= 0.2 <= high
    assert abs(covered / REPLICATIONS - 0.95) <= 3 * np.sqrt(0.95 * 0.05 / REPLICATIONS)
