"""Exposure against merit: DTR, DIR, exposure per item, pairs; loops, hands and a peer."""

from __future__ import annotations

import math
import warnings
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from lists_made import batch_of, one_list

from fairview.core import DataError, UsageError
from fairview.measure import DuckDBEngine, Log, evaluate
from fairview.measure.measure import RequestMeasure
from fairview.measure.measures.dir import DIR
from fairview.measure.measures.dtr import DTR
from fairview.measure.measures.group_exposure import GroupExposure
from fairview.measure.measures.group_exposure_difference import GroupExposureDifference
from fairview.measure.measures.group_exposure_ratio import GroupExposureRatio
from fairview.measure.measures.pairwise_accuracy import PairwiseAccuracy
from fairview.measure.measures.retrieval_recall import RetrievalRecall


def figures(measure: RequestMeasure, batch: object) -> np.ndarray:
    values = measure.reduce(batch)  # type: ignore[arg-type]
    return measure.figures(np.nansum(values, axis=0), (~np.isnan(values)).sum(axis=0))


def test_exposure_per_item_and_merit_equal_plain_loops() -> None:
    batch = batch_of(np.random.default_rng(2))
    given, items, worth = [0.0] * 3, [0.0] * 3, [0.0] * 3
    for rank, row, grade in zip(
        batch.rank, batch.membership, batch.columns["relevance"], strict=True
    ):
        for g in range(3):
            given[g] += row[g] / math.log2(1 + rank) if rank <= 9 else 0.0
            items[g] += row[g]
            worth[g] += row[g] * grade
    each = [a / b for a, b in zip(given, items, strict=True)]
    assert figures(GroupExposure(by="x", at=9), batch) == pytest.approx(each)
    difference = figures(GroupExposureDifference(by="x", at=9), batch)
    assert difference == pytest.approx([max(each) - min(each)])
    assert figures(GroupExposureRatio(by="x", at=9), batch) == pytest.approx(
        [min(each) / max(each)]
    )
    per = [a / b for a, b in zip(given, worth, strict=True)]
    rest = [(sum(given) - a) / (sum(worth) - b) for a, b in zip(given, worth, strict=True)]
    ratios = [a / b for a, b in zip(per, rest, strict=True)]
    assert figures(DTR(by="x", at=9), batch) == pytest.approx(ratios)
    against_b = [p / per[1] for p in per]
    assert figures(DTR(by="x", at=9, to="b"), batch) == pytest.approx(against_b)
    with pytest.raises(DataError, match="compares with the group 'z', and 'x' has a, b, c"):
        DTR(by="x", to="z").components(("a", "b", "c"))


def test_impact_by_hand() -> None:
    """a first and b second, each worth 2: expected clicks 2 and 2/log2(3)."""
    batch = replace(one_list([0, 1]), columns={"relevance": np.array([2.0, 2.0])})
    found = figures(DIR(by="x", click=""), batch)
    assert found == pytest.approx([math.log2(3), 1 / math.log2(3)])
    none = replace(one_list([0, 1]), columns={"relevance": np.array([2.0, 0.0])})
    assert np.isnan(figures(DTR(by="x"), none)).all()
    lacking = replace(one_list([0, 1]), columns={"relevance": np.array([2.0, np.nan])})
    assert np.isnan(DTR(by="x").reduce(lacking)).all()


@pytest.mark.parametrize("pairs", ["all", "intra", "inter"])
def test_pairs_equal_plain_loops(pairs: str) -> None:
    batch = batch_of(np.random.default_rng(3), 25, longest=9)
    right, every = [0.0] * 4, [0.0] * 4
    grade = batch.columns["relevance"]
    for start, end in zip(batch.offsets[:-1], batch.offsets[1:], strict=True):
        for j in range(start, min(end, start + 6)):
            for other in range(start, min(end, start + 6)):
                if grade[j] <= grade[other]:
                    continue
                own, others = batch.membership[j], batch.membership[other]
                weights = {
                    "all": [own[g] for g in range(3)],
                    "intra": [own[g] * others[g] for g in range(3)],
                    "inter": [own[g] * (sum(others[:3]) - others[g]) for g in range(3)],
                }[pairs]
                weights.append(1.0 if pairs == "all" else sum(weights))
                for g in range(4):
                    every[g] += weights[g]
                    right[g] += weights[g] * (j < other)
    found = figures(PairwiseAccuracy(by="x", pairs=pairs, at=6), batch)
    assert found == pytest.approx([a / b for a, b in zip(right, every, strict=True)])


def test_pairs_of_a_perfect_order_are_all_right() -> None:
    batch = replace(one_list([0, 1, 0, 1]), columns={"relevance": np.array([4.0, 3, 2, 1])})
    assert figures(PairwiseAccuracy(by="x"), batch).tolist() == [1.0, 1.0, 1.0]
    with pytest.raises(UsageError, match="no pairs 'some'"):
        PairwiseAccuracy(pairs="some")


def test_exposure_per_item_equals_fairranktune_on_one_ranking() -> None:
    """Their EXP divides many rankings' exposure by the items once; for one ranking it is ours."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        peer = pytest.importorskip("FairRankTune")
    rng = np.random.default_rng(0)
    rows = rng.integers(0, 3, 40).tolist()
    ranking = pd.DataFrame({0: [f"i{i}" for i in range(40)]})
    groups = {f"i{i}": "abc"[g] for i, g in enumerate(rows)}
    ratio, each = peer.EXP(ranking, groups, "MinMaxRatio")
    batch = one_list(rows, 3)
    assert figures(GroupExposure(by="x", at=40), batch) == pytest.approx([each[g] for g in "abc"])
    assert figures(GroupExposureRatio(by="x", at=40), batch) == pytest.approx([ratio])


def test_recall_of_an_index_by_group_and_selectivity() -> None:
    """Narrow filters lose half of group b, wide ones nothing."""
    from fairview.measure.slices import Band

    n = 400
    rows = pd.DataFrame(
        {
            "request_id": np.repeat([f"q{i:03d}" for i in range(n // 4)], 4),
            "position": np.tile([1, 2, 3, 4], n // 4),
            "tone": np.tile(["a", "a", "b", "b"], n // 4),
            "selectivity": np.repeat([0.01, 0.5] * (n // 8), 4),
        }
    )
    rows["found"] = ((rows.selectivity > 0.1) | (rows.position != 4)).astype(int)
    log = Log(rows=rows, bands={"filter": Band("selectivity", (0, 0.1))})
    measure = RetrievalRecall(by="tone", at=10, requests_by="filter")
    found = evaluate(measure, DuckDBEngine(log), np.random.default_rng(0))
    values = {estimate.slice: estimate.value for estimate in found}
    assert values["0 to 0.1: a"] == 1.0
    assert values["0 to 0.1: b"] == 0.5
    assert values["0.1+: b"] == 1.0
    assert values["overall"] == 0.875
