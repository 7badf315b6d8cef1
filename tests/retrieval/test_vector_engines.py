"""One conformance suite over every vector engine: embedded, PostgreSQL and Qdrant's client."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from fairview.core import DataError, MissingError, UsageError
from fairview.retrieval import (
    Between,
    Equals,
    Expression,
    Kind,
    LocalEngine,
    OneOf,
    PostgresEngine,
    QdrantEngine,
    VectorEngine,
)

D = 8
KINDS = {
    "kind": Kind.TEXT,
    "price": Kind.REAL,
    "width": Kind.INTEGER,
    "provider": Kind.OPTIONAL_TEXT,
    "sold": Kind.BOOLEAN,
}

# The in-memory client says that it needs neither indexes of payloads nor parameters.
pytestmark = [
    pytest.mark.filterwarnings("ignore:Payload indexes have no effect"),
    pytest.mark.filterwarnings("ignore:Local mode performs exact"),
]

Make = Callable[[], VectorEngine]


@pytest.fixture(scope="module", params=["embedded", "postgres", "qdrant"])
def make(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Make:
    """Give what makes an empty engine."""
    if request.param == "embedded":
        return lambda: LocalEngine(tmp_path_factory.mktemp("engine") / "vectors", D, KINDS)
    name = f"items of {uuid.uuid4().hex[:8]}"
    if request.param == "postgres":
        address = request.getfixturevalue("postgres")

        def table() -> PostgresEngine:
            with PostgresEngine(address, name, D, KINDS) as old:
                old.drop()
            return PostgresEngine(address, name, D, KINDS)

        return table
    pytest.importorskip("qdrant_client")
    return lambda: QdrantEngine(":memory:", "items", D, KINDS)


@pytest.fixture
def engine(make: Make) -> Iterator[VectorEngine]:
    with make() as made:
        yield made


def items(seed: int, n: int) -> tuple[np.ndarray, dict[str, np.ndarray]]:
    rng = np.random.default_rng(seed)
    columns = {
        "kind": np.array(["image", "te'xt"])[rng.integers(0, 2, n)],
        "price": np.where(rng.random(n) < 0.2, np.nan, np.round(rng.random(n), 3)),
        "width": rng.integers(0, 100, n),
        "provider": np.array([None if d == 0 else f"p{d}" for d in rng.integers(0, 3, n)], object),
        "sold": rng.random(n) < 0.5,
    }
    return rng.normal(size=(n, D)), columns


def brute_force(
    vectors: np.ndarray, ids: np.ndarray, mask: np.ndarray, query: np.ndarray, k: int
) -> tuple[list[int], list[float]]:
    unit = (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)
    score = np.round(unit @ (query / np.linalg.norm(query)).astype(np.float32), 5)
    order = sorted(np.flatnonzero(mask).tolist(), key=lambda row: (-score[row], ids[row]))[:k]
    return [int(ids[row]) for row in order], [float(score[row]) for row in order]


FILTERS = [
    None,
    Equals("kind", "te'xt"),
    Between("price", 0.5, None) & Equals("sold", True),
    ~Between("price", 0.1, 0.9),
    OneOf("provider", (None, "p1")) | Between("width", 0, 10),
    Between("width", 98, None),
    Equals("kind", "nothing"),
]


@pytest.mark.parametrize("where", FILTERS)
def test_it_equals_brute_force_under_every_filter(make: Make, where: Expression | None) -> None:
    n = 250
    vectors, columns = items(1, n)
    ids = np.random.default_rng(2).permutation(n) * 3
    mask = np.ones(n, bool) if where is None else where.mask(columns)
    rng = np.random.default_rng(3)
    with make() as engine:
        engine.put(ids, vectors, columns)
        assert engine.count(where) == mask.sum()
        for k in (1, 10, 400):
            query = rng.normal(size=D)
            hits = engine.search(query, k, where)
            rows, scores = brute_force(vectors, ids, mask, query, k)
            assert len(hits) == min(k, int(mask.sum()))
            assert set(hits.rows.tolist()) == set(rows)
            np.testing.assert_allclose(hits.scores, scores, atol=2e-5)


def test_items_come_change_and_go(engine: VectorEngine) -> None:
    vectors, columns = items(5, 6)
    engine.put(np.arange(6), vectors, columns)
    assert len(engine) == 6
    assert engine.search(vectors[2], 1).rows.tolist() == [2]
    changed = {name: column[:1] for name, column in columns.items()}
    changed["width"] = np.array([1_000])
    engine.put(np.array([2]), -vectors[2:3], changed)
    assert len(engine) == 6
    assert engine.search(-vectors[2], 1).rows.tolist() == [2]
    assert engine.search(-vectors[2], 9, Between("width", 1_000, None)).rows.tolist() == [2]
    engine.remove(np.array([2, 77]))
    assert len(engine) == 5
    assert 2 not in engine.search(-vectors[2], 6).rows
    engine.remove(np.arange(6))
    assert len(engine) == 0
    assert len(engine.search(vectors[0], 3)) == 0


def test_ties_go_to_the_smaller_id(engine: VectorEngine) -> None:
    _, columns = items(6, 12)
    engine.put(np.arange(12)[::-1], np.ones((12, D)), columns)
    assert engine.search(np.ones(D), 4).rows.tolist() == [0, 1, 2, 3]


def test_vectors_without_length_find_nothing_and_are_not_found(engine: VectorEngine) -> None:
    vectors, columns = items(7, 3)
    engine.put(np.arange(3), vectors, columns)
    engine.put(np.array([1]), np.zeros((1, D)), {n: c[:1] for n, c in columns.items()})
    assert sorted(engine.search(vectors[1], 3).rows.tolist()) == [0, 2]
    assert len(engine.search(np.zeros(D), 3)) == 0


def test_mistakes_are_named(engine: VectorEngine) -> None:
    vectors, columns = items(8, 2)
    ids = np.arange(2)
    for wrong_ids, wrong_vectors, wrong_columns, words in (
        (np.array([1, 1]), vectors, columns, "twice"),
        (np.array([-1, 1]), vectors, columns, "whole number"),
        (ids, vectors[:, :3], columns, "shape"),
        (ids, vectors * np.nan, columns, "finite"),
        (ids, vectors, {}, "none were given"),
        (ids, vectors, {**columns, "kind": np.array([1, 2])}, "this engine has text"),
        (ids, vectors, {**columns, "sold": np.array([True])}, "1 rows for 2"),
    ):
        with pytest.raises(DataError, match=words):
            engine.put(wrong_ids, wrong_vectors, wrong_columns)
    assert len(engine) == 0
    with pytest.raises(UsageError, match="no column 'colour'"):
        engine.search(vectors[0], 1, Equals("colour", "red"))
    with pytest.raises(UsageError, match="3 components"):
        engine.search(np.ones(3), 1)


def test_the_servers_walk_is_full_and_near_exact(postgres: str) -> None:
    n = 3_000
    rng = np.random.default_rng(9)
    centres = rng.normal(size=(30, D))
    vectors = centres[rng.integers(0, 30, n)] + 0.3 * rng.normal(size=(n, D))
    _, columns = items(10, n)
    where = Equals("sold", True) & Between("width", 20, None)
    mask = where.mask(columns)
    name = f"walk {uuid.uuid4().hex[:8]}"
    with PostgresEngine(postgres, name, D, KINDS) as engine:
        engine.put(np.arange(n), vectors, columns)
        engine.make_index()
        plan = engine.calibrate(rng)
        assert plan.per_walk > 0
        with PostgresEngine(postgres, name, D, KINDS) as again:
            assert again.plan == plan
        engine.plan = type(plan)(few=10)
        shared = []
        for query in vectors[:20]:
            hits = engine.search(query, 10, where)
            assert len(hits) == 10
            assert mask[hits.rows].all()
            rows, _ = brute_force(vectors, np.arange(n), mask, query, 10)
            shared.append(len(set(rows) & set(hits.rows.tolist())))
        assert np.mean(shared) >= 9.8
        engine.drop()


def test_a_server_that_is_not_there_is_a_sentence() -> None:
    pytest.importorskip("psycopg")
    with pytest.raises(MissingError, match="start one"):
        PostgresEngine("host=127.0.0.1 port=1 connect_timeout=2", "items", D, KINDS)


def test_a_qdrant_walk_that_comes_back_short_is_repeated_exactly(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    pytest.importorskip("qdrant_client")
    vectors, columns = items(11, 40)
    asked = []
    with QdrantEngine(":memory:", "items", D, KINDS) as engine:
        engine.put(np.arange(40), vectors, columns)
        monkeypatch.setattr("fairview.retrieval.engine_qdrant.FEW", 0)
        search = engine._search

        def short(*given: object, exact: bool) -> list[object]:
            asked.append(exact)
            return search(*given, exact=exact)[: None if exact else 2]

        monkeypatch.setattr(engine, "_search", short)
        assert len(engine.search(vectors[0], 5)) == 5
    assert asked == [False, True]


@pytest.mark.parametrize("codec", ["float32", "int8"])
def test_the_embedded_engine_lasts(tmp_path: Path, codec: str) -> None:
    vectors, columns = items(12, 300)
    folder = tmp_path / "vectors"
    engine = LocalEngine(folder, D, KINDS, codec=codec, most_since=120)
    for start in range(0, 300, 100):
        part = slice(start, start + 100)
        engine.put(np.arange(300)[part], vectors[part], {n: c[part] for n, c in columns.items()})
    engine.remove(np.arange(0, 300, 7))
    again = LocalEngine(folder, D, KINDS, codec=codec)
    assert len(again) == len(engine) == 300 - 43
    where = OneOf("provider", (None, "p2"))
    for query in vectors[:10]:
        expected = engine.search(query, 20, where)
        hits = again.search(query, 20, where)
        assert hits.rows.tolist() == expected.rows.tolist()
        alive = where.mask(columns) & (np.arange(300) % 7 > 0)
        assert set(hits.rows.tolist()) == set(
            brute_force(vectors, np.arange(300), alive, query, 20)[0]
        )
    assert len(list(folder.iterdir())) == 3
    (folder / "current.json").write_text("{}")
    with pytest.raises(MissingError, match="put the items again"):
        LocalEngine(folder, D, KINDS)
