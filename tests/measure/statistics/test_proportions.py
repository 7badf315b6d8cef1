"""Intervals of proportions agree with independent implementations, and mind their edges."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from statsmodels.stats.proportion import confint_proportions_2indep, proportion_confint

from fairview.core.errors import DataError
from fairview.measure.statistics import (
    clopper_pearson,
    difference_score,
    jeffreys,
    ratio_score,
    score_difference,
    score_ratio,
    wilson,
)

CASES = [(0, 12), (1, 12), (3, 40), (40, 40), (510, 1000), (2, 90_000)]


@pytest.mark.parametrize("level", [0.9, 0.95, 0.999])
def test_one_proportion_agrees_with_statsmodels(level: float) -> None:
    x, n = np.array(CASES).T
    for ours, name in ((wilson, "wilson"), (clopper_pearson, "beta"), (jeffreys, "jeffreys")):
        low, high = ours(x, n, level)
        for i, (successes, trials) in enumerate(CASES):
            theirs = list(proportion_confint(successes, trials, 1 - level, name))
            if name == "jeffreys" and successes == 0:
                theirs[0] = 0.0
            if name == "jeffreys" and successes == trials:
                theirs[1] = 1.0
            assert (low[i], high[i]) == pytest.approx(theirs, abs=1e-11)


PAIRS = [(56, 70, 48, 80), (9, 10, 3, 10), (5, 56, 0, 29), (0, 20, 30, 400), (2, 5000, 9, 300)]


@pytest.mark.parametrize(
    ("case", "published"),
    [
        ((56, 70, 48, 80), (0.0528, 0.3382)),
        ((9, 10, 3, 10), (0.1700, 0.8406)),
        ((6, 7, 2, 7), (0.0342, 0.8534)),
        ((5, 56, 0, 29), (-0.0326, 0.1933)),
        ((0, 10, 0, 20), (-0.1658, 0.2844)),
        ((10, 10, 0, 20), (0.7156, 1.0)),
    ],
)
def test_the_difference_has_the_published_ends(
    case: tuple[int, int, int, int], published: tuple[float, float]
) -> None:
    """Newcombe (1998), table II, Miettinen and Nurminen's method."""
    ends = [float(end) for end in score_difference(*case)]
    assert ends == pytest.approx(published, abs=6e-5)


def test_the_peer_does_not_invert_its_own_test() -> None:
    """statsmodels 0.14 misses its published source (0.0528, 0.3382) by more than half a point."""
    _, high = confint_proportions_2indep(56, 70, 48, 80, method="score", compare="diff")
    assert high == pytest.approx(0.3440, abs=1e-4)
    ours = [float(end) for end in score_difference(56, 70, 48, 80)]
    assert np.abs(difference_score(56, 70, 48, 80, ours)) == pytest.approx(1.959964, abs=1e-5)


@pytest.mark.parametrize(("x1", "n1", "x2", "n2"), [PAIRS[0], PAIRS[1], PAIRS[4]])
def test_the_ratio_agrees_with_statsmodels(x1: int, n1: int, x2: int, n2: int) -> None:
    low, high = score_ratio(x1, n1, x2, n2)
    theirs = confint_proportions_2indep(
        x1, n1, x2, n2, method="score", compare="ratio", correction=True
    )
    assert (float(low), float(high)) == pytest.approx(theirs, rel=2e-4)


def test_the_restricted_likelihood_is_really_at_its_peak() -> None:
    """The closed form equals a brute-force maximum over a fine grid."""
    for x1, n1, x2, n2, delta in ((7, 10, 3, 12, 0.2), (0, 9, 4, 30, -0.3), (30, 31, 2, 50, 0.9)):
        grid = np.linspace(max(delta, 0) + 1e-7, min(1, 1 + delta) - 1e-7, 200_001)
        likelihood = stats.binom.logpmf(x1, n1, grid) + stats.binom.logpmf(x2, n2, grid - delta)
        p = grid[likelihood.argmax()]
        q = p - delta
        variance = (p * (1 - p) / n1 + q * (1 - q) / n2) * (n1 + n2) / (n1 + n2 - 1)
        expected = (x1 / n1 - x2 / n2 - delta) / np.sqrt(variance)
        assert float(difference_score(x1, n1, x2, n2, delta)) == pytest.approx(expected, rel=1e-3)


