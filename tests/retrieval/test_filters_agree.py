"""One filter, four engines, one answer: numpy's mask, tantivy, SQL and Qdrant."""

from __future__ import annotations

import tempfile
import warnings
from pathlib import Path

import duckdb
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fairview.core import DataError, UsageError
from fairview.retrieval import (
    AllOf,
    AnyOf,
    Between,
    Equals,
    Expression,
    Kind,
    Not,
    OneOf,
    TextIndex,
    to_qdrant,
    to_sql,
)
from fairview.retrieval.filter_form import plain
from fairview.retrieval.filter_qdrant import key_of

qdrant = pytest.importorskip("qdrant_client")

N = 60
rng = np.random.default_rng(8)
TEXTS = ["image", "it's", 'a "b" %s', "", "Image", "träd 🧥"]
ITEMS = {
    "kind": np.array(TEXTS)[rng.integers(0, 6, N)],
    "the width": rng.integers(-3, 4, N),
    "price %": np.where(rng.random(N) < 0.3, np.nan, rng.integers(-2, 3, N) / 2),
    'pro"vider': np.array([None if d == 0 else f"p{d}" for d in rng.integers(0, 4, N)], object),
    "sold": rng.random(N) < 0.4,
}
ITEMS["price %"][3] = -0.0
KINDS = {name: Kind.of(name, column) for name, column in ITEMS.items()}

texts = st.sampled_from([*TEXTS, "nothing like it"])
numbers = st.one_of(st.integers(-4, 4), st.integers(-9, 9).map(lambda x: x / 4), st.booleans())
ends = st.one_of(st.none(), st.integers(-4, 4), st.integers(-9, 9).map(lambda x: x / 4))
leaves = st.one_of(
    st.builds(Equals, st.just("kind"), texts),
    st.builds(OneOf, st.just("kind"), st.lists(texts, max_size=3).map(tuple)),
    st.builds(
        OneOf,
        st.just('pro"vider'),
        st.lists(st.sampled_from(["p1", "p2", None, "p9", 3]), max_size=3).map(tuple),
    ),
    st.builds(
        OneOf,
        st.sampled_from(["the width", "price %", "sold"]),
        st.lists(numbers, max_size=3).map(tuple),
    ),
    st.builds(Between, st.sampled_from(["the width", "price %"]), ends, ends),
)
trees = st.recursive(
    leaves,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3).map(lambda parts: AllOf(tuple(parts))),
        st.lists(inner, max_size=3).map(lambda parts: AnyOf(tuple(parts))),
        inner.map(Not),
    ),
    max_leaves=6,
)


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> TextIndex:
    folder = tmp_path_factory.mktemp("filters") / "text"
    TextIndex.build(
        folder, titles=["coat"] * N, tags=[[]] * N, descriptions=[""] * N, columns=ITEMS
    )
    return TextIndex.open(folder)


@pytest.fixture(scope="module")
def table() -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect()
    connection.execute(
        """CREATE TABLE items (id BIGINT, kind TEXT, "the width" BIGINT, "price %" DOUBLE,
        "pro""vider" TEXT, sold BOOLEAN)"""
    )
    rows = [[row, *(plain(column[row]) for column in ITEMS.values())] for row in range(N)]
    connection.executemany("INSERT INTO items VALUES (?, ?, ?, ?, ?, ?)", rows)
    return connection


@pytest.fixture(scope="module")
def collection() -> object:
    from qdrant_client import models

    client = qdrant.QdrantClient(":memory:")
    client.create_collection(
        "items", vectors_config=models.VectorParams(size=1, distance=models.Distance.DOT)
    )
    points = []
    for row in range(N):
        cells = {name: plain(column[row]) for name, column in ITEMS.items()}
        kept = {key_of(name): cell for name, cell in cells.items() if cell is not None}
        points.append(models.PointStruct(id=row, vector=[1.0], payload=kept))
    client.upsert("items", points)
    return client


@settings(deadline=None, max_examples=120)
@given(expression=trees)
def test_every_engine_finds_what_the_mask_finds(
    index: TextIndex,
    table: duckdb.DuckDBPyConnection,
    collection: object,
    expression: Expression,
) -> None:
    expected = np.flatnonzero(expression.mask(ITEMS)).tolist()
    assert index.rows_where(expression).tolist() == expected
    condition = to_sql(expression, KINDS, placeholder="?")
    query = f"SELECT id FROM items WHERE {condition.text} ORDER BY id"
    assert [row for (row,) in table.execute(query, condition.values).fetchall()] == expected
    points, _ = collection.scroll("items", scroll_filter=to_qdrant(expression, KINDS), limit=N)
    assert sorted(point.id for point in points) == expected


def test_a_filtered_text_search_keeps_its_scores(index: TextIndex) -> None:
    expression = Between("the width", 1, None) & ~Equals("kind", "image")
    mask = expression.mask(ITEMS)
    by_mask, by_filter = (
        index.search("coats", N, allowed=mask),
        index.search("coats", N, where=expression),
    )
    assert by_mask.rows.tolist() == by_filter.rows.tolist() == np.flatnonzero(mask).tolist()
    assert by_mask.scores.tolist() == by_filter.scores.tolist()


def test_bounds_without_an_end_and_without_a_number() -> None:
    for bounds in ((np.inf, None), (None, -np.inf), (np.nan, 1.0), (-np.inf, np.inf), (1, 0)):
        expression = Between("the width", *bounds)
        expected = expression.mask(ITEMS)
        with tempfile.TemporaryDirectory() as folder:
            few = {"the width": ITEMS["the width"][:9]}
            index = TextIndex.build(
                Path(folder), titles=[""] * 9, tags=[[]] * 9, descriptions=[""] * 9, columns=few
            )
            assert index.rows_where(expression).tolist() == np.flatnonzero(expected[:9]).tolist()


def test_mistakes_are_named() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for expression, words in (
            (Equals("colour", "red"), "no column 'colour'"),
            (Equals("kind", 3), "holds text"),
            (Equals("the width", "3"), "holds numbers"),
            (Between("kind", 1, 2), "holds no numbers"),
        ):
            with pytest.raises(UsageError, match=words):
                expression.mask(ITEMS)
            with pytest.raises(UsageError, match=words):
                to_sql(expression, KINDS)
    with pytest.raises(DataError, match="texts, numbers and booleans"):
        Kind.of("mixed", np.array(["a", 3], object))
