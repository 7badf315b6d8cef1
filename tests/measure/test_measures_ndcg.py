"""NDCG against scikit-learn, plain loops and hand-made cases."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lists_made import batch_of
from sklearn.metrics import ndcg_score

from fairview.core import UsageError
from fairview.measure.measures.ndcg import NDCG


@pytest.mark.parametrize("k", [1, 5, 100])
@pytest.mark.parametrize("gain", ["linear", "exponential"])
def test_ndcg_equals_scikit_learn(k: int, gain: str) -> None:
    batch = batch_of(np.random.default_rng(0), 60)
    found = NDCG(at=k, gain=gain).reduce(batch)[:, 0]
    grades = batch.columns["relevance"]
    for i, (start, end) in enumerate(zip(batch.offsets[:-1], batch.offsets[1:], strict=True)):
        grade = grades[start:end]
        if not grade.any():
            assert np.isnan(found[i])
            continue
        if len(grade) == 1:
            assert found[i] == 1.0
            continue
        truth = grade if gain == "linear" else 2**grade - 1
        order = -np.arange(len(grade), dtype=float)
        assert found[i] == pytest.approx(ndcg_score([truth], [order], k=k))


def test_an_ideal_from_a_column() -> None:
    batch = batch_of(np.random.default_rng(1), 20)
    ideal = np.repeat(np.arange(20) + 10.0, np.diff(batch.offsets))
    batch = replace(batch, columns={**batch.columns, "ideal_dcg": ideal})
    measure = NDCG(ideal="column", at=3)
    found = measure.reduce(batch)[:, 0]
    assert measure.columns == ("relevance", "ideal_dcg")
    for i, start in enumerate(batch.offsets[:-1]):
        grades = batch.columns["relevance"][start : batch.offsets[i + 1]][:3]
        dcg = sum(g / math.log2(r + 2) for r, g in enumerate(grades))
        assert found[i] == pytest.approx(dcg / (i + 10))


def test_unknown_relevance_and_nothing_relevant_are_excluded() -> None:
    batch = batch_of(np.random.default_rng(2), 3)
    grades = batch.columns["relevance"].copy()
    grades[batch.offsets[0]] = np.nan
    grades[batch.offsets[1] : batch.offsets[2]] = 0
    grades[batch.offsets[2]] = 2
    found = NDCG().reduce(replace(batch, columns={"relevance": grades}))[:, 0]
    assert np.isnan(found).tolist() == [True, True, False]


def test_parameters_are_checked() -> None:
    with pytest.raises(UsageError, match="no gain 'cubic'"):
        NDCG(gain="cubic")
    with pytest.raises(UsageError, match="no ideal 'best'"):
        NDCG(ideal="best")


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_sorting_by_relevance_gives_one(seed: int) -> None:
    batch = batch_of(np.random.default_rng(seed), 8)
    order = np.lexsort((-batch.columns["relevance"], batch.request_of))
    best = replace(batch, columns={"relevance": batch.columns["relevance"][order]})
    found = NDCG(at=6).reduce(best)
    assert found[~np.isnan(found)] == pytest.approx(1.0)
    assert (NDCG(at=6).reduce(batch)[~np.isnan(found)] <= 1 + 1e-12).all()
