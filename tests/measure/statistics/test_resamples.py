"""Resampling cells is resampling rows: the same law, without the rows."""

from __future__ import annotations

import numpy as np
import pytest

from fairview.core.errors import DataError
from fairview.measure.statistics import (
    cluster_resamples,
    cluster_robust,
    influence,
    moment_cells,
    multinomial_cells,
    poisson_cells,
)

REPLICATES = 20_000


def test_poisson_cells_have_the_law_of_weighting_every_row() -> None:
    rng = np.random.default_rng(3)
    outcome, group = rng.random(60) < 0.3, rng.integers(0, 2, 60)
    counts = np.array([[(outcome & (group == g)).sum(), (group == g).sum()] for g in (0, 1)])
    cells = np.column_stack([counts[:, 0], counts[:, 1] - counts[:, 0]])
    weights = rng.poisson(1.0, (REPLICATES, 60))
    by_rows = np.stack([weights @ (outcome & (group == g)) for g in (0, 1)], axis=1)
    by_cells = poisson_cells(cells, REPLICATES, rng)[:, :, 0]
    for g in (0, 1):
        for k in range(1, 30):
            share = [(drawn[:, g] <= k).mean() for drawn in (by_rows, by_cells)]
            assert share[0] == pytest.approx(share[1], abs=0.02)


def test_multinomial_cells_keep_the_total_and_draw_rows_with_replacement() -> None:
    drawn = multinomial_cells([[3, 7], [0, 0]], REPLICATES, np.random.default_rng(1))
    assert (drawn.sum(axis=2) == [10, 0]).all()
    assert drawn[:, 0, 0].var() == pytest.approx(10 * 0.3 * 0.7, rel=0.05)
    with pytest.raises(DataError, match="whole counts"):
        multinomial_cells([0.5, 1.0], 1, np.random.default_rng(1))


def test_moment_cells_have_the_mean_and_variance_of_weighting_every_row() -> None:
    rng = np.random.default_rng(5)
    values = rng.gamma(2.0, 3.0, 80)
    weights = rng.poisson(1.0, (REPLICATES, 80))
    n, total = moment_cells(
        [80.0], [values.mean()], [((values - values.mean()) ** 2).sum()], REPLICATES, rng
    )
    by_rows = weights @ values
    assert total.mean() == pytest.approx(by_rows.mean(), rel=0.01)
    assert total.std() == pytest.approx(by_rows.std(), rel=0.03)
    ratio = (total / n).std()
    assert ratio == pytest.approx((by_rows / weights.sum(axis=1)).std(), rel=0.03)


def test_impossible_counts_are_refused() -> None:
    for counts in ([-1.0], [np.nan], [np.inf]):
        with pytest.raises(DataError, match="finite and at least 0"):
            poisson_cells(counts, 1, np.random.default_rng(1))


def test_the_delta_method_agrees_with_the_bootstrap_of_clusters() -> None:
    rng = np.random.default_rng(7)
    n = rng.poisson(5, (400, 2)) + 1.0
    y = rng.binomial(n.astype(int), rng.beta(2, 5, (400, 1))).astype(float)
    ratio, error = cluster_robust(y, n)
    drawn = cluster_resamples(y, n, np.divide, 4000, rng)
    assert drawn.std(axis=0) == pytest.approx(error, rel=0.05)
    assert ratio == pytest.approx(y.sum(axis=0) / n.sum(axis=0))
    pulls = influence(y, n)
    assert np.sqrt((pulls**2).sum(axis=0) * 400 / 399) == pytest.approx(error)
    rows = float(ratio[0] * (1 - ratio[0]) / n[:, 0].sum())
    assert error[0] ** 2 > 1.3 * rows


def test_a_ratio_of_nothing_is_undefined() -> None:
    ratio, error = cluster_robust([[0.0, 1.0]], [[0.0, 2.0]])
    assert np.isnan(ratio[0])
    assert np.isnan(error).all()
    with pytest.raises(DataError, match="both be b x m"):
        cluster_robust([1.0], [2.0])
