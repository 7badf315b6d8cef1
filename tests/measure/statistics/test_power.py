"""Power: the figures agree with statsmodels and with each other."""

from __future__ import annotations

import numpy as np
import pytest
from statsmodels.stats.power import zt_ind_solve_power

from fairview.core.errors import UsageError
from fairview.measure.statistics import (
    design_effect,
    gap_error,
    power_of_gap,
    required_n,
    smallest_gap,
)


def test_power_agrees_with_statsmodels() -> None:
    ours = float(power_of_gap(0.3, np.sqrt(2 / 150)))
    theirs = zt_ind_solve_power(effect_size=0.3, nobs1=150, alpha=0.05)
    assert ours == pytest.approx(theirs, abs=1e-6)


def test_the_smallest_gap_is_found_with_the_power_asked_for() -> None:
    errors = np.array([0.001, 0.02])
    for critical in (None, 3.1):
        gap = smallest_gap(errors, power=0.9, critical=critical)
        assert power_of_gap(gap, errors, critical=critical) == pytest.approx([0.9, 0.9], abs=1e-6)


def test_the_required_rows_find_the_gap_and_clusters_multiply_them() -> None:
    n = required_n(0.02, 0.2)
    found = smallest_gap(gap_error(0.2, n / 2, n / 2, 0.02))
    assert float(found) == pytest.approx(0.02, rel=1e-3)
    assert required_n(0.02, 0.2, design_effect=3.0) == pytest.approx(3 * n, abs=3)
    assert required_n(-0.02, 0.2) < n
    assert float(design_effect(0.03, 0.01)) == pytest.approx(9.0)


def test_questions_without_an_answer_are_refused() -> None:
    with pytest.raises(UsageError, match="isn't 0"):
        required_n(0.0, 0.2)
    with pytest.raises(UsageError, match="between 0 and 1"):
        required_n(0.9, 0.2)
    with pytest.raises(UsageError, match="between 0 and 1"):
        smallest_gap(0.1, power=1.0)
