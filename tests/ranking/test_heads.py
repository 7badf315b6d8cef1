"""Heads and figures: what is learned, how it is calibrated, kept as JSON, and judged."""

from __future__ import annotations

import json

import numpy as np
import pytest
from sklearn.metrics import ndcg_score, roc_auc_score

from fairview.core import DataError
from fairview.ranking.evaluation import area_under_curve, calibration_error, mean_ndcg
from fairview.ranking.features import FEATURES
from fairview.ranking.heads import Calibration, Head


@pytest.fixture(scope="module")
def rows() -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(0)
    table = rng.normal(size=(12_000, len(FEATURES) + 1)).astype(np.float32)
    table[:, 5] = np.nan
    table[:, -1] = rng.integers(1, 25, 12_000)
    logit = 1.2 * table[:, 0] - 1.5 - 0.08 * table[:, -1]
    return table, rng.random(12_000) < 1 / (1 + np.exp(-logit))


@pytest.fixture(scope="module")
def head(rows: tuple[np.ndarray, np.ndarray]) -> Head:
    table, happened = rows
    return Head.train(table[:6000], happened[:6000], table[6000:9000], happened[6000:9000], seed=1)


def test_it_learns_and_is_calibrated(head: Head, rows: tuple[np.ndarray, np.ndarray]) -> None:
    table, happened = rows[0][9000:], rows[1][9000:]
    predicted = head.predict(table)
    assert (area_under_curve(predicted, happened) or 0) > 0.75
    assert (calibration_error(predicted, happened) or 1) < 0.03
    assert next(iter(sorted(head.importance().items(), key=lambda pair: -pair[1])))[0] == "bm25"


def test_a_lower_position_never_helps(head: Head, rows: tuple[np.ndarray, np.ndarray]) -> None:
    table = np.repeat(rows[0][:50], 24, axis=0)
    table[:, -1] = np.tile(np.arange(1, 25), 50)
    by_position = head.raw(table).reshape(50, 24)
    assert (np.diff(by_position, axis=1) <= 1e-6).all()


def test_the_same_seed_gives_the_same_head(rows: tuple[np.ndarray, np.ndarray], head: Head) -> None:
    table, happened = rows
    again = Head.train(table[:6000], happened[:6000], table[6000:9000], happened[6000:9000], seed=1)
    assert json.dumps(again.to_dict()) == json.dumps(head.to_dict())


def test_it_survives_json(head: Head, rows: tuple[np.ndarray, np.ndarray]) -> None:
    plain = json.loads(json.dumps(head.to_dict()))
    again = Head.from_dict(plain)
    assert np.array_equal(again.predict(rows[0][:500]), head.predict(rows[0][:500]))
    assert len(again.predict(rows[0][:0])) == 0
    for damaged in ({}, {"booster": {}, "calibration": {"raw": [], "calibrated": []}}):
        with pytest.raises(DataError, match="fairview train"):
            Head.from_dict(damaged)


def test_calibration_with_few_positives_is_a_smooth_line() -> None:
    rng = np.random.default_rng(2)
    raw = rng.uniform(0.01, 0.2, 400)
    happened = rng.random(400) < raw / 2
    curve = Calibration.fit(raw, happened)
    values = curve.apply(np.linspace(0.01, 0.2, 20))
    assert (np.diff(values) >= 0).all()
    assert values.mean() == pytest.approx(happened.mean(), abs=0.02)
    assert len(Calibration.fit(raw, np.zeros(400, bool)).apply(raw)) == 400


def test_figures_equal_those_of_scikit_learn() -> None:
    rng = np.random.default_rng(3)
    for _ in range(20):
        score, happened = rng.random(50).round(1), rng.random(50) < 0.3
        assert area_under_curve(score, happened) == pytest.approx(roc_auc_score(happened, score))
        score = rng.random(50)
        expected = ndcg_score([happened.astype(float)], [score], k=10)
        assert mean_ndcg(np.zeros(50), score, happened.astype(float)) == pytest.approx(expected)


def test_undefined_figures_are_none() -> None:
    assert area_under_curve(np.ones(3), np.ones(3)) is None
    assert calibration_error(np.zeros(0), np.zeros(0)) is None
    assert mean_ndcg(np.array([0, 0]), np.ones(2), np.zeros(2)) is None
