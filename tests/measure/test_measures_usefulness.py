"""Usefulness of lists: trec_eval's own code on real rankings, plain loops and hand-made cases."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from lists_made import batch_of

from fairview.core import DataError, UsageError
from fairview.measure import DuckDBEngine, Log, RankedBatch, RequestMeasure, evaluate
from fairview.measure.measures.hit_rate import HitRate
from fairview.measure.measures.intra_list_diversity import IntraListDiversity
from fairview.measure.measures.mrr import MRR
from fairview.measure.measures.ndcg import NDCG
from fairview.measure.measures.novelty import Novelty
from fairview.measure.measures.ranking_precision import RankingPrecision
from fairview.measure.measures.ranking_recall import RankingRecall

PAIRS = [
    ("ndcg_cut_10", NDCG(at=10)),
    ("P_5", RankingPrecision(at=5)),
    ("recall_10", RankingRecall(at=10)),
    ("recip_rank", MRR(at=1000)),
    ("success_5", HitRate(at=5)),
]


def experts(data_dir: Path) -> pd.DataFrame:
    """The W3C experts: 60 queries of 200 candidates, ranked by their first feature.

    The judgements are an order of the candidates; its first 20 are relevant, the first 10 twice.
    """
    frame = pd.read_parquet(data_dir / "fairness-ranking-deltr" / "w3c_experts_total.parquet")
    frame = frame.rename(columns={"c0": "request_id", "c1": "gender", "c7": "relevance"})
    frame["item_id"] = [f"i{i}" for i in range(len(frame))]
    frame = frame.sort_values(["request_id", "c2", "item_id"], ascending=[True, False, True])
    frame["position"] = frame.groupby("request_id").cumcount() + 1
    place = frame.groupby("request_id").relevance.rank(ascending=False, method="first")
    frame["relevance"] = (place <= 20).astype(int) + (place <= 10)
    return frame


@pytest.mark.data
@pytest.mark.parametrize(("theirs", "measure"), PAIRS)
def test_figures_equal_trec_eval_on_the_w3c_experts(
    theirs: str, measure: RequestMeasure, data_dir: Path
) -> None:
    pytrec_eval = pytest.importorskip("pytrec_eval")
    frame = experts(data_dir)
    judged: dict[str, dict[str, int]] = {}
    run: dict[str, dict[str, float]] = {}
    for row in frame.itertuples():
        judged.setdefault(str(row.request_id), {})[row.item_id] = int(row.relevance)
        run.setdefault(str(row.request_id), {})[row.item_id] = -float(row.position)
    family = theirs.rsplit("_", 1)[0] if theirs[-1].isdigit() else theirs
    found = pytrec_eval.RelevanceEvaluator(judged, {family}).evaluate(run)
    expected = {q: values[theirs] for q, values in found.items() if any(judged[q].values())}
    [estimate] = evaluate(
        replace(measure, unit="request"),
        DuckDBEngine(Log(rows=frame[frame.request_id.astype(str).isin(expected)])),
        np.random.default_rng(0),
    )
    assert estimate.n == len(expected) > 50
    assert estimate.value == pytest.approx(np.mean(list(expected.values())), abs=1e-9)


def test_usefulness_equals_plain_loops() -> None:
    batch = batch_of(np.random.default_rng(7), 60)
    grades = batch.columns["relevance"]
    measures = (RankingPrecision, RankingRecall, HitRate, MRR)
    values = {m: m(at=4, relevant_from=2.0).reduce(batch)[:, 0] for m in measures}
    for i, (start, end) in enumerate(zip(batch.offsets[:-1], batch.offsets[1:], strict=True)):
        good = [g >= 2 for g in grades[start:end]]
        assert values[RankingPrecision][i] == sum(good[:4]) / 4
        assert values[HitRate][i] == any(good[:4])
        assert values[MRR][i] == (1 / (good.index(True) + 1) if any(good[:4]) else 0)
        if any(good):
            assert values[RankingRecall][i] == sum(good[:4]) / sum(good)
        else:
            assert np.isnan(values[RankingRecall][i])


def graded(*grades: float, **more: object) -> RankedBatch:
    columns = {"relevance": np.array(grades), **more}
    return RankedBatch(
        offsets=np.array([0, len(grades)]), buckets=np.zeros(1, np.int16), columns=columns
    )


def test_what_isnt_graded_matters_only_where_it_decides() -> None:
    lacking = graded(0.0, math.nan, 1.0)
    assert np.isnan(MRR().reduce(lacking)[0, 0])
    assert MRR().reduce(graded(1.0, math.nan))[0, 0] == 1.0
    assert MRR(at=1).reduce(lacking)[0, 0] == 0.0
    assert HitRate().reduce(graded(math.nan, 1.0))[0, 0] == 1.0
    assert np.isnan(HitRate().reduce(graded(math.nan, 0.0))[0, 0])
    assert np.isnan(RankingPrecision(at=2).reduce(lacking)[0, 0])
    assert RankingPrecision(at=1).reduce(lacking)[0, 0] == 0.0
    assert np.isnan(RankingRecall(at=1).reduce(lacking)[0, 0])


def test_totals_and_short_lists_are_explicit() -> None:
    batch = graded(1.0, 0.0, relevant_total=np.array([4.0, 4.0]))
    assert RankingRecall(relevant="column").reduce(batch)[0, 0] == 0.25
    assert RankingPrecision(at=4).reduce(batch)[0, 0] == 0.25
    assert RankingPrecision(at=4, per="shown").reduce(batch)[0, 0] == 0.5
    with pytest.raises(UsageError, match="no relevant 'all'"):
        RankingRecall(relevant="all")
    with pytest.raises(UsageError, match="above 0"):
        MRR(relevant_from=0)


@pytest.mark.parametrize("measure", [NDCG(), MRR(), RankingPrecision(), RankingRecall(), HitRate()])
@pytest.mark.parametrize(
    ("grades", "said"),
    [
        (np.array([1.0, -1.0]), "below 0"),
        (np.array([1.0, np.inf]), "infinite"),
        (np.array(["a", "b"]), "aren't numbers"),
    ],
)
def test_grades_that_cannot_be_are_refused(
    measure: RequestMeasure, grades: np.ndarray, said: str
) -> None:
    batch = RankedBatch(
        offsets=np.array([0, 2]), buckets=np.zeros(1, np.int16), columns={"relevance": grades}
    )
    with pytest.raises(DataError, match=said):
        measure.reduce(batch)


def test_novelty_needs_shares() -> None:
    share = np.array([0.25, 0.0])
    batch = graded(0.0, 0.0, popularity=share)
    assert np.isnan(Novelty().reduce(batch)[0, 0])
    assert Novelty(at=1).reduce(batch)[0, 0] == 2.0
    with pytest.raises(DataError, match="above 1"):
        Novelty().reduce(graded(0.0, 0.0, popularity=share * 8))


def test_diversity_equals_all_pairs() -> None:
    rng = np.random.default_rng(0)
    batch = batch_of(rng, 30)
    vectors = rng.normal(size=(int(batch.offsets[-1]), 5))
    found = IntraListDiversity(at=7).reduce(replace(batch, columns={"vector": vectors}))[:, 0]
    units = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    for i, start in enumerate(batch.offsets[:-1]):
        x = units[start : batch.offsets[i + 1]][:7]
        if len(x) < 2:
            assert np.isnan(found[i])
            continue
        pairs = [1 - x[a] @ x[b] for a in range(len(x)) for b in range(a)]
        assert found[i] == pytest.approx(np.mean(pairs))


def test_vectors_come_through_the_engine() -> None:
    rows = pd.DataFrame(
        {
            "request_id": np.repeat([f"r{i}" for i in range(40)], 2),
            "position": np.tile([1, 2], 40),
            "vector": [[1.0, 0.0], [0.0, 2.0]] * 40,
        }
    )
    measure = IntraListDiversity(unit="request")  # type: ignore[arg-type]
    [estimate] = evaluate(measure, DuckDBEngine(Log(rows=rows)), np.random.default_rng(0))
    assert (estimate.value, estimate.n) == (1.0, 40)
    uneven = rows.assign(vector=[[1.0, 0.0], [0.0]] * 40)
    with pytest.raises(DataError, match="one length"):
        evaluate(measure, DuckDBEngine(Log(rows=uneven)), np.random.default_rng(0))
