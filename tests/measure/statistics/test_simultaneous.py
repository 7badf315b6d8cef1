"""Simultaneous intervals: hand-made cases and properties; rates are proven in `make prove`."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from statsmodels.stats.libqsturng import qsturng

from fairview.core.errors import DataError, UsageError
from fairview.measure.statistics import (
    Parts,
    gaps_between,
    gaps_to,
    max_t,
    ratios_to,
    worst_gap,
    worst_ratio,
)


def rng() -> np.random.Generator:
    return np.random.default_rng(4)


def test_independent_figures_need_the_critical_value_of_sidak() -> None:
    z = rng().standard_normal((40_000, 30))
    found = max_t(np.zeros(30), np.ones(30), z)
    assert found.critical == pytest.approx(stats.norm.ppf((1 + 0.95 ** (1 / 30)) / 2), abs=0.03)
    assert found.low == pytest.approx(-found.critical)


def test_comparisons_with_a_control_need_dunnetts_critical_value() -> None:
    """Dunnett (1964): the largest of five standardised differences from one control."""
    parts = Parts.of_means([1e6] * 6, [0.0] * 6, [1e6] * 6)
    found = gaps_to(parts, 0, rng(), draws=60_000)
    z = np.linspace(-8, 8, 4001)
    inside = stats.norm.cdf(z + found.critical * 2**0.5) - stats.norm.cdf(
        z - found.critical * 2**0.5
    )
    held = np.trapezoid(stats.norm.pdf(z) * inside**5, z)
    assert held == pytest.approx(0.95, abs=0.003)


def test_all_pairs_need_tukeys_critical_value() -> None:
    parts = Parts.of_means([1e6] * 10, [0.0] * 10, [1e6] * 10)
    _, found = gaps_between(parts, rng(), draws=60_000)
    assert found.critical == pytest.approx(qsturng(0.95, 10, 1e6) / np.sqrt(2), abs=0.03)


def test_large_counts_give_the_gap_plus_or_minus_c_standard_errors() -> None:
    n = np.array([400_000, 200_000, 300_000])
    x = np.array([80_000, 50_000, 90_000])
    found = gaps_to(Parts.of_shares(x, n), 0, rng())
    p = x / n
    error = np.sqrt(p * (1 - p) / n)
    half = found.critical * np.hypot(error[1:], error[0])
    assert found.high[1:] - found.values[1:] == pytest.approx(half, rel=0.01)
    assert found.values[1:] - found.low[1:] == pytest.approx(half, rel=0.01)


def test_overall_shares_rows_with_its_groups() -> None:
    """The error of a group minus the whole, against the multinomial delta method."""
    n, p = np.array([50_000, 30_000, 20_000]), np.array([0.2, 0.3, 0.25])
    parts = Parts.of_shares(n * p, n, overall=True)
    share = n / n.sum()
    whole = float(share @ p)
    found = gaps_to(parts, -1, rng())
    for g in range(3):
        mine = (1 / share[g] - 2) * p[g] * (1 - p[g]) + whole * (1 - whole)
        half = found.critical * np.sqrt(mine / n.sum())
        assert found.high[g] - found.values[g] == pytest.approx(half, rel=0.01)


def test_clusters_that_share_their_people_have_narrower_gaps() -> None:
    base = rng().normal(0, 1, (300, 1))
    values = 0.5 + 0.05 * base + 0.01 * rng().normal(0, 1, (300, 2))
    together = Parts.of_clusters((values.sum(axis=0) - values) / 299, values.mean(axis=0))
    found = gaps_to(together, 0, rng())
    alone = Parts(together.values, together.errors, np.eye(2), together.ends)
    apart = gaps_to(alone, 0, rng())
    assert found.high[1] - found.low[1] < 0.5 * (apart.high[1] - apart.low[1])
    difference = values[:, 1] - values[:, 0]
    half = stats.t.ppf(0.975, 299) * difference.std(ddof=1) / np.sqrt(300)
    assert (found.high[1] - found.low[1]) / 2 == pytest.approx(half, rel=0.05)


def test_an_interval_and_its_p_value_agree() -> None:
    x = np.array([200, 214, 222, 230, 238, 250, 190])
    parts = Parts.of_shares(x, np.full(7, 1000))
    for found, null in ((gaps_to(parts, 0, rng()), 0.0), (ratios_to(parts, 0, rng()), 1.0)):
        out = (found.low[1:] > null) | (found.high[1:] < null)
        assert out.any()
        assert not out.all()
        assert (found.p_values[1:] <= 0.0502).tolist() == out.tolist()


def test_the_worst_gap_can_be_zero_and_names_its_groups() -> None:
    same = worst_gap(Parts.of_shares([100, 104, 98], [1000] * 3), rng())
    assert (same.low, same.first, same.second, same.compared) == (0.0, 1, 2, 3)
    assert same.p_value > 0.3
    far = worst_gap(Parts.of_shares([100, 104, 298], [1000] * 3), rng())
    assert (far.first, far.second) == (2, 0)
    assert far.low > 0.1
    assert far.p_value < 0.001
    ratio = worst_ratio(Parts.of_shares([100, 104, 298], [1000] * 3), rng())
    assert ratio.value == pytest.approx(100 / 298)
    assert ratio.low < ratio.value < ratio.high < 0.5


def test_zero_successes_still_bound_the_ratio() -> None:
    worst = worst_ratio(Parts.of_shares([0, 300], [50, 1000]), rng())
    assert worst.value == 0
    assert worst.low == 0
    assert 0.05 < worst.high < 0.4


def test_undefined_groups_are_left_out_and_said() -> None:
    parts = Parts.of_shares([10, 0, 30], [100, 0, 100])
    found = gaps_to(parts, 0, rng())
    assert np.isnan([found.values[1], found.low[1], found.p_values[1]]).all()
    assert np.isfinite(found.low[2])
    assert worst_gap(parts, rng()).compared == 2
    alone = worst_gap(Parts.of_shares([10], [100]), rng())
    assert np.isnan(alone.value)
    assert alone.first == -1
    nothing = gaps_to(Parts.of_shares([0, 3], [0, 9]), 0, rng())
    assert np.isnan(nothing.critical)


def test_figures_of_one_without_spread_get_an_interval_all_the_same() -> None:
    left = np.column_stack([np.ones(40), np.linspace(0.49, 0.51, 40)])
    parts = Parts.of_clusters(left, [1.0, 0.5], (0.0, 1.0), [40.0, 40.0])
    low, high = parts.ends(1.96)
    assert high[0] == 1
    assert 0.9 < low[0] < 0.97
    assert np.isfinite(gaps_to(parts, 1, rng()).low[0])


def test_wrong_questions_are_refused() -> None:
    with pytest.raises(UsageError, match="no part 7"):
        gaps_to(Parts.of_shares([1], [2]), 7, rng())
    with pytest.raises(UsageError, match="at least 19"):
        max_t([0.0], [1.0], np.zeros((5, 1)))
    with pytest.raises(DataError, match="B x G"):
        max_t([0.0, 1.0], [1.0, 1.0], np.zeros((50, 3)))
    with pytest.raises(DataError, match="b x G"):
        Parts.of_clusters(np.zeros((5, 3)), [1.0])


groups = st.lists(
    st.integers(1, 500).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))),
    min_size=2,
    max_size=6,
)


@settings(max_examples=60, deadline=None)
@given(groups)
def test_the_order_of_groups_changes_nothing_but_the_draws(cells: list[tuple[int, int]]) -> None:
    x, n = np.array(cells).T
    worst = worst_gap(Parts.of_shares(x, n), rng(), draws=99, p_values=False)
    back = worst_gap(Parts.of_shares(x[::-1], n[::-1]), rng(), draws=99, p_values=False)
    assert worst.value == pytest.approx(back.value)
    assert worst.value == pytest.approx((x / n).max() - (x / n).min())
    assert 0 <= worst.low <= worst.value + 1e-12 <= worst.high + 1e-9
    ratio = worst_ratio(Parts.of_shares(x, n), rng(), draws=99, p_values=False)
    if (x > 0).any():
        assert ratio.value == pytest.approx((x / n).min() / (x / n).max())
        assert 0 <= ratio.low <= ratio.value + 1e-12
        assert ratio.value <= ratio.high + 1e-9
    else:
        assert np.isnan(ratio.value)


def test_a_thousand_groups_are_compared_in_bounded_memory() -> None:
    """Half a million pairs; the critical value is Tukey's, which grows slowly."""
    n = np.full(1000, 400)
    worst = worst_gap(Parts.of_shares(rng().binomial(n, 0.3), n), rng(), p_values=False)
    assert worst.low == 0
    assert worst.compared == 1000
    assert 4.9 < worst.critical < 5.6