def test_edges_of_ratios_are_said_not_guessed() -> None:
    low, high = score_ratio([0, 5, 0], [20, 20, 20], [5, 0, 0], [20, 20, 20])
    assert low[0] == 0
    assert 0 < high[0] < 1
    assert low[1] > 1
    assert np.isinf(high[1])
    assert np.isnan([low[2], high[2]]).all()


def test_nothing_tried_is_undefined_and_impossible_counts_are_refused() -> None:
    for method in (wilson, clopper_pearson, jeffreys):
        assert np.isnan(method(0, 0)).all()
        with pytest.raises(DataError, match="between 0 and their trials"):
            method(5, 4)
    assert np.isnan(score_difference(0, 0, 3, 9)).all()
    with pytest.raises(DataError, match="between 0 and their trials"):
        score_ratio(1, 2, -1, 5)


counts = st.integers(1, 400).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


@settings(max_examples=40, deadline=None)
@given(counts, counts, st.sampled_from([0.8, 0.95, 0.999]))
def test_score_intervals_hold_the_estimate_mirror_and_agree_with_their_test(
    one: tuple[int, int], two: tuple[int, int], level: float
) -> None:
    low, high = (float(end) for end in score_difference(*one, *two, level))
    difference = one[0] / one[1] - two[0] / two[1]
    assert low - 1e-9 <= difference <= high + 1e-9
    back = [float(end) for end in score_difference(*two, *one, level)]
    assert back == pytest.approx([-high, -low], abs=1e-9)
    z = abs(float(difference_score(*one, *two)))
    threshold = stats.norm.ppf((1 + level) / 2)
    if abs(z - threshold) > 1e-6:
        assert (z > threshold) == (not low <= 0 <= high)
    if one[0] and two[0]:
        ratio = [float(end) for end in score_ratio(*one, *two, level)]
        assert (ratio[0] > 1 or ratio[1] < 1) == (
            abs(float(ratio_score(*one, *two, 1.0))) > (threshold)
        )


def test_clopper_pearson_covers_every_rate_and_wilson_covers_on_average() -> None:
    """Coverage by exact enumeration, no simulation: rates near 0 and 1 are among them."""
    rates = np.concatenate([np.linspace(0.001, 0.05, 40), np.linspace(0.06, 0.94, 60)])
    for n in (12, 60, 300):
        x = np.arange(n + 1)
        chance = stats.binom.pmf(x, n, rates[:, None])

        def covered(method: object, x: np.ndarray = x, n: int = n) -> np.ndarray:
            low, high = method(x, n)  # type: ignore[operator]
            inside = (low <= rates[:, None]) & (rates[:, None] <= high)
            return (chance * inside).sum(axis=1)  # noqa: B023

        assert covered(clopper_pearson).min() >= 0.95 - 1e-12
        assert covered(wilson)[40:].mean() == pytest.approx(0.95, abs=0.012)
        assert covered(jeffreys)[40:].mean() == pytest.approx(0.95, abs=0.012)


def test_score_intervals_of_two_small_samples_cover_near_the_level() -> None:
    """Exact enumeration over all tables; the plain interval of the difference falls to 0.88."""
    n1, n2 = 15, 40
    x1, x2 = (part.ravel() for part in np.meshgrid(np.arange(n1 + 1), np.arange(n2 + 1)))
    low, high = score_difference(x1, n1, x2, n2)
    small, large = score_ratio(x1, n1, x2, n2)
    found, ratio, plain = [], [], []
    p1, p2 = x1 / n1, x2 / n2
    half = 1.96 * np.sqrt(p1 * (1 - p1) / n1 + p2 * (1 - p2) / n2)
    for a in np.linspace(0.05, 0.95, 13):
        for b in np.linspace(0.05, 0.95, 13):
            chance = stats.binom.pmf(x1, n1, a) * stats.binom.pmf(x2, n2, b)
            found.append(chance[(low <= a - b) & (a - b <= high)].sum())
            ratio.append(chance[(small <= a / b) & (a / b <= large)].sum())
            plain.append(chance[np.abs(p1 - p2 - a + b) <= half].sum())
    assert np.mean(found) == pytest.approx(0.95, abs=0.008)
    assert np.mean(ratio) == pytest.approx(0.95, abs=0.012)
    assert min(found) > 0.925
    assert min(plain) < 0.88
