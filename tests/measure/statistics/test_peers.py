"""Simultaneous and clustered statistics agree with scipy and statsmodels on real and made rows."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from scipy import stats
from statsmodels.stats.sandwich_covariance import cov_cluster_2groups

from fairview.measure.statistics import (
    Parts,
    cluster_robust,
    gaps_between,
    gaps_to,
    two_way_error,
)

DRAWS = 40_000


@pytest.fixture
def samples() -> list[np.ndarray]:
    rng = np.random.default_rng(8)
    return [rng.normal(mean, 1.0, 3000) for mean in (0.0, 0.02, 0.05, 0.08, 0.12)]


def parts_of(samples: list[np.ndarray]) -> Parts:
    m2 = [((x - x.mean()) ** 2).sum() for x in samples]
    return Parts.of_means([len(x) for x in samples], [x.mean() for x in samples], m2)


def test_gaps_to_a_control_agree_with_dunnett(samples: list[np.ndarray]) -> None:
    found = gaps_to(parts_of(samples), 0, np.random.default_rng(1), draws=DRAWS)
    peer = stats.dunnett(*samples[1:], control=samples[0], rng=np.random.default_rng(1))
    ends = peer.confidence_interval(0.95)
    assert found.low[1:] == pytest.approx(ends.low, abs=0.002)
    assert found.high[1:] == pytest.approx(ends.high, abs=0.002)
    assert found.p_values[1:] == pytest.approx(peer.pvalue, abs=0.01)


def test_gaps_of_all_pairs_agree_with_tukey(samples: list[np.ndarray]) -> None:
    pairs, found = gaps_between(parts_of(samples), np.random.default_rng(1), draws=DRAWS)
    peer = stats.tukey_hsd(*samples)
    ends = peer.confidence_interval(0.95)
    assert found.low == pytest.approx(ends.low[pairs.first, pairs.second], abs=0.002)
    assert found.high == pytest.approx(ends.high[pairs.first, pairs.second], abs=0.002)
    assert found.p_values == pytest.approx(peer.pvalue[pairs.first, pairs.second], abs=0.01)


def test_clustered_errors_agree_with_statsmodels() -> None:
    rng = np.random.default_rng(9)
    person, item = rng.integers(0, 60, 3000), rng.integers(0, 40, 3000)
    y = rng.normal(0, 1, 60)[person] + 0.5 * rng.normal(0, 1, 40)[item] + rng.normal(0, 1, 3000)
    model = sm.OLS(y, np.ones(3000)).fit()
    one = model.get_robustcov_results("cluster", groups=person)
    totals, counts = np.bincount(person, y), np.bincount(person)
    assert cluster_robust(totals[:, None], counts[:, None])[1] == pytest.approx(one.bse)
    both = cov_cluster_2groups(model, person, item)[0]
    ours = two_way_error(person, item, y[:, None], np.ones((3000, 1)))
    assert ours**2 == pytest.approx(both.ravel(), rel=1e-6)


@pytest.mark.data
def test_gaps_of_compas_agree_with_tukey_on_rows(data_dir: Path) -> None:
    """Error rates of a published audit: 0 and 1 in thousands of rows, where both should agree."""
    table = pd.read_parquet(data_dir / "fairness-compas" / "compas-scores-two-years.parquet")
    negatives = table[table["two_year_recid"] == 0]
    races = ["African-American", "Caucasian", "Hispanic"]
    rows = [
        (negatives.loc[negatives["race"] == race, "decile_score"] > 4).to_numpy(float)
        for race in races
    ]
    parts = Parts.of_shares([x.sum() for x in rows], [len(x) for x in rows])
    assert parts.values[:2] == pytest.approx([0.4485, 0.2345], abs=5e-5)
    pairs, ours = gaps_between(parts, np.random.default_rng(1), draws=DRAWS)
    ends = stats.tukey_hsd(*rows).confidence_interval(0.95)
    assert ours.low == pytest.approx(ends.low[pairs.first, pairs.second], abs=0.012)
    assert ours.high == pytest.approx(ends.high[pairs.first, pairs.second], abs=0.012)
