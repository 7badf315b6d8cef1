"""Expected exposure of repeated rankings: plain loops, the published target, simulation."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from fairview.core import DataError, UsageError
from fairview.measure import DuckDBEngine, Log, evaluate, evaluate_all
from fairview.measure.expected_exposure import due_exposure
from fairview.measure.measures.expected_exposure_disparity import ExpectedExposureDisparity
from fairview.measure.measures.expected_exposure_loss import ExpectedExposureLoss
from fairview.measure.measures.expected_exposure_relevance import ExpectedExposureRelevance

GRADES = (2.0, 1.0, 1.0, 0.0)
GROUPS = ("a", "b", "a", "b")


def shuffled(queries: int, rankings: int, rng: np.random.Generator) -> pd.DataFrame:
    """Rankings of four items per query, each in an order of its own."""
    parts = []
    for q in range(queries):
        for s in range(rankings):
            order = rng.permutation(4)
            parts.append(
                pd.DataFrame(
                    {
                        "query": f"q{q:03d}",
                        "request_id": f"r{q:03d}-{s}",
                        "item_id": [f"i{i}" for i in order],
                        "position": [1, 2, 3, 4],
                        "relevance": [GRADES[i] for i in order],
                        "g": [GROUPS[i] for i in order],
                    }
                )
            )
    return pd.concat(parts, ignore_index=True)


def by_hand(frame: pd.DataFrame, by: bool) -> np.ndarray:
    """EE-D, EE-R, EE-L and EE-D of different rankings alone, mean over queries."""
    found = []
    due = {0: 1.0, 1: (0.5 + 0.25) / 2, 2: (0.5 + 0.25) / 2, 3: 0.125}
    for _, rows in frame.groupby("query"):
        each = np.zeros((rows.request_id.nunique(), 4))
        for s, (_, ranking) in enumerate(rows.groupby("request_id")):
            for item, position in zip(ranking.item_id, ranking.position, strict=True):
                each[s, int(item[1])] = 0.5 ** (position - 1)
        wanted = np.array([due[i] for i in range(4)])
        if by:
            member = np.array([[1.0, 0], [0, 1], [1, 0], [0, 1]])
            each, wanted = each @ member, wanted @ member
        mean = each.mean(axis=0)
        cross = [x @ y for i, x in enumerate(each) for j, y in enumerate(each) if i != j]
        found.append([mean @ mean, mean @ wanted, ((mean - wanted) ** 2).sum(), np.mean(cross)])
    return np.mean(found, axis=0)


@pytest.mark.parametrize("by", [None, "g"])
def test_expected_exposure_equals_plain_loops(by: str | None) -> None:
    frame = shuffled(30, 5, np.random.default_rng(0))
    measures = [
        ExpectedExposureDisparity(by=by),
        ExpectedExposureRelevance(by=by),
        ExpectedExposureLoss(by=by),
        ExpectedExposureDisparity(by=by, unbiased=True),
    ]
    shaken = frame.sample(frac=1, random_state=1)
    found = evaluate_all(measures, DuckDBEngine(Log(rows=shaken)), np.random.default_rng(0))
    assert [e.value for e in found] == pytest.approx(by_hand(frame, by is not None))
    assert [e.n for e in found] == [30] * 4


def test_the_published_target() -> None:
    """One grade of m under n_d others: the mean of their places' exposures."""
    query = np.array([0, 0, 0, 1, 0, 1])
    worth = np.array([0.0, 1.0, 1.0, 3.0, 2.0, 3.0])
    due = due_exposure(query, worth, 0.9)
    assert due[query == 0] == pytest.approx([0.9**3, (0.9 + 0.81) / 2, (0.9 + 0.81) / 2, 1.0])
    assert due[query == 1] == pytest.approx([0.95, 0.95])


def test_few_rankings_look_more_unequal_than_they_are_unless_corrected() -> None:
    """Shuffled lists of four: each item expects 15/32, so EE-D is 4 (15/32)^2."""
    frame = shuffled(600, 2, np.random.default_rng(1))
    engine = DuckDBEngine(Log(rows=frame))
    rng = np.random.default_rng(0)
    [plain] = evaluate(ExpectedExposureDisparity(), engine, rng)
    [right] = evaluate(ExpectedExposureDisparity(unbiased=True), engine, rng)
    truth = 4 * (15 / 32) ** 2
    assert plain.low is not None
    assert plain.low > truth
    assert right.low is not None
    assert right.high is not None
    assert right.low < truth < right.high
    [alone] = evaluate(
        ExpectedExposureDisparity(unbiased=True),
        DuckDBEngine(Log(rows=shuffled(20, 1, np.random.default_rng(2)))),
        rng,
    )
    assert (alone.value, alone.excluded) == (None, 20)


def test_what_cannot_be_is_said() -> None:
    frame = shuffled(12, 2, np.random.default_rng(0))
    rng = np.random.default_rng(0)
    two = frame.assign(relevance=np.arange(len(frame)) % 3)
    with pytest.raises(DataError, match="two values of 'relevance'"):
        evaluate(ExpectedExposureLoss(), DuckDBEngine(Log(rows=two)), rng)
    same = frame.assign(item_id="i0", relevance=1.0)
    with pytest.raises(DataError, match="an item stands twice"):
        evaluate(ExpectedExposureLoss(), DuckDBEngine(Log(rows=same)), rng)
    with pytest.raises(DataError, match="can't be 'person'"):
        evaluate(ExpectedExposureLoss(unit="person"), DuckDBEngine(Log(rows=frame)), rng)  # type: ignore[arg-type]
    with pytest.raises(DataError, match="'r000-0' has two items at position 1"):
        evaluate(
            ExpectedExposureLoss(),
            DuckDBEngine(Log(rows=frame.assign(position=[1, 1, 2, 3] + [1, 2, 3, 4] * 23))),
            rng,
        )
    with pytest.raises(UsageError, match="patience 1"):
        ExpectedExposureLoss(patience=1)
