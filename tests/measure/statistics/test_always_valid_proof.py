"""A confidence sequence is right on every day of a hundred, at once; a daily interval isn't.

10,000 audits, three seeds, looked at every day. A sequence that may be watched for ever is
conservative over any finite time: at least the stated rate.
"""

from __future__ import annotations

import numpy as np
import pytest

from fairview.measure.statistics import always_valid, mixture_reach, tuning

REPLICATIONS, DAYS, LEVEL = 10_000, 100, 0.95
SEEDS = [51, 52, 53]
LEAST = LEVEL - 3 * np.sqrt(LEVEL * (1 - LEVEL) / REPLICATIONS)


@pytest.mark.prove
@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize(("rate", "rows"), [(0.3, 200), (0.02, 1000), (0.995, 1000)])
def test_a_rate_is_held_on_all_days_at_once(rate: float, rows: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    x = rng.binomial(rows, rate, (REPLICATIONS, DAYS)).cumsum(axis=1)
    n = rows * np.arange(1, DAYS + 1.0)
    share = x / n
    variance = share * (1 - share) * n / (n - 1)
    away = np.abs(share - rate)
    rho = tuning(rows * DAYS / 2, rate * (1 - rate), LEVEL)
    held = (away <= mixture_reach(n, variance, rho, LEVEL)).all(axis=1).mean()
    assert held >= LEAST
    daily = (away <= 1.96 * np.sqrt(variance / n)).all(axis=1).mean()
    assert daily < 0.75


@pytest.mark.prove
@pytest.mark.parametrize("seed", SEEDS)
def test_a_gap_is_held_on_all_days_at_once(seed: int) -> None:
    rng = np.random.default_rng(seed)
    sides = []
    for rows, rate in ((300, 0.1), (100, 0.15)):
        x = rng.binomial(rows, rate, (REPLICATIONS, DAYS)).cumsum(axis=1)
        n = rows * np.arange(1, DAYS + 1.0)
        sides.append((x / n, x / n * (1 - x / n) / n))
    gap, error = sides[1][0] - sides[0][0], np.sqrt(sides[0][1] + sides[1][1])
    low, high = always_valid(gap, np.maximum(error, 1e-6), planned_error=0.006)
    assert ((low <= 0.05) & (high >= 0.05)).all(axis=1).mean() >= LEAST


@pytest.mark.prove
@pytest.mark.parametrize("seed", SEEDS)
def test_people_who_come_back_are_counted_once(seed: int) -> None:
    """Ten new people a day, and all who came before come back one day in three."""
    rng = np.random.default_rng(seed)
    days, new, rate, likeness = 40, 10, 0.25, 6.0
    people = days * new
    first = np.repeat(np.arange(days), new)
    held = np.zeros(0, bool)
    for _ in range(REPLICATIONS // 500):
        own = rng.beta(likeness * rate, likeness * (1 - rate), (500, people)).astype(np.float32)
        x, n = np.zeros((500, people)), np.zeros((500, people))
        right = np.ones(500, bool)
        for day in range(days):
            there = first <= day
            comes = np.where(first[there] == day, 1.0, rng.random((500, there.sum())) < 1 / 3)
            n[:, there] += 3 * comes
            x[:, there] += rng.binomial((3 * comes).astype(int), own[:, there])
            if day < 3:
                continue
            whole = n.sum(axis=1)
            share = x.sum(axis=1) / whole
            seen = there.sum()
            squares = ((x - share[:, None] * n) ** 2).sum(axis=1)
            error = np.sqrt(squares * seen / (seen - 1)) / whole
            low, high = always_valid(share, error, planned_error=0.012)
            right &= (low <= rate) & (rate <= high)
        held = np.append(held, right)
    assert len(held) == REPLICATIONS
    assert held.mean() >= LEAST
