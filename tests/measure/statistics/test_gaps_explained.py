"""Mix and rate, and divergence with its null."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fairview.core.errors import DataError
from fairview.measure.statistics import corrected_kl, kl_null, mix_and_rate, plug_in_kl

strata = st.lists(
    st.tuples(st.integers(0, 50), st.integers(0, 50), st.floats(0, 1), st.floats(0, 1)),
    min_size=1,
    max_size=6,
).filter(lambda rows: sum(r[0] for r in rows) > 0 and sum(r[1] for r in rows) > 0)


@settings(deadline=None)
@given(strata)
def test_the_parts_add_up_to_the_gap(rows: list[tuple[int, int, float, float]]) -> None:
    n_a, n_b, r_a, r_b = (np.array(column, float) for column in zip(*rows, strict=True))
    found = mix_and_rate(n_a * r_a, n_a, n_b * r_b, n_b)
    gap = (n_a * r_a).sum() / n_a.sum() - (n_b * r_b).sum() / n_b.sum()
    parts = found.total_mix + found.total_rate + found.total_unmatched
    assert float(found.gap) == pytest.approx(gap, abs=1e-12)
    assert float(parts) == pytest.approx(gap, abs=1e-12)
    back = mix_and_rate(n_b * r_b, n_b, n_a * r_a, n_a)
    assert float(back.total_mix) == pytest.approx(-float(found.total_mix), abs=1e-12)


def test_equal_rates_are_all_mix_and_equal_mixes_are_all_rate() -> None:
    rate = mix_and_rate([10, 40], [100, 100], [20, 50], [100, 100])
    assert (float(rate.total_mix), float(rate.total_rate)) == pytest.approx((0, -0.1))
    assert rate.rate == pytest.approx([-0.05, -0.05])


def test_a_stratum_that_one_side_lacks_stands_apart() -> None:
    found = mix_and_rate([10, 40], [100, 100], [20, 0], [100, 0])
    assert np.isnan(found.mix[1])
    assert float(found.total_unmatched) == pytest.approx(0.2)
    assert np.isnan(float(mix_and_rate([0], [0], [1], [2]).gap))


def test_resamples_are_leading_axes() -> None:
    totals = np.random.default_rng(1).poisson(30, (50, 3)).astype(float)
    found = mix_and_rate(totals, np.full((50, 3), 100.0), totals[0], np.full(3, 100.0))
    assert found.gap.shape == (50,)
    with pytest.raises(DataError, match="same strata"):
        mix_and_rate([1, 2], [3, 4], [1, 2, 3], [1, 2, 3])


def test_the_excess_of_divergence_is_taken_off() -> None:
    """From 10 bins and 50 draws of the target itself .095 is read, and 0 is corrected."""
    rng = np.random.default_rng(2)
    uniform = np.full(10, 0.1)
    null = kl_null(uniform, 50, rng)
    assert null.mean() == pytest.approx(0.095, abs=0.002)
    counts = rng.multinomial(50, uniform, 10_000)
    assert corrected_kl(counts, uniform).mean() == pytest.approx(0.0, abs=0.007)
    share = (null[None, :] >= plug_in_kl(counts[:2000], uniform)[:, None]).mean(axis=1)
    assert (share <= 0.05).mean() == pytest.approx(0.05, abs=0.02)


def test_impossible_targets_are_refused_and_impossible_counts_are_infinite() -> None:
    with pytest.raises(DataError, match="sum to 1"):
        plug_in_kl([1, 2], [0.5, 0.6])
    with pytest.raises(DataError, match="one share per bin"):
        plug_in_kl([1, 2, 3], [0.5, 0.5])
    assert np.isinf(plug_in_kl([1, 2], [0.0, 1.0]))
    assert np.isnan(plug_in_kl([0, 0], [0.5, 0.5]))
