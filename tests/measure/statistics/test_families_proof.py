"""Families: no false claim, or few among those made, at the stated rates; power as predicted."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from fairview.measure.statistics import (
    benjamini_hochberg,
    cluster_robust,
    difference_score,
    gap_error,
    holm,
    required_n,
    smallest_gap,
)

REPLICATIONS = 10_000
SEEDS = [41, 42, 43]
RATE, TESTS, NULLS = 0.05, 30, 20


def p_values(rng: np.random.Generator, nulls: int, shared: float) -> np.ndarray:
    """Two-sided p-values; the first `nulls` have nothing to find, all may share a reference."""
    z = rng.standard_normal((REPLICATIONS, TESTS)) * np.sqrt(1 - shared)
    z += np.sqrt(shared) * rng.standard_normal((REPLICATIONS, 1))
    z[:, nulls:] += 3.0
    return 2 * stats.norm.sf(np.abs(z))


@pytest.mark.prove
@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("shared", [0.0, 0.5])
def test_holm_keeps_the_family_wise_error(shared: float, seed: int) -> None:
    rng = np.random.default_rng(seed)
    error = np.sqrt(RATE * (1 - RATE) / REPLICATIONS)
    for nulls in (TESTS, NULLS):
        adjusted = np.array([holm(p) for p in p_values(rng, nulls, shared)])
        wrong = float((adjusted[:, :nulls] <= RATE).any(axis=1).mean())
        assert wrong <= RATE + 3 * error
        if shared == 0 and nulls == TESTS:
            assert wrong == pytest.approx(1 - (1 - RATE / TESTS) ** TESTS, abs=3 * error)


@pytest.mark.prove
@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("shared", [0.0, 0.5])
def test_benjamini_hochberg_keeps_the_false_discovery_rate(shared: float, seed: int) -> None:
    """Exactly nulls / tests x q for independent tests, and no more for positively dependent."""
    rng = np.random.default_rng(seed)
    adjusted = np.array([benjamini_hochberg(p) for p in p_values(rng, NULLS, shared)])
    claimed = adjusted <= RATE
    wrong = claimed[:, :NULLS].sum(axis=1) / np.maximum(claimed.sum(axis=1), 1)
    error = wrong.std() / np.sqrt(REPLICATIONS)
    expected = RATE * NULLS / TESTS
    assert wrong.mean() <= expected + 3 * error
    if shared == 0:
        assert wrong.mean() >= expected - 3 * error
    assert claimed[:, NULLS:].mean() > 0.6


@pytest.mark.prove
@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("power", [0.8, 0.9])
def test_the_smallest_gap_is_found_as_often_as_predicted(power: float, seed: int) -> None:
    rng = np.random.default_rng(seed)
    error = np.sqrt(power * (1 - power) / REPLICATIONS)
    one, other = 6000, 2500
    gap = float(smallest_gap(gap_error(0.3, one, other), power=power))
    gap = float(smallest_gap(gap_error(0.3, one, other, gap), power=power))
    x1, x2 = rng.binomial(one, 0.3, REPLICATIONS), rng.binomial(other, 0.3 + gap, REPLICATIONS)
    found = np.abs(difference_score(x1, one, x2, other)) > stats.norm.ppf(0.975)
    assert found.mean() == pytest.approx(power, abs=3 * error)
    half = required_n(0.02, 0.2, power=power) // 2
    x1, x2 = rng.binomial(half, 0.2, REPLICATIONS), rng.binomial(half, 0.22, REPLICATIONS)
    found = np.abs(difference_score(x1, half, x2, half)) > stats.norm.ppf(0.975)
    assert found.mean() == pytest.approx(power, abs=3 * error)


@pytest.mark.prove
@pytest.mark.parametrize("seed", SEEDS)
def test_clusters_take_the_power_that_their_design_effect_says(seed: int) -> None:
    """People with ten rows each whose rows correlate by .1: a design effect of 1.9."""
    rng = np.random.default_rng(seed)
    people, rows, rate, likeness = 1500, 10, 0.3, 9.0
    effect = 1 + (rows - 1) / (likeness + 1)
    n = people * rows
    gap = float(smallest_gap(gap_error(rate, n, n, 0.02, effect)))
    z = np.zeros(REPLICATIONS)
    counts = np.full((people, 1), float(rows))
    for i in range(REPLICATIONS):
        found = []
        for p in (rate, rate + gap):
            own = rng.beta(likeness * p, likeness * (1 - p), people)
            found.append(cluster_robust(rng.binomial(rows, own)[:, None], counts))
        z[i] = ((found[1][0] - found[0][0]) / np.hypot(found[0][1], found[1][1]))[0]
    power = (np.abs(z) > stats.norm.ppf(0.975)).mean()
    assert power == pytest.approx(0.8, abs=3 * np.sqrt(0.16 / REPLICATIONS))
