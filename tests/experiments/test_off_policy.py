"""Off-policy estimates: by hand, covering at their rate, and silent where the log is blind."""

from __future__ import annotations

import numpy as np
import pytest

from fairview.core import DataError
from fairview.experiments import Overlap, estimate_policy
from fairview.measure import Status

ARMS, N = 6, 1500


def logged(rng: np.random.Generator, sharpness: float) -> tuple[np.ndarray, ...]:
    """A log of a softmax policy, and the weights of a policy that prefers the other end."""
    rate = np.linspace(0.1, 0.6, ARMS)
    behaviour = np.exp(-sharpness * np.arange(ARMS))
    behaviour /= behaviour.sum()
    new = np.exp(0.7 * np.arange(ARMS))
    new /= new.sum()
    arm = rng.choice(ARMS, N, p=behaviour)
    reward = (rng.random(N) < rate[arm]) * 1.0
    return reward, new[arm] / behaviour[arm], arm, rate, new


def test_the_three_estimators_by_hand() -> None:
    reward = np.tile([1.0, 0.0, 1.0, 0.0], 100)
    weight = np.tile([2.0, 0.5, 0.5, 1.0], 100)
    ips = estimate_policy(reward, weight, normalise=False)
    snips = estimate_policy(reward, weight)
    model = (np.full(400, 0.4), np.full(400, 0.5))
    dr = estimate_policy(reward, weight, model=model)
    assert (ips.estimator, snips.estimator, dr.estimator) == ("IPS", "SNIPS", "DR")
    assert ips.value == pytest.approx((2 + 0.5) / 4)
    assert snips.value == pytest.approx(2.5 / 4)
    assert dr.value == pytest.approx(0.4 + (2 * 0.5 - 0.5 * 0.5 + 0.5 * 0.5 - 1 * 0.5) / 4)


@pytest.mark.parametrize("normalise", [True, False])
def test_intervals_cover_where_overlap_is_enough(normalise: bool) -> None:
    rng = np.random.default_rng(3)
    covered = 0
    for _ in range(400):
        reward, weight, _, rate, new = logged(rng, 0.2)
        found = estimate_policy(reward, weight, normalise=normalise)
        assert found.value is not None
        covered += bool(found.low <= float(rate @ new) <= found.high)  # type: ignore[operator]
    assert 0.92 <= covered / 400 <= 0.98


def test_clusters_widen_the_interval_where_people_differ() -> None:
    rng = np.random.default_rng(5)
    person = np.repeat(np.arange(60), 25)
    reward = (rng.random(1500) < rng.beta(1, 1, 60)[person]) * 1.0
    weight = np.ones(1500)
    alone = estimate_policy(reward, weight)
    whole = estimate_policy(reward, weight, clusters=person)
    assert whole.value == alone.value
    assert whole.high - whole.low > 2 * (alone.high - alone.low)  # type: ignore[operator]


def test_where_the_log_is_blind_nothing_is_estimated() -> None:
    rng = np.random.default_rng(1)
    reward, weight, *_ = logged(rng, 3.0)
    found = estimate_policy(reward, weight)
    assert found.value is None
    assert found.status is Status.INSUFFICIENT
    assert found.note
    never = estimate_policy(reward, np.zeros(N))
    assert "worth only 0 of its 1,500 rows" in never.note
    wrong = estimate_policy(reward, np.full(N, 3.0))
    assert "3.00 and not about 1" in wrong.note


def test_bad_weights_are_refused() -> None:
    for weight in (np.ones(3), np.array([1.0, -1.0]), np.array([1.0, np.inf])):
        with pytest.raises(DataError, match="one finite weight"):
            estimate_policy(np.ones(2), weight)
    assert Overlap.of(np.zeros(0)).ess == 0


def test_one_person_alone_gives_no_interval() -> None:
    """Sums of residuals over one cluster are 0: the interval would have no width at all."""
    reward = np.tile([1.0, 0.0], 500)
    found = estimate_policy(reward, np.ones(1000), clusters=np.zeros(1000, np.int64))
    assert found.status is Status.INSUFFICIENT
    assert (found.value, found.low) == (None, None)
    assert "of 1 people, fewer than 10" in found.note


def test_a_reward_that_is_no_number_is_refused() -> None:
    reward = np.ones(200)
    reward[3] = np.nan
    with pytest.raises(DataError, match="finite reward"):
        estimate_policy(reward, np.ones(200))
