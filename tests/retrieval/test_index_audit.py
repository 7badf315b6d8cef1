"""The audit of an index finds what it loses, and for whom."""

from __future__ import annotations

import numpy as np
import pytest

from fairview.core import Outcome, UsageError
from fairview.measure.batches import RankedBatch
from fairview.measure.measures.retrieval_recall import RetrievalRecall
from fairview.retrieval import Hits, VectorIndex, recall_figures, recall_table, recall_verdict
from fairview.retrieval.index_audit import RecallFigure


class Careless(VectorIndex):
    """An index that loses every other row of one group."""

    lost: np.ndarray = np.zeros(0, bool)

    def search(self, query: np.ndarray, k: int, *, allowed: np.ndarray | None = None) -> Hits:
        hits = self.exact(query, k, allowed=allowed)
        keep = ~self.lost[hits.rows]
        return Hits(hits.rows[keep], hits.scores[keep])


@pytest.fixture(scope="module")
def world() -> tuple[np.ndarray, dict[str, np.ndarray]]:
    rng = np.random.default_rng(0)
    vectors = rng.normal(size=(1_000, 16)).astype(np.float32)
    draw = rng.random(1_000)
    return vectors, {"a": draw < 0.5, "b": (draw >= 0.5) & (draw < 0.9)}


def test_an_exact_index_passes(world: tuple[np.ndarray, dict[str, np.ndarray]]) -> None:
    vectors, groups = world
    index = VectorIndex.build(vectors, np.ones(1_000, bool))
    table = recall_table(
        index, vectors[:150], groups, np.random.default_rng(1), selectivities=(1.0, 0.05)
    )
    assert set(table["filter"].to_pylist()) == {
        "none",
        "5 % random",
        "5 % against",
        "group a",
        "group b",
    }
    assert set(table["group"].to_pylist()) == {"a", "b", "unknown"}
    figures = recall_figures(table)
    assert all(figure.recall == 1 for figure in figures)
    assert recall_verdict(figures, at_least=0.9, gap=0.1).outcome is Outcome.PASS
    assert recall_verdict(figures, at_least=0.9999).outcome is Outcome.INSUFFICIENT


def test_a_loss_is_found_where_it_is(world: tuple[np.ndarray, dict[str, np.ndarray]]) -> None:
    vectors, groups = world
    index = Careless.build(vectors, np.ones(1_000, bool))
    index.lost = groups["b"] & (np.arange(1_000) % 2 == 0)
    table = recall_table(
        index, vectors[:200], groups, np.random.default_rng(2), selectivities=(1.0,)
    )
    by_cell = {(f.filter, f.group): f for f in recall_figures(table)}
    assert by_cell["none", "a"].recall == 1
    lossy = by_cell["none", "b"]
    truth = 1 - index.lost[groups["b"]].mean()
    assert lossy.low < truth < lossy.high
    assert lossy.effective_n <= lossy.n
    verdict = recall_verdict(list(by_cell.values()))
    assert verdict.outcome is Outcome.FAIL
    assert "for b" in verdict.reason


def test_ties_at_the_end_are_no_loss() -> None:
    index = Careless.build(np.ones((20, 4), np.float32), np.ones(20, bool))
    index.lost = np.zeros(20, bool)
    groups = {"all": np.ones(20, bool)}
    exact = index.exact(np.ones(4), 5)

    def other_ties(query: np.ndarray, k: int, *, allowed: object = None) -> Hits:
        return Hits(exact.rows + 10, exact.scores)

    index.search = other_ties  # type: ignore[method-assign, assignment]
    table = recall_table(
        index, np.ones((1, 4)), groups, np.random.default_rng(0), k=5, selectivities=(1.0,)
    )
    assert all(table["found"].to_pylist())


def test_a_gap_needs_evidence() -> None:
    def figure(group: str, low: float, high: float) -> RecallFigure:
        return RecallFigure("none", group, (low + high) / 2, low, high, 100, 100.0)

    wide = [figure("a", 0.991, 1.0), figure("b", 0.991, 0.999)]
    assert recall_verdict(wide).outcome is Outcome.INSUFFICIENT
    apart = [figure("a", 0.9995, 1.0), figure("b", 0.991, 0.992)]
    assert recall_verdict(apart).outcome is Outcome.FAIL
    assert recall_verdict(apart).rule == "gap of recall <= 0.005"
    alike = [figure("a", 0.998, 1.0), figure("b", 0.997, 1.0)]
    assert recall_verdict(alike).outcome is Outcome.PASS


def test_no_query_is_a_sentence(world: tuple[np.ndarray, dict[str, np.ndarray]]) -> None:
    index = VectorIndex.build(world[0], np.ones(1_000, bool))
    with pytest.raises(UsageError, match="at least one query"):
        recall_table(index, np.zeros((0, 16)), world[1], np.random.default_rng(0))


def test_intervals_hold_as_often_as_they_say() -> None:
    """Losses that come query by query: the simultaneous intervals cover their truths."""
    import pyarrow as pa

    rng = np.random.default_rng(7)
    covered = []
    for _ in range(150):
        by_query = rng.beta(9, 1, size=120)
        found = rng.random((120, 10)) < by_query[:, None]
        table = pa.table(
            {
                "request_id": np.repeat(np.arange(120).astype(str), 10),
                "filter": np.full(1_200, "none"),
                "group": np.tile(np.repeat(["a", "b"], 5), 120),
                "found": found.ravel(),
            }
        )
        covered.append(all(f.low <= 0.9 <= f.high for f in recall_figures(table)))
    assert np.mean(covered) >= 0.92


def test_the_measure_of_recall_says_the_same(
    world: tuple[np.ndarray, dict[str, np.ndarray]],
) -> None:
    vectors, groups = world
    index = Careless.build(vectors, np.ones(1_000, bool))
    index.lost = groups["b"] & (np.arange(1_000) % 2 == 0)
    table = recall_table(
        index, vectors[:30], groups, np.random.default_rng(2), selectivities=(1.0,)
    ).to_pandas()
    table = table[table["filter"] == "none"]
    names = ("a", "b")
    batch = RankedBatch(
        offsets=np.arange(31) * 10,
        buckets=np.zeros(30, np.int16),
        groups=names,
        columns={"found": table["found"].to_numpy()},
        membership=(table["group"].to_numpy()[:, None] == [*names, "unknown"]) * 1.0,
    )
    recall = RetrievalRecall(by="group", at=10)
    figures = recall.figures(recall.reduce(batch).sum(axis=0), np.ones(8))
    expected = [table["found"][table["group"] == name].mean() for name in (*names, "unknown")]
    np.testing.assert_allclose(figures, [*expected, table["found"].mean()])
