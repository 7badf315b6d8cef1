"""Fusion: reciprocal ranks by the formula, and weights that are learned from clicks."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from fairview.core import Candidates, DataError, Found, MissingError, Requests
from fairview.core.conformance import stage_violations
from fairview.retrieval import Hits, LearnedFusion, SourceFusion, reciprocal_rank


def test_reciprocal_ranks_by_hand() -> None:
    text = Hits(np.array([5, 3, 9]), np.array([3.0, 2.0, 1.0]))
    near = Hits(np.array([9, 5]), np.array([0.9, 0.8]))
    fused = reciprocal_rank({"text": text, "near": near}, 10)
    assert fused.rows.tolist() == [5, 9, 3]
    expected = [1 / 61 + 1 / 62, 1 / 63 + 1 / 61, 1 / 62]
    np.testing.assert_allclose(fused.scores, expected, atol=1e-8)
    weighted = reciprocal_rank({"text": text, "near": near}, 1, weights={"text": 0.1})
    assert weighted.rows.tolist() == [9]
    assert len(reciprocal_rank({}, 3)) == 0


def clicks(seed: int, n: int) -> tuple[list[dict[str, np.ndarray]], list[np.ndarray]]:
    """Requests in which only what the second source likes is taken."""
    rng = np.random.default_rng(seed)
    requests, taken = [], []
    for _ in range(n):
        good, noise = rng.random(12), rng.random(12)
        good[rng.random(12) < 0.3] = np.nan
        requests.append({"noise": noise, "good": good})
        taken.append(rng.random(12) < np.nan_to_num(good) ** 2)
    return requests, taken


def test_it_learns_which_source_to_trust(tmp_path: Path) -> None:
    model = LearnedFusion.train(*clicks(0, 200))
    requests, taken = clicks(1, 100)
    first, by_rank = [], []
    for columns, clicked in zip(requests, taken, strict=True):
        first.append(clicked[np.argmax(model.score(columns, 12))])
        hits = {
            name: Hits(np.argsort(-np.nan_to_num(column))[: np.isfinite(column).sum()], column)
            for name, column in columns.items()
        }
        by_rank.append(clicked[reciprocal_rank(hits, 1).rows[0]])
    assert np.mean(first) > np.mean(by_rank) + 0.1
    weights = model.explained()
    assert weights["good: share of best"] > abs(weights["noise: share of best"])
    model.save(tmp_path / "fusion.json")
    assert LearnedFusion.open(tmp_path / "fusion.json") == model
    (tmp_path / "fusion.json").write_text("[]")
    with pytest.raises(MissingError, match="train it again"):
        LearnedFusion.open(tmp_path / "fusion.json")


def test_clicks_that_few_could_have_made_count_for_more() -> None:
    """Where position hides half of what is good, propensities give it back."""
    rng = np.random.default_rng(3)
    requests, taken, seen = [], [], []
    for _ in range(400):
        score = rng.random(10)
        looked = np.where(score > 0.5, 0.1, 1.0)
        requests.append({"score": score})
        seen.append(looked)
        taken.append((rng.random(10) < 0.2 + 0.6 * score) & (rng.random(10) < looked))
    ends = {"score": np.array([0.95, 0.05])}
    naive = LearnedFusion.train(requests, taken).score(ends, 2)
    honest = LearnedFusion.train(requests, taken, propensities=seen).score(ends, 2)
    assert naive[0] < naive[1]
    assert honest[0] > honest[1]


def test_nothing_to_learn_from_is_named() -> None:
    one = [{"a": np.array([1.0, 2.0])}]
    with pytest.raises(DataError, match="0 of 2"):
        LearnedFusion.train(one, [np.zeros(2, bool)])
    with pytest.raises(DataError, match="same sources"):
        LearnedFusion.train([*one, {"b": np.ones(2)}], [np.zeros(2, bool)] * 2)


def test_the_scorer_conforms_with_and_without_a_model() -> None:
    requests = Requests(np.array(["r1", "r2"]))
    text = Found(np.array([0, 2, 4]), np.array(["a", "b", "a", "c"]), {"bm25": np.arange(4.0)})
    near = Found(np.array([0, 1, 2]), np.array(["b", "c"]), {"near": np.array([0.5, 0.6])})
    candidates = Candidates.merge(requests, {"text": text, "near": near})
    model = LearnedFusion(("bm25", "near"), (1.0,) * 6, (1.0,) * 6, 0.0)
    for scorer in (
        SourceFusion({"bm25": 1.0, "near": 1.0}),
        SourceFusion({}, model),
    ):
        assert stage_violations(scorer, candidates) == []
        fused = scorer.score(candidates)["fusion"]
        assert fused[1] > fused[0]
        assert fused[3] > fused[2]
