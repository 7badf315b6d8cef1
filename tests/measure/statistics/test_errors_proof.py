"""Corrected figures hold the truth at the stated rate, with the matrix's own uncertainty.

10,000 simulated audits, three seeds: cells and calibration counts are both drawn. With 300
calibration counts or more per group the rate is nominal; with 45 it may be above.
"""

from __future__ import annotations

import numpy as np
import pytest

from fairview.measure.statistics import ErrorModel, correct, corrected_counts, rates, shares
from fairview.measure.statistics.error_correction import RESAMPLED, drawn_cells, percentile_ends
from fairview.measure.statistics.error_model import drawn_matrices

REPLICATIONS, LEVEL, DRAWS, CHUNK = 10_000, 0.95, 119, 250
SEEDS = [61, 62, 63]
ERROR = float(np.sqrt(LEVEL * (1 - LEVEL) / REPLICATIONS))
TWO = np.array([[0.86, 0.10, 0.04], [0.19, 0.76, 0.05]])
FOUR = np.array(
    [
        [0.90, 0.06, 0.00, 0.00, 0.04],
        [0.15, 0.78, 0.03, 0.01, 0.03],
        [0.01, 0.02, 0.92, 0.02, 0.03],
        [0.00, 0.01, 0.06, 0.88, 0.05],
    ]
)
MIX = np.array([0.15, 0.5, 0.2, 0.15])
SCENARIOS = {
    "shares of two": (TWO, 400, np.array([0.3, 0.7]), None, 2000),
    "shares of four": (FOUR, 400, MIX, None, 3000),
    "few labels": (FOUR, 45, MIX, None, 3000),
    "rates of two": (TWO, 400, np.array([0.3, 0.7]), np.array([0.2, 0.3]), 5000),
    "rates of four": (FOUR, 400, MIX, np.array([0.2, 0.25, 0.3, 0.1]), 10_000),
}


@pytest.mark.prove
@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("name", SCENARIOS)
def test_corrected_figures_hold_the_truth(name: str, seed: int) -> None:
    matrix, labels, mix, rate, rows = SCENARIOS[name]
    rng, k = np.random.default_rng(seed), len(mix)
    components = [mix] if rate is None else [mix * rate, mix * (1 - rate)]
    figures, truth = (shares, mix) if rate is None else (rates, rate)
    reads = np.stack([component @ matrix for component in components])
    held, raw_held = np.zeros(k), np.zeros(k)
    for _ in range(REPLICATIONS // CHUNK):
        cells = rng.multinomial(rows, reads.ravel(), CHUNK).reshape(CHUNK, *reads.shape) * 1.0
        counts = rng.multinomial(labels, matrix, (CHUNK, k)) * 1.0
        matrices = drawn_matrices(counts, DRAWS, rng)[:, :, None]
        drawn = figures(corrected_counts(drawn_cells(cells, DRAWS, rng), matrices, RESAMPLED))
        low, high = percentile_ends(drawn, LEVEL)
        held += ((low <= truth) & (truth <= high)).sum(axis=0)
        plain = figures(drawn_cells(cells[..., :k], DRAWS, rng))
        low, high = percentile_ends(plain, LEVEL)
        raw_held += ((low <= truth) & (truth <= high)).sum(axis=0)
    found = held / REPLICATIONS
    assert found.min() >= LEVEL - 3 * ERROR, found
    assert found.max() <= (1.0 if labels < 100 else LEVEL + 3 * ERROR), found
    assert raw_held.min() / REPLICATIONS < 0.8


def test_the_simulation_makes_intervals_as_an_audit_does() -> None:
    counts = np.array([[340.0, 40, 20], [80, 300, 20]])
    cells = np.array([[900.0, 1000.0, 100.0]])
    model = ErrorModel(("a", "b"), tuple(map(tuple, counts)), "x", "1")
    rng = np.random.default_rng(3)
    audit = correct(cells, model, "x", rng, replicates=20_000)
    drawn = shares(
        corrected_counts(
            drawn_cells(cells, 20_000, rng), drawn_matrices(counts, 20_000, rng)[:, None]
        )
    )
    low, high = percentile_ends(drawn, 0.95)
    assert (audit.low, audit.high) == (pytest.approx(low, abs=2e-3), pytest.approx(high, abs=2e-3))
