"""Where people and items are both drawn, their interval holds at least at the stated rate."""

from __future__ import annotations

import numpy as np
import pytest

from fairview.measure.statistics import pigeonhole, two_way_error

REPLICATIONS, LEVEL = 10_000, 0.95
PEOPLE, ITEMS = 40, 30
LEAST = LEVEL - 3 * np.sqrt(LEVEL * (1 - LEVEL) / REPLICATIONS)


@pytest.mark.prove
@pytest.mark.parametrize("seed", [71, 72, 73])
def test_the_pigeonhole_bootstrap_is_conservative(seed: int) -> None:
    rng = np.random.default_rng(seed)
    i, j = np.divmod(np.arange(PEOPLE * ITEMS), ITEMS)
    one = np.ones((len(i), 1))
    held = by_rows = 0
    for _ in range(REPLICATIONS):
        y = 0.3 * rng.standard_normal(PEOPLE)[i] + 0.3 * rng.standard_normal(ITEMS)[j]
        y = (y + rng.standard_normal(len(i)))[:, None]
        drawn = pigeonhole(i, j, y, one, np.divide, 99, rng)
        mean = float(y.mean())
        held += abs(mean) <= 1.96 * float(drawn.std(ddof=1))
        by_rows += abs(mean) <= 1.96 * float(y.std(ddof=1)) / np.sqrt(len(i))
    assert held / REPLICATIONS >= LEAST
    assert by_rows / REPLICATIONS < 0.75


def test_the_closed_form_is_no_wider() -> None:
    rng = np.random.default_rng(2)
    i, j = np.divmod(np.arange(PEOPLE * ITEMS), ITEMS)
    y = rng.standard_normal((len(i), 1)) + 0.3 * rng.standard_normal(PEOPLE)[i][:, None]
    one = np.ones_like(y)
    wide = pigeonhole(i, j, y, one, np.divide, 500, rng).std()
    assert float(two_way_error(i, j, y, one)[0]) < wide
